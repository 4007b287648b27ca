//! The crest of the letterhead: an open book under a rising sun, on a shield.

use krilla::geom::{Path, PathBuilder, Transform};

use super::rows::{Ink, Mark, Paint, Shape};

/// The size of the crest in points.
pub(super) const WIDTH: f32 = 48.0;
pub(super) const HEIGHT: f32 = 56.0;

/// The crest's shapes with their upper left corner at `x` and `y`.
pub(super) fn crest(x: f32, y: f32) -> Vec<Mark> {
    let shapes = [
        (shield(0.0), Paint::Fill(Ink::Green)),
        (shield(2.6), Paint::Stroke(Ink::White, 0.9)),
        (sun(), Paint::Fill(Ink::White)),
        (rays(), Paint::Stroke(Ink::White, 1.3)),
        (page(-1.0), Paint::Fill(Ink::White)),
        (page(1.0), Paint::Fill(Ink::White)),
        (print(), Paint::Stroke(Ink::Green, 0.7)),
    ];
    let moved = |(path, paint): (Option<Path>, Paint)| {
        let path = path?.transform(Transform::from_translate(x, y))?;
        Some(Mark::Shape(Shape { path, paint }))
    };
    shapes.into_iter().filter_map(moved).collect()
}

const MIDDLE: f32 = WIDTH / 2.0;

/// The shield's outline, drawn in by `inset`.
fn shield(inset: f32) -> Option<Path> {
    let (left, right) = (inset, WIDTH - inset);
    let (peak, shoulder) = (inset * 1.1, 5.0 + inset);
    let (side, tip) = (28.0, HEIGHT - inset * 1.2);
    let mut path = PathBuilder::new();
    path.move_to(left, shoulder);
    path.quad_to(MIDDLE - 11.0, shoulder, MIDDLE, peak);
    path.quad_to(MIDDLE + 11.0, shoulder, right, shoulder);
    path.line_to(right, side);
    path.cubic_to(right, side + 15.0, MIDDLE + 11.0, tip - 5.0, MIDDLE, tip);
    path.cubic_to(MIDDLE - 11.0, tip - 5.0, left, side + 15.0, left, side);
    path.close();
    path.finish()
}

/// The upper half of a disc above the book.
fn sun() -> Option<Path> {
    const Y: f32 = 25.0;
    const RADIUS: f32 = 5.2;
    // The handle length that makes a cubic curve look like a quarter circle.
    const HANDLE: f32 = RADIUS * 0.5523;
    let (left, right, top) = (MIDDLE - RADIUS, MIDDLE + RADIUS, Y - RADIUS);
    let mut path = PathBuilder::new();
    path.move_to(left, Y);
    path.cubic_to(left, Y - HANDLE, MIDDLE - HANDLE, top, MIDDLE, top);
    path.cubic_to(MIDDLE + HANDLE, top, right, Y - HANDLE, right, Y);
    path.close();
    path.finish()
}

fn rays() -> Option<Path> {
    const Y: f32 = 25.0;
    let mut path = PathBuilder::new();
    for degrees in [14.0_f32, 48.0, 90.0, 132.0, 166.0] {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        path.move_to(MIDDLE + 7.4 * cosine, Y - 7.4 * sine);
        path.line_to(MIDDLE + 11.4 * cosine, Y - 11.4 * sine);
    }
    path.finish()
}

/// One page of the book; `side` is -1 for the left and 1 for the right.
fn page(side: f32) -> Option<Path> {
    let x = |distance: f32| MIDDLE + side * distance;
    let mut path = PathBuilder::new();
    path.move_to(x(0.5), 31.5);
    path.cubic_to(x(5.0), 28.0, x(11.0), 28.2, x(15.5), 29.8);
    path.line_to(x(15.5), 41.2);
    path.cubic_to(x(11.0), 39.6, x(5.0), 39.6, x(0.5), 43.4);
    path.close();
    path.finish()
}

/// The lines printed in the book.
fn print() -> Option<Path> {
    let mut path = PathBuilder::new();
    for y in [33.4, 36.4] {
        for side in [-1.0, 1.0] {
            path.move_to(MIDDLE + side * 3.2, y);
            path.quad_to(MIDDLE + side * 8.0, y - 2.2, MIDDLE + side * 12.8, y - 1.0);
        }
    }
    path.finish()
}
