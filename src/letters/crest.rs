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
            CrestStep::Quad([handle, to]) => path.quad_to(handle[0], handle[1], to[0], to[1]),
            CrestStep::Cubic([first, second, to]) => {
                path.cubic_to(first[0], first[1], second[0], second[1], to[0], to[1]);
            }
            CrestStep::Close => path.close(),
        }
    }
    path.finish()
}
