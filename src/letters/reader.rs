//! Reads a template line by line, or says which line is wrong and why.

use super::fields::FIELDS;
use super::fonts::Weight;
use super::template::{Block, Kind, Piece};

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
    /// A file whose name is no letter's.
    #[error("no letter has this name; there are: {0}")]
    NoSuchLetter(String),
    /// No `#` line, or more than one.
    #[error("a letter has exactly one subject, a line that begins with #")]
    Subject,
}

fn known() -> String {
    let names: Vec<_> = FIELDS.iter().map(|field| field.name).collect();
    names.join(", ")
}

/// Reads the blocks of a template; `file` is only named in the error.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Block>, TemplateError> {
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
        Ok(reader.blocks)
    } else {
        Err(refuse(1, TemplateProblem::Subject))
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
        let is_point = |block: &&Block| block.kind == Kind::Point;
        let points = self.blocks.iter().rev().take_while(is_point).count();
        match block.kind {
            Kind::Subject if self.has(&Kind::Subject) => return Err(TemplateProblem::Subject),
            Kind::Point if points == 26 => return Err(TemplateProblem::TooManyPoints),
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
        && number.parse::<u8>().is_ok()
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
    use super::*;

    fn error(text: &str) -> TemplateError {
        read("letters/some.md", text).unwrap_err()
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
            let error = error(text);
            assert_eq!((error.line, error.problem), (line, expected), "{text}");
        }
        let list = format!("# S\n{}", "- x\n".repeat(27));
        let error = error(&list);
        assert_eq!((error.line, error.problem), (28, P::TooManyPoints));
    }

    #[test]
    fn an_error_reads_file_line_reason() {
        let text = error("# S\n{nmae}").to_string();
        assert!(text.starts_with(
            "letters/some.md:2: there is no placeholder {nmae}; use one of council, service_code,"
        ));
    }
}
