//! The crest of the letterhead.

use krilla::geom::{Path, PathBuilder};

use super::rows::{Ink, Mark, Paint, Shape};
use crate::domain::{Crest, CrestShape, CrestStep};

/// The shapes of a crest with its left edge at `left`.
pub(super) fn marks(crest: &Crest, left: f32) -> Vec<Mark> {
    let mark = |shape: &CrestShape| {
        let ink = Ink::Other(shape.colour);
        let paint = if shape.even_odd {
            Paint::FillEvenOdd(ink)
        } else {
            Paint::Fill(ink)
        };
        let path = outline(&shape.steps)?;
        Some(Mark::Shape(Shape { left, path, paint }))
    };
    crest.shapes().iter().filter_map(mark).collect()
}

fn outline(steps: &[CrestStep]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for step in steps {
        match *step {
            CrestStep::Move([x, y]) => path.move_to(x, y),
            CrestStep::Line([x, y]) => path.line_to(x, y),
            CrestStep::Quad([a, b, x, y]) => path.quad_to(a, b, x, y),
            CrestStep::Cubic([a, b, c, d, x, y]) => path.cubic_to(a, b, c, d, x, y),
            CrestStep::Close => path.close(),
        }
    }
    path.finish()
}
