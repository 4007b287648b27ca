//! Collects a letter's rows from top to bottom, and the parts their texts belong to.

use super::LetterError;
use super::fonts::Fonts;
use super::lines::{Span, break_lines};
use super::rows::{Belongs, Row, Style};
use super::tags::Part;

/// A letter in the making.
pub(super) struct Composer<'a> {
    fonts: &'a Fonts,
    pub(super) rows: Vec<Row>,
    /// In reading order, which is the order they are set in.
    pub(super) parts: Vec<Part>,
}

impl<'a> Composer<'a> {
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        Self {
            fonts,
            rows: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// Begins the next part in reading order.
    pub(super) fn part(&mut self, part: Part) -> Belongs {
        self.parts.push(part);
        Belongs::ToPart(self.parts.len() - 1)
    }

    /// Sets text in lines between `x` and `x + width`, to be placed later.
    pub(super) fn set(
        &self,
        belongs: Belongs,
        spans: &[Span],
        style: Style,
        (x, width): (f32, f32),
    ) -> Result<Vec<Row>, LetterError> {
        let lines = break_lines(self.fonts, spans, style.size, width)?;
        Ok(Row::of_lines(lines, style, x, width, belongs))
    }

    /// Puts rows below what there is, `before` points lower. The first two stay
    /// on one page and so do the last two, so that no line stands alone.
    pub(super) fn place(&mut self, before: f32, mut rows: Vec<Row>) {
        if let [first, _, ..] = rows.as_mut_slice() {
            first.keep = true;
        }
        if let [.., next_to_last, _] = rows.as_mut_slice() {
            next_to_last.keep = true;
        }
        if let Some(first) = rows.first_mut() {
            first.before = before;
        }
        self.rows.append(&mut rows);
    }

    /// Keeps what was placed last on one page with what comes next.
    pub(super) fn keep_with_next(&mut self) {
        if let Some(last) = self.rows.last_mut() {
            last.keep = true;
        }
    }
}
