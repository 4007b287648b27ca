//! The text of a letter with its placeholders; `letters/README.md` is its guide.

use super::fields::Field;
use super::fonts::Weight;
use super::lines::Span;
use super::reader::{self, TemplateError};
use super::{Council, LetterData};

/// The kinds of block a letter is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One line of the office the letter goes through.
    Through,
    /// The line that says what the letter is about.
    Subject,
    Paragraph,
    /// A row of the table of facts, with its label.
    Fact(String),
    /// A clause, numbered through the letter.
    Clause,
    /// A point of a lettered list.
    Point,
}

/// A parsed template: all its placeholders exist.
#[derive(Debug)]
pub(super) struct Template {
    blocks: Vec<Block>,
}

/// A block as staff wrote it.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) kind: Kind,
    pub(super) pieces: Vec<(Weight, Piece)>,
}

/// A piece of a block's text.
#[derive(Debug)]
pub(super) enum Piece {
    Text(String),
    Value(&'static Field),
}

/// A block with its values filled in.
pub(super) struct Filled<'a> {
    pub(super) kind: &'a Kind,
    pub(super) spans: Vec<Span>,
}

impl Template {
    /// Reads a template; `file` is only named in the error.
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, TemplateError> {
        let blocks = reader::read(file, text)?;
        Ok(Self { blocks })
    }

    /// The texts every letter of this template has.
    pub(super) fn texts(&self) -> impl Iterator<Item = (Weight, &str)> {
        let pieces = self.blocks.iter().flat_map(|block| &block.pieces);
        pieces.filter_map(|(weight, piece)| match piece {
            Piece::Text(text) => Some((*weight, text.as_str())),
            Piece::Value(_) => None,
        })
    }

    /// The blocks with the letter's values. A block that names a value this
    /// letter doesn't have is left out.
    pub(super) fn fill(&self, data: &LetterData, council: &Council) -> Vec<Filled<'_>> {
        let blocks = self.blocks.iter();
        blocks
            .filter_map(|block| block.fill(data, council))
            .collect()
    }
}

impl Block {
    fn fill(&self, data: &LetterData, council: &Council) -> Option<Filled<'_>> {
        let span = |(weight, piece): &(Weight, Piece)| {
            let text = match piece {
                Piece::Text(text) => text.clone(),
                Piece::Value(field) => (field.value)(data, council)?,
            };
            Some(Span {
                weight: *weight,
                text,
            })
        };
        Some(Filled {
            kind: &self.kind,
            spans: self.pieces.iter().map(span).collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{council, letter};
    use super::*;
    use crate::domain::Role;

    #[test]
    fn lines_go_on_until_an_empty_one() {
        let text = "# Subject\n\nDear {role},\n  **you**\n\n| Day | {from} |\nthen\n1. one\n   two\n- a\n- b";
        let template = Template::parse("letters/some.md", text).unwrap();
        let filled = template.fill(&letter(Role::Supervisor), &council());
        let shown: Vec<_> = filled
            .iter()
            .map(|block| {
                let text: String = block.spans.iter().map(|span| &*span.text).collect();
                (block.kind.clone(), text)
            })
            .collect();
        let expected = [
            (Kind::Subject, "Subject"),
            (Kind::Paragraph, "Dear supervisor, you"),
            (Kind::Fact("Day".to_owned()), "19 October 2026"),
            (Kind::Paragraph, "then"),
            (Kind::Clause, "one two"),
            (Kind::Point, "a"),
            (Kind::Point, "b"),
        ];
        assert_eq!(shown, expected.map(|(kind, text)| (kind, text.to_owned())));
    }

    #[test]
    fn stars_make_words_bold_also_around_a_placeholder() {
        let template = Template::parse("letters/some.md", "# S\n\nby **{to}** at").unwrap();
        let filled = template.fill(&letter(Role::Supervisor), &council());
        let bold = filled[1]
            .spans
            .iter()
            .filter(|span| span.weight == Weight::Bold);
        assert_eq!(
            bold.map(|span| &*span.text).collect::<String>(),
            "20 November 2026"
        );
    }

    #[test]
    fn a_block_without_its_value_is_left_out() {
        let template =
            Template::parse("letters/some.md", "# S\n\n1. Paper\n{paper}\n2. Next").unwrap();
        let filled = template.fill(&letter(Role::Supervisor), &council());
        assert_eq!(filled.len(), 2);
    }
}
