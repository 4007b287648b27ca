//! Breaks styled text into lines of a given width.

use std::borrow::Cow;
use std::mem;

use textwrap::{core::Fragment, wrap_algorithms::wrap_first_fit};

use super::LetterError;
use super::fonts::{Fonts, Run, Weight};

/// A stretch of text in one weight, not yet shaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) weight: Weight,
    pub(super) text: String,
}

impl Span {
    pub(super) fn regular(text: impl Into<String>) -> Self {
        let (weight, text) = (Weight::Regular, text.into());
        Self { weight, text }
    }

    pub(super) fn bold(text: impl Into<String>) -> Self {
        let (weight, text) = (Weight::Bold, text.into());
        Self { weight, text }
    }
}

/// One line, ready to draw.
///
/// A line that goes on ends in a space, so that a search or a reading voice
/// does not join two words across the break.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) runs: Vec<Run>,
    /// Width in ems, without the space at the end.
    pub(super) width: f32,
}

/// Breaks text set in `size` points into lines at most `width` points wide.
///
/// First fit, not optimal fit: the optimal algorithm lets a line stick out a
/// little where that saves a line.
pub(super) fn break_lines(
    fonts: &Fonts,
    spans: &[Span],
    size: f32,
    width: f32,
) -> Result<Vec<Line>, LetterError> {
    let limit = width / size;
    let mut words = Vec::new();
    for word in split_words(fonts, spans)? {
        if word.ems() > limit {
            words.extend(word.cut(fonts)?);
        } else {
            words.push(word);
        }
    }
    let lines = wrap_first_fit(&words, &[limit.into()]);
    Ok(lines.into_iter().map(join).collect())
}

/// What stays together on a line, and the space behind it.
#[derive(Debug, Default)]
struct Word<'f> {
    runs: Vec<Cow<'f, Run>>,
    space: Option<Cow<'f, Run>>,
}

impl<'f> Word<'f> {
    fn ems(&self) -> f32 {
        self.runs.iter().map(|run| run.width()).sum()
    }

    fn space_ems(&self) -> f32 {
        self.space.as_ref().map_or(0.0, |space| space.width())
    }

    /// The characters of a word too long for any line, each a word by itself.
    fn cut(self, fonts: &'f Fonts) -> Result<Vec<Self>, LetterError> {
        let mut pieces = Vec::new();
        for run in self.runs {
            for character in run.text.chars() {
                pieces.push(Self {
                    runs: vec![fonts.shape(run.weight, &character.to_string())?],
                    space: None,
                });
            }
        }
        if let Some(last) = pieces.last_mut() {
            last.space = self.space;
        }
        Ok(pieces)
    }
}

impl Fragment for Word<'_> {
    fn width(&self) -> f64 {
        self.ems().into()
    }

    fn whitespace_width(&self) -> f64 {
        self.space_ems().into()
    }

    fn penalty_width(&self) -> f64 {
        0.0
    }
}

fn split_words<'f>(fonts: &'f Fonts, spans: &[Span]) -> Result<Vec<Word<'f>>, LetterError> {
    let mut words = Vec::new();
    // A word may change its weight on the way, so it outlives the span.
    let mut word = Word::default();
    for Span { weight, text } in spans {
        for (index, part) in text.split(char::is_whitespace).enumerate() {
            if index > 0 && !word.runs.is_empty() {
                word.space = Some(fonts.shape(*weight, " ")?);
                words.push(mem::take(&mut word));
            }
            if !part.is_empty() {
                word.runs.push(fonts.shape(*weight, part)?);
            }
        }
    }
    if !word.runs.is_empty() {
        words.push(word);
    }
    Ok(words)
}

fn join(words: &[Word<'_>]) -> Line {
    let mut line = Line::default();
    let mut end = 0.0;
    for word in words {
        for run in word.runs.iter().chain(&word.space) {
            match line.runs.last_mut() {
                Some(last) if last.weight == run.weight => last.append(run),
                _ => line.runs.push(Run::clone(run)),
            }
        }
        line.width = end + word.ems();
        end = line.width + word.space_ems();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(spans: &[Span], width: f32) -> Vec<String> {
        let fonts = Fonts::open().unwrap();
        let lines = break_lines(&fonts, spans, 10.0, width).unwrap();
        assert!(lines.iter().all(|line| line.width * 10.0 <= width));
        let text = |line: &Line| line.runs.iter().map(|run| run.text.as_str()).collect();
        lines.iter().map(text).collect()
    }

    #[test]
    fn lines_break_between_words_and_keep_the_space() {
        let spans = [Span::regular("report to the  centre\nmanager")];
        assert_eq!(
            texts(&spans, 60.0),
            ["report to the ", "centre ", "manager"]
        );
    }

    #[test]
    fn a_word_may_change_its_weight() {
        let spans = [
            Span::regular("to "),
            Span::bold("Thika"),
            Span::regular(", by"),
        ];
        assert_eq!(texts(&spans, 48.0), ["to Thika, ", "by"]);
    }

    #[test]
    fn a_word_wider_than_the_line_is_cut() {
        let lines = texts(&[Span::bold("W".repeat(60))], 200.0);
        assert!(lines.len() > 1);
        assert_eq!(lines.concat(), "W".repeat(60));
    }

    #[test]
    fn no_text_gives_one_empty_line() {
        assert_eq!(texts(&[Span::regular("  ")], 40.0), [""]);
    }
}
