//! The signature block below the text.

use super::composer::Composer;
use super::lines::Span;
use super::rows::{BODY, Ink, LEFT, Paint, Row, rectangle};
use super::tags::Part;
use super::{Council, LetterError};

/// Room for a signature and a stamp, above a line to sign on.
const ROOM: f32 = 46.0;
const WIDTH: f32 = 230.0;

/// Keeps the signature on one page with the last lines of the letter.
pub(super) fn signature(composer: &mut Composer, council: &Council) -> Result<(), LetterError> {
    composer.keep_with_next();
    let line = Row {
        height: ROOM,
        keep: true,
        marks: rectangle(Paint::Fill(Ink::Black), LEFT, ROOM - 3.0, WIDTH, 0.5)
            .into_iter()
            .collect(),
        ..Row::default()
    };
    composer.place(0.0, vec![line]);
    composer.keep_with_next();

    let part = composer.part(Part::Paragraph);
    let name = [Span::bold(council.signatory.to_uppercase() + " ")];
    let mut rows = composer.set(part, &name, BODY, (LEFT, WIDTH))?;
    let title = [Span::regular(&council.signatory_title)];
    rows.extend(composer.set(part, &title, BODY, (LEFT, WIDTH))?);
    composer.place(0.0, vec![Row::stacked(rows, 0.0)]);
    Ok(())
}
