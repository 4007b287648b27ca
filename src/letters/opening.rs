//! What stands above the text: letterhead, reference, date and addressee.

use super::composer::Composer;
use super::lines::Span;
use super::rows::{Align, BODY, Ink, LEFT, Paint, Row, Style, TEXT_WIDTH};
use super::rows::{rectangle, side_by_side};
use super::tags::Part;
use super::template::{Filled, Kind};
use super::{Council, LetterData, LetterError, crest};
use crate::domain::{Crest, Language, long_date};

const NAME: Style = Style {
    size: 15.5,
    leading: 20.0,
    ink: Ink::Accent,
    align: Align::Centre,
};
const ADDRESS: Style = Style {
    size: 9.0,
    leading: 11.5,
    ink: Ink::Grey,
    align: Align::Centre,
};
const CAPTION: Style = Style {
    size: 8.5,
    ink: Ink::Accent,
    ..BODY
};

/// The two columns of the addressee and of the office the letter goes through.
const TO: (f32, f32) = (LEFT, 0.52 * TEXT_WIDTH);
const THROUGH: (f32, f32) = (LEFT + 0.57 * TEXT_WIDTH, 0.43 * TEXT_WIDTH);

/// Crest, name and address of the council over a double rule.
pub(super) fn letterhead(composer: &mut Composer, council: &Council) -> Result<(), LetterError> {
    let measure = (LEFT, TEXT_WIDTH);
    let left = LEFT + (TEXT_WIDTH - council.crest.width()) / 2.0;
    let crest = Row {
        height: Crest::HEIGHT + 5.0,
        marks: crest::marks(&council.crest, left),
        ..Row::default()
    };
    composer.place(0.0, vec![crest]);

    let head = composer.part(Part::Paragraph);
    let name = [Span::bold(council.name.to_uppercase() + " ")];
    let rows = composer.set(head, &name, NAME, measure)?;
    composer.place(0.0, rows);
    for line in &council.address {
        let line = [Span::regular(format!("{line} "))];
        let rows = composer.set(head, &line, ADDRESS, measure)?;
        composer.place(0.0, rows);
    }

    let rules = [
        rectangle(Paint::Fill(Ink::Accent), LEFT, 0.0, TEXT_WIDTH, 1.8),
        rectangle(Paint::Fill(Ink::Accent), LEFT, 3.0, TEXT_WIDTH, 0.5),
    ];
    let rules = Row {
        height: 3.5,
        marks: rules.into_iter().flatten().collect(),
        ..Row::default()
    };
    composer.place(8.0, vec![rules]);
    Ok(())
}

/// The reference to the left, the date to the right.
pub(super) fn reference(
    composer: &mut Composer,
    council: &Council,
    data: &LetterData,
) -> Result<(), LetterError> {
    let reference = [
        Span::bold("REF: "),
        Span::regular(council.reference_of(data)),
    ];
    let day = [
        Span::bold("DATE: "),
        Span::regular(long_date(data.issued_on, Language::En)),
    ];
    let right = Style {
        align: Align::Right,
        ..BODY
    };
    let part = composer.part(Part::Paragraph);
    let left = composer.set(part, &reference, BODY, (LEFT, 0.7 * TEXT_WIDTH))?;
    let part = composer.part(Part::Paragraph);
    let right = composer.set(part, &day, right, (LEFT, TEXT_WIDTH))?;
    composer.place(12.0, side_by_side(left, right));
    Ok(())
}

/// The addressee, and beside it the office the letter goes through.
pub(super) fn addressee(
    composer: &mut Composer,
    data: &LetterData,
    blocks: &[Filled],
) -> Result<(), LetterError> {
    let labelled = |label, value: &str| Span::regular(format!("{label} {value}"));
    let tsc = data.tsc_number.as_ref();
    let examiner = data.examiner_number.as_deref();
    let lines = [
        Some(Span::bold(data.name.as_str().to_uppercase())),
        Some(labelled("National ID No.", data.national_id.as_str())),
        tsc.map(|number| labelled("TSC No.", number.as_str())),
        examiner.map(|number| labelled("Examiner No.", number)),
        Some(labelled("Mobile No.", data.mobile.as_str())),
        data.town.as_ref().map(Span::regular),
    ];
    let lines: Vec<_> = lines.into_iter().flatten().map(|line| vec![line]).collect();
    let mut block = column(composer, "TO", &lines, TO)?;

    let through = blocks.iter().filter(|block| *block.kind == Kind::Through);
    let through: Vec<_> = through.map(|block| block.spans.clone()).collect();
    if !through.is_empty() {
        let beside = column(composer, "THROUGH", &through, THROUGH)?;
        block = side_by_side(block, beside);
    }
    composer.place(12.0, block);
    Ok(())
}

/// A caption with lines below it, as one row and one part.
fn column(
    composer: &mut Composer,
    caption: &str,
    lines: &[Vec<Span>],
    measure: (f32, f32),
) -> Result<Vec<Row>, LetterError> {
    let part = composer.part(Part::Paragraph);
    let caption = [Span::bold(format!("{caption} "))];
    let mut rows = composer.set(part, &caption, CAPTION, measure)?;
    for line in lines {
        let line = [line.as_slice(), &[Span::regular(" ")]].concat();
        rows.extend(composer.set(part, &line, BODY, measure)?);
    }
    Ok(vec![Row::stacked(rows, 0.0)])
}
