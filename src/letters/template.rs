//! The text of a letter as staff write it; `letters/README.md` is its guide.

use super::fields::{FIELDS, Field};
use super::fonts::Weight;
use super::lines::Span;
use super::{Council, LetterData};

/// Why a template was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct TemplateError {
    /// The template's file.
    pub file: String,
    /// The line at fault, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: TemplateProblem,
}

/// What can be wrong with a line of a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateProblem {
    /// A `{…}` that names nothing.
    #[error("there is no placeholder {{{name}}}; use one of {}", known())]
    UnknownPlaceholder {
        /// The name between the braces.
        name: String,
    },
    /// A brace without its partner.
    #[error("a brace has no partner; a placeholder reads {{name}}")]
    LoneBrace,
    /// An odd number of `**`.
    #[error("a ** has no partner on its line")]
    LoneStars,
    /// A table row of another shape.
    #[error("a row of the table reads | label | text |")]
    Row,
    /// A mark with nothing behind it.
    #[error("there is no text behind the mark")]
    Empty,
    /// Markdown that letters don't have.
    #[error("a line cannot begin with {0:?}; marks are Through:, #, |, 1. and -")]
    UnknownMark(char),
    /// The points of a list are lettered (a) to (z).
    #[error("a list has at most 26 points")]
    TooManyPoints,
    /// No `#` line, or more than one.
    #[error("a letter has exactly one subject, a line that begins with #")]
    Subject,
}

fn known() -> String {
    let names: Vec<_> = FIELDS.iter().map(|field| field.name).collect();
    names.join(", ")
}

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

#[derive(Debug)]
struct Block {
    kind: Kind,
    pieces: Vec<(Weight, Piece)>,
}

#[derive(Debug)]
enum Piece {
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
        let refuse = |line, problem| TemplateError {
            file: file.to_owned(),
            line,
            problem,
        };
        let mut reader = Reader::default();
        for (index, line) in text.lines().enumerate() {
            reader
                .read(line.trim())
                .map_err(|problem| refuse(index + 1, problem))?;
        }
        if reader.has(&Kind::Subject) {
            Ok(Self {
                blocks: reader.blocks,
            })
        } else {
            Err(refuse(1, TemplateProblem::Subject))
        }
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
        let filled = |block: &'_ Block| {
            let spans = block.pieces.iter().map(|(weight, piece)| {
                let text = match piece {
                    Piece::Text(text) => text.clone(),
                    Piece::Value(field) => (field.value)(data, council)?,
                };
                let weight = *weight;
                Some(Span { weight, text })
            });
            spans.collect::<Option<Vec<_>>>()
        };
        let blocks = self.blocks.iter();
        blocks
            .filter_map(|block| {
                let (kind, spans) = (&block.kind, filled(block)?);
                Some(Filled { kind, spans })
            })
            .collect()
    }
}

/// The blocks read so far, and whether the next plain line goes on with the last.
#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    open: bool,
}

impl Reader {
    fn read(&mut self, line: &str) -> Result<(), TemplateProblem> {
        if line.is_empty() {
            self.open = false;
            return Ok(());
        }
        let (kind, text) = mark(line)?;
        let pieces = pieces(text.trim())?;
        match self.blocks.last_mut() {
            Some(last) if self.open && kind == Kind::Paragraph => {
                last.pieces
                    .push((Weight::Regular, Piece::Text(" ".to_owned())));
                last.pieces.extend(pieces);
            }
            _ => self.begin(Block { kind, pieces })?,
        }
        Ok(())
    }

    fn begin(&mut self, block: Block) -> Result<(), TemplateProblem> {
        let points = self
            .blocks
            .iter()
            .rev()
            .take_while(|block| block.kind == Kind::Point);
        match block.kind {
            Kind::Subject if self.has(&Kind::Subject) => return Err(TemplateProblem::Subject),
            Kind::Point if points.count() == 26 => return Err(TemplateProblem::TooManyPoints),
            _ => {}
        }
        self.open = !matches!(block.kind, Kind::Through | Kind::Fact(_));
        self.blocks.push(block);
        Ok(())
    }

    fn has(&self, kind: &Kind) -> bool {
        self.blocks.iter().any(|block| block.kind == *kind)
    }
}

/// Tells a line's kind by the mark it begins with.
fn mark(line: &str) -> Result<(Kind, &str), TemplateProblem> {
    if let Some(text) = line.strip_prefix("Through:") {
        return Ok((Kind::Through, text));
    }
    if let Some(text) = line.strip_prefix("# ") {
        return Ok((Kind::Subject, text));
    }
    if let Some(text) = line.strip_prefix("- ") {
        return Ok((Kind::Point, text));
    }
    if let Some(row) = line.strip_prefix('|') {
        let (label, text) = row
            .strip_suffix('|')
            .and_then(|row| row.split_once('|'))
            .filter(|(label, text)| !label.contains(['{', '*']) && !text.contains('|'))
            .ok_or(TemplateProblem::Row)?;
        return Ok((Kind::Fact(label.trim().to_owned()), text));
    }
    if let Some((number, text)) = line.split_once(". ")
        && number.chars().all(|digit| digit.is_ascii_digit())
    {
        return Ok((Kind::Clause, text));
    }
    match line.chars().next() {
        Some(first) if "#*-+>=_`~".contains(first) && !line.starts_with("**") => {
            Err(TemplateProblem::UnknownMark(first))
        }
        _ => Ok((Kind::Paragraph, line)),
    }
}

/// Takes the bold parts and the placeholders of a line apart.
fn pieces(text: &str) -> Result<Vec<(Weight, Piece)>, TemplateProblem> {
    if text.is_empty() {
        return Err(TemplateProblem::Empty);
    }
    let parts: Vec<_> = text.split("**").collect();
    if parts.len().is_multiple_of(2) {
        return Err(TemplateProblem::LoneStars);
    }
    let weights = [Weight::Regular, Weight::Bold].into_iter().cycle();
    let mut pieces = Vec::new();
    for (part, weight) in parts.into_iter().zip(weights) {
        let mut rest = part;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').ok_or(TemplateProblem::LoneBrace)?;
            pieces.push((weight, plain(before)?));
            pieces.push((weight, value(name)?));
            rest = behind;
        }
        pieces.push((weight, plain(rest)?));
    }
    Ok(pieces)
}

fn plain(text: &str) -> Result<Piece, TemplateProblem> {
    if text.contains('}') {
        return Err(TemplateProblem::LoneBrace);
    }
    Ok(Piece::Text(text.to_owned()))
}

fn value(name: &str) -> Result<Piece, TemplateProblem> {
    let field = FIELDS.iter().find(|field| field.name == name);
    field
        .map(Piece::Value)
        .ok_or_else(|| TemplateProblem::UnknownPlaceholder {
            name: name.to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{council, letter};
    use super::*;
    use crate::domain::Role;

    fn problem(text: &str) -> (usize, TemplateProblem) {
        let error = Template::parse("letters/some.md", text).unwrap_err();
        (error.line, error.problem)
    }

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

    #[test]
    fn a_wrong_line_is_named_with_its_reason() {
        use TemplateProblem as P;
        let unknown = P::UnknownPlaceholder {
            name: "centre".to_owned(),
        };
        for (text, line, expected) in [
            ("# S\n\nat\n{centre}", 4, unknown),
            ("# S\nat {from", 2, P::LoneBrace),
            ("# S\nat from}", 2, P::LoneBrace),
            ("# S\n**{from}", 2, P::LoneStars),
            ("# S\n| Day {from} |", 2, P::Row),
            ("# S\n| Day | {from}", 2, P::Row),
            ("# S\n| {role} | {from} |", 2, P::Row),
            ("# S\n| Day | |", 2, P::Empty),
            ("# S\nThrough:", 2, P::Empty),
            ("# S\n## Duties", 2, P::UnknownMark('#')),
            ("# S\n* duty", 2, P::UnknownMark('*')),
            ("# S\n-duty", 2, P::UnknownMark('-')),
            ("# S\n\n# T", 3, P::Subject),
            ("no subject", 1, P::Subject),
        ] {
            assert_eq!(problem(text), (line, expected), "{text}");
        }
        let list = format!("# S\n{}", "- x\n".repeat(27));
        assert_eq!(problem(&list), (28, P::TooManyPoints));
    }

    #[test]
    fn an_error_reads_file_line_reason() {
        let error = Template::parse("letters/some.md", "# S\n{nmae}").unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with(
            "letters/some.md:2: there is no placeholder {nmae}; use one of council, service_code,"
        ));
    }
}
