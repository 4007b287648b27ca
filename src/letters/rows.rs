//! Rows: text and shapes side by side, which no page break cuts through.

use krilla::geom::{Path, PathBuilder, Rect};

use super::lines::Line;

/// A4, in points like all measures of a letter.
pub(super) const PAGE_WIDTH: f32 = 595.28;
pub(super) const PAGE_HEIGHT: f32 = 841.89;

/// Where text begins and ends on a page.
pub(super) const LEFT: f32 = 62.0;
pub(super) const RIGHT: f32 = PAGE_WIDTH - LEFT;
pub(super) const TEXT_WIDTH: f32 = RIGHT - LEFT;

/// The colours of a letter; it has to look right from a black printer too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Black,
    Grey,
    /// The council's colour.
    Accent,
    /// A breath of it.
    Tint,
    /// Red, green and blue of a crest.
    Other([u8; 3]),
}

/// How text is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) size: f32,
    /// From one baseline to the next.
    pub(super) leading: f32,
    pub(super) ink: Ink,
    pub(super) align: Align,
}

/// The style of running text, and the measure of the others.
pub(super) const BODY: Style = Style {
    size: 10.5,
    leading: 13.8,
    ink: Ink::Black,
    align: Align::Left,
};

/// Where a line stands between the edges it is given.
#[derive(Clone, Copy, Debug)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

/// What a page break never cuts through.
#[derive(Default)]
pub(super) struct Row {
    /// Space above, dropped at the top of a page.
    pub(super) before: f32,
    pub(super) height: f32,
    /// Whether the next row must be on the same page.
    pub(super) keep: bool,
    pub(super) marks: Vec<Mark>,
}

/// Something drawn, measured from the top of its row.
pub(super) enum Mark {
    Text(Text),
    Shape(Shape),
}

/// What a mark is to somebody who listens to the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Belongs {
    /// A piece of the part with this index.
    ToPart(usize),
    /// What every page repeats.
    ToPage,
    /// Nothing to be read.
    Adorns,
}

impl Mark {
    pub(super) fn belongs(&self) -> Belongs {
        match self {
            Self::Text(text) => text.belongs,
            Self::Shape(_) => Belongs::Adorns,
        }
    }
}

/// A line of text at its place.
pub(super) struct Text {
    pub(super) x: f32,
    pub(super) baseline: f32,
    pub(super) size: f32,
    pub(super) ink: Ink,
    pub(super) line: Line,
    pub(super) belongs: Belongs,
}

/// A drawn shape. It adorns; what it means is in the text.
pub(super) struct Shape {
    /// Where its path is measured from, beside the top of its row.
    pub(super) left: f32,
    pub(super) path: Path,
    pub(super) paint: Paint,
}

/// How a shape is painted; a stroke has its thickness.
#[derive(Clone, Copy, Debug)]
pub(super) enum Paint {
    Fill(Ink),
    /// What is enclosed twice is left open.
    FillEvenOdd(Ink),
    Stroke(Ink, f32),
}

impl Row {
    /// One row for each line, set between `x` and `x + width`.
    pub(super) fn of_lines(
        lines: Vec<Line>,
        style: Style,
        x: f32,
        width: f32,
        belongs: Belongs,
    ) -> Vec<Self> {
        let rows = lines.into_iter().map(|line| {
            let free = width - line.width * style.size;
            let x = match style.align {
                Align::Left => x,
                Align::Centre => x + free / 2.0,
                Align::Right => x + free,
            };
            let text = Text {
                x,
                // The leading is shared out above and below the letters.
                baseline: style.leading / 2.0 + style.size / 3.0,
                size: style.size,
                ink: style.ink,
                line,
                belongs,
            };
            Self {
                height: style.leading,
                marks: vec![Mark::Text(text)],
                ..Self::default()
            }
        });
        rows.collect()
    }

    /// Rows of text as one, with `padding` above and below.
    pub(super) fn stacked(rows: Vec<Self>, padding: f32) -> Self {
        let mut stack = Self {
            height: padding,
            ..Self::default()
        };
        for row in rows {
            for mut mark in row.marks {
                if let Mark::Text(text) = &mut mark {
                    text.baseline += stack.height;
                }
                stack.marks.push(mark);
            }
            stack.height += row.height;
        }
        stack.height += padding;
        stack
    }
}

/// Two columns of rows as one, the first row beside the first.
pub(super) fn side_by_side(left: Vec<Row>, right: Vec<Row>) -> Vec<Row> {
    let mut rows = left;
    for (index, row) in right.into_iter().enumerate() {
        match rows.get_mut(index) {
            Some(beside) => {
                beside.height = beside.height.max(row.height);
                beside.marks.extend(row.marks);
            }
            None => rows.push(row),
        }
    }
    rows
}

/// A painted rectangle; none when it has no extent.
pub(super) fn rectangle(paint: Paint, x: f32, y: f32, width: f32, height: f32) -> Option<Mark> {
    let mut path = PathBuilder::new();
    path.push_rect(Rect::from_xywh(0.0, y, width, height)?);
    let (left, path) = (x, path.finish()?);
    Some(Mark::Shape(Shape { left, path, paint }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize) -> Vec<Row> {
        let lines = vec![Line::default(); count];
        Row::of_lines(lines, BODY, LEFT, TEXT_WIDTH, Belongs::ToPage)
    }

    fn baselines(row: &Row) -> Vec<f32> {
        let marks = row.marks.iter().map(|mark| match mark {
            Mark::Text(text) => text.baseline,
            Mark::Shape(_) => f32::NAN,
        });
        marks.collect()
    }

    #[test]
    fn stacked_rows_keep_their_leading() {
        let stack = Row::stacked(rows(2), 3.0);
        assert!((stack.height - (2.0 * BODY.leading + 6.0)).abs() < 0.001);
        let baselines = baselines(&stack);
        assert!((baselines[1] - baselines[0] - BODY.leading).abs() < 0.001);
    }

    #[test]
    fn the_longer_column_gives_the_number_of_rows() {
        let rows = side_by_side(rows(1), rows(3));
        let marks: Vec<_> = rows.iter().map(|row| row.marks.len()).collect();
        assert_eq!(marks, [2, 1, 1]);
    }

    #[test]
    fn a_line_is_aligned_within_its_measure() {
        let x = |align| {
            let style = Style { align, ..BODY };
            let line = Line {
                width: 2.0,
                ..Line::default()
            };
            let rows = Row::of_lines(vec![line], style, 100.0, 121.0, Belongs::ToPage);
            match &rows[0].marks[0] {
                Mark::Text(text) => text.x,
                Mark::Shape(_) => f32::NAN,
            }
        };
        let places = [Align::Left, Align::Centre, Align::Right].map(|align| x(align).to_string());
        assert_eq!(places, ["100", "150", "200"]);
    }
}
