//! The blocks of a template, from the subject to the last clause.

use std::mem::discriminant;

use super::LetterError;
use super::composer::Composer;
use super::lines::Span;
use super::rows::{BODY, Belongs, Ink, LEFT, Paint, RIGHT, Row, Style, TEXT_WIDTH};
use super::rows::{rectangle, side_by_side};
use super::tags::Part;
use super::template::{Filled, Kind};

const SUBJECT: Style = Style {
    size: 11.0,
    leading: 14.5,
    ..BODY
};
const FACT: Style = Style {
    size: 10.0,
    leading: 13.0,
    ..BODY
};

/// Where clauses begin, and their points.
const CLAUSE: f32 = LEFT + 26.0;
const POINT: f32 = CLAUSE + 20.0;
/// The width of the labels in the table of facts.
const LABELS: f32 = 132.0;
const PADDING: f32 = 6.0;

/// Sets the blocks one below the other.
pub(super) fn blocks(composer: &mut Composer, blocks: &[Filled]) -> Result<(), LetterError> {
    let mut clauses = 0;
    for group in blocks.chunk_by(|one, next| discriminant(one.kind) == discriminant(next.kind)) {
        if *group[0].kind == Kind::Point {
            // A list stays with the line that announces it.
            composer.keep_with_next();
        }
        let lettered = group.iter().zip(('a'..='z').cycle());
        for (index, (block, letter)) in lettered.enumerate() {
            let spans = &block.spans;
            match block.kind {
                // Stands beside the addressee.
                Kind::Through => {}
                Kind::Subject => subject(composer, spans)?,
                Kind::Paragraph => paragraph(composer, spans)?,
                Kind::Fact(label) => fact(composer, label, spans, index == 0)?,
                Kind::Clause => {
                    clauses += 1;
                    clause(composer, clauses, spans)?;
                }
                Kind::Point => point(composer, letter, spans)?,
            }
        }
    }
    Ok(())
}

fn subject(composer: &mut Composer, spans: &[Span]) -> Result<(), LetterError> {
    let text: String = spans.iter().map(|span| span.text.as_str()).collect();
    let line = [Span::bold(format!("RE: {}", text.to_uppercase()))];
    let part = composer.part(Part::Heading(text));
    let mut rows = composer.set(part, &line, SUBJECT, (LEFT, TEXT_WIDTH))?;
    let rule = rectangle(Paint::Fill(Ink::Black), LEFT, 1.0, TEXT_WIDTH, 0.7);
    rows.push(Row {
        height: 2.0,
        marks: rule.into_iter().collect(),
        ..Row::default()
    });
    composer.place(14.0, rows);
    composer.keep_with_next();
    Ok(())
}

fn paragraph(composer: &mut Composer, spans: &[Span]) -> Result<(), LetterError> {
    let part = composer.part(Part::Paragraph);
    let rows = composer.set(part, spans, BODY, (LEFT, TEXT_WIDTH))?;
    composer.place(8.0, rows);
    Ok(())
}

/// A row of the table of facts: two cells in thin frames.
fn fact(
    composer: &mut Composer,
    label: &str,
    spans: &[Span],
    is_first: bool,
) -> Result<(), LetterError> {
    const VALUES: f32 = LEFT + LABELS;
    const WIDTH: f32 = TEXT_WIDTH - LABELS;
    let inside = |x, width| (x + PADDING, width - 2.0 * PADDING);

    let name = composer.part(Part::FactName);
    let name = composer.set(name, &[Span::bold(label)], FACT, inside(LEFT, LABELS))?;
    let value = composer.part(Part::FactValue);
    let value = composer.set(value, spans, FACT, inside(VALUES, WIDTH))?;
    let name = Row::stacked(name, PADDING / 2.0);
    let value = Row::stacked(value, PADDING / 2.0);

    let height = name.height.max(value.height);
    let frame = Paint::Stroke(Ink::Grey, 0.5);
    let cells = [
        rectangle(Paint::Fill(Ink::Tint), LEFT, 0.0, LABELS, height),
        rectangle(frame, LEFT, 0.0, LABELS, height),
        rectangle(frame, VALUES, 0.0, WIDTH, height),
    ];
    let row = Row {
        height,
        marks: (cells.into_iter().flatten())
            .chain(name.marks)
            .chain(value.marks)
            .collect(),
        ..Row::default()
    };
    composer.place(if is_first { 10.0 } else { 0.0 }, vec![row]);
    // The table stays whole, and with the text behind it.
    composer.keep_with_next();
    Ok(())
}

fn clause(composer: &mut Composer, number: u32, spans: &[Span]) -> Result<(), LetterError> {
    let part = composer.part(Part::Clause);
    let number = format!("{number}.0 ");
    let rows = hanging(composer, part, &number, spans, (LEFT, CLAUSE))?;
    composer.place(8.0, rows);
    Ok(())
}

fn point(composer: &mut Composer, letter: char, spans: &[Span]) -> Result<(), LetterError> {
    let part = composer.part(Part::Point);
    let letter = format!("({letter}) ");
    let rows = hanging(composer, part, &letter, spans, (CLAUSE, POINT))?;
    composer.place(2.5, rows);
    Ok(())
}

/// A label with its text beside it.
fn hanging(
    composer: &Composer,
    part: Belongs,
    label: &str,
    spans: &[Span],
    (label_x, text_x): (f32, f32),
) -> Result<Vec<Row>, LetterError> {
    let label = [Span::regular(label)];
    let label = composer.set(part, &label, BODY, (label_x, text_x - label_x))?;
    let text = composer.set(part, spans, BODY, (text_x, RIGHT - text_x))?;
    Ok(side_by_side(label, text))
}
