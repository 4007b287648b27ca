//! A QR code as SVG, for the camera of a telephone.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around it.
const QUIET: usize = 4;

/// The square that holds a text; empty where none can.
pub(super) fn square(text: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        return String::new();
    };
    let width = code.width();
    let colors = code.into_colors();
    let mut path = String::new();
    for (y, line) in colors.chunks(width).enumerate() {
        let mut x = 0;
        for run in line.chunk_by(|one, next| one == next) {
            let (left, top, wide) = (x + QUIET, y + QUIET, run.len());
            if run[0] == Color::Dark {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{left} {top}h{wide}v1h-{wide}z");
            }
            x += run.len();
        }
    }
    let edge = width + 2 * QUIET;
    format!(
        "<svg role=\"img\" aria-label=\"Square for the telephone\" width=\"220\" height=\"220\" \
         viewBox=\"0 0 {edge} {edge}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{edge}v{edge}H0z\"/><path d=\"{path}\"/></svg>"
    )
}
