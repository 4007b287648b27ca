//! The block at the end by which anybody can tell a letter from a forged one.

use krilla::geom::PathBuilder;
use qrcode::bits::encode_auto;
use qrcode::canvas::{Canvas, MaskPattern};
use qrcode::ec::construct_codewords;
use qrcode::{Color, EcLevel};

use super::composer::Composer;
use super::lines::Span;
use super::rows::{Align, Ink, LEFT, Mark, Paint, Row, Shape, Style, TEXT_WIDTH};
use super::tags::Part;
use super::{Check, Council, LetterError};

/// The edge of a module. Whole points keep the file small; two of them print and scan well.
const MODULE: f32 = 2.0;

/// Room for the QR code: that of the longest address has 37 modules.
const EDGE: f32 = 37.0 * MODULE;

/// Between the QR code and the text beside it.
const GAP: f32 = 12.0;

const STYLE: Style = Style {
    size: 9.0,
    leading: 12.0,
    ink: Ink::Black,
    align: Align::Left,
};

/// Puts the QR code and the check code on one page, after the signature.
pub(super) fn genuine(
    composer: &mut Composer,
    council: &Council,
    check: &Check,
) -> Result<(), LetterError> {
    let part = composer.part(Part::Paragraph);
    let place = check.place.trim_start_matches("https://");
    let dial = match &council.service_code {
        Some(code) => format!(" or dial {code}"),
        None => String::new(),
    };
    let spans = [
        Span::regular(format!(
            "Anybody can check this letter: scan the square, open {place}{dial}. Check code "
        )),
        Span::bold(check.code.in_groups()),
    ];
    let beside = (LEFT + EDGE + GAP, TEXT_WIDTH - EDGE - GAP);
    let rows = composer.set(part, &spans, STYLE, beside)?;
    let mut row = Row::stacked(rows, 6.0);
    row.height = row.height.max(EDGE);
    row.marks
        .extend(square(&format!("{}/{}", check.place, check.code.as_str())));
    composer.place(14.0, vec![row]);
    Ok(())
}

/// A QR code as one shape: a stroke for each run of dark modules. It adorns: what it leads to
/// stands beside it. None for an address that no QR code can hold.
fn square(address: &str) -> Option<Mark> {
    let (width, colors) = modules(address)?;
    let mut path = PathBuilder::new();
    for (y, line) in colors.chunks(width).enumerate() {
        let middle = measure(y)? + MODULE / 2.0;
        let mut x = 0;
        for run in line.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                path.move_to(measure(x)?, middle);
                path.line_to(measure(x + run.len())?, middle);
            }
            x += run.len();
        }
    }
    let paint = Paint::Stroke(Ink::Black, MODULE);
    let (left, path) = (LEFT, path.finish()?);
    Some(Mark::Shape(Shape { left, path, paint }))
}

/// The modules of a QR code, line by line, and how many there are in each. The mask is always the
/// same: to weigh all eight took an eighth of a letter's time, and readers take any.
fn modules(address: &str) -> Option<(usize, Vec<Color>)> {
    let bits = encode_auto(address.as_bytes(), EcLevel::M).ok()?;
    let version = bits.version();
    let (data, correction) = construct_codewords(&bits.into_bytes(), version, EcLevel::M).ok()?;
    let mut canvas = Canvas::new(version, EcLevel::M);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &correction);
    canvas.apply_mask(MaskPattern::Checkerboard);
    let width = usize::try_from(version.width()).ok()?;
    Some((width, canvas.into_colors()))
}

/// So many modules, in points.
fn measure(modules: usize) -> Option<f32> {
    Some(f32::from(u16::try_from(modules).ok()?) * MODULE)
}
