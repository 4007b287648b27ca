//! What every page repeats: the reference on top of later pages, serial and
//! page number at the foot.

use super::fonts::Fonts;
use super::lines::{Span, break_lines};
use super::pages::Placed;
use super::rows::{Align, Belongs, Ink, LEFT, Mark, PAGE_HEIGHT, Paint, Row, Style, TEXT_WIDTH};
use super::rows::{rectangle, side_by_side};
use super::{Council, LetterData, LetterError};

const STYLE: Style = Style {
    size: 8.5,
    leading: 12.0,
    ink: Ink::Grey,
    align: Align::Left,
};
const HEAD_TOP: f32 = 44.0;
const FOOT_TOP: f32 = PAGE_HEIGHT - 50.0;

/// Adds head and foot, now that the number of pages is known.
pub(super) fn add(
    fonts: &Fonts,
    (council, data): (&Council, &LetterData),
    pages: &mut [Vec<Placed>],
) -> Result<(), LetterError> {
    let reference = council.reference_of(data);
    let count = pages.len();
    for (index, page) in pages.iter_mut().enumerate() {
        if index > 0 {
            let mut row = pair(fonts, &reference, "continued")?;
            row.marks.extend(rule(14.0));
            page.push(Placed { top: HEAD_TOP, row });
        }
        let serial = format!("Serial No. {:07}", data.serial);
        let number = format!("Page {} of {count}", index + 1);
        let mut row = pair(fonts, &serial, &number)?;
        row.marks.extend(rule(-4.0));
        page.push(Placed { top: FOOT_TOP, row });
    }
    Ok(())
}

/// One text at the left edge and one at the right.
fn pair(fonts: &Fonts, left: &str, right: &str) -> Result<Row, LetterError> {
    let left = line(fonts, left, Align::Left)?;
    let right = line(fonts, right, Align::Right)?;
    Ok(Row::stacked(side_by_side(left, right), 0.0))
}

fn line(fonts: &Fonts, text: &str, align: Align) -> Result<Vec<Row>, LetterError> {
    let style = Style { align, ..STYLE };
    let lines = break_lines(fonts, &[Span::regular(text)], style.size, TEXT_WIDTH)?;
    Ok(Row::of_lines(
        lines,
        style,
        LEFT,
        TEXT_WIDTH,
        Belongs::ToPage,
    ))
}

fn rule(y: f32) -> Option<Mark> {
    rectangle(Paint::Fill(Ink::Accent), LEFT, y, TEXT_WIDTH, 0.5)
}
