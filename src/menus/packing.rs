//! Lines whose names may be cut, and packing them into pages.

use crate::text::{cut, septets};

/// The septets of a text. One outside the alphabet would travel in two bytes a character.
pub(super) fn size(text: &str) -> usize {
    septets(text).unwrap_or_else(|| text.chars().count() * 2)
}

/// A stretch of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    text: String,
    size: usize,
    may_be_cut: bool,
}

impl Piece {
    pub(super) fn new(text: impl Into<String>, may_be_cut: bool) -> Self {
        let text = text.into();
        Self {
            size: size(&text),
            text,
            may_be_cut,
        }
    }

    /// The same cut at its line breaks.
    pub(super) fn lines(self) -> Vec<Self> {
        if self.may_be_cut || !self.text.contains('\n') {
            return vec![self];
        }
        let lines = self
            .text
            .split('\n')
            .map(|line| line.trim_end_matches('\r'));
        lines.map(|line| Self::new(line, false)).collect()
    }

    fn is_cut_at(&self, cap: usize) -> bool {
        self.may_be_cut && self.size > cap
    }

    fn size(&self, cap: usize) -> usize {
        if self.is_cut_at(cap) {
            size(&cut(&self.text, cap))
        } else {
            self.size
        }
    }
}

/// One line of a screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Line {
    pub(super) pieces: Vec<Piece>,
    /// Whether it must stay whole: half an option misleads.
    pub(super) is_option: bool,
}

impl Line {
    /// Its septets with names cut to the cap.
    pub(super) fn size(&self, cap: usize) -> usize {
        self.pieces.iter().map(|piece| piece.size(cap)).sum()
    }

    /// The septets of its longest name.
    pub(super) fn longest_name(&self) -> usize {
        let names = self.pieces.iter().filter(|piece| piece.may_be_cut);
        names.map(|name| name.size).max().unwrap_or(0)
    }

    /// Its text with names cut to the cap.
    pub(super) fn text(&self, cap: usize) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            if piece.is_cut_at(cap) {
                text.push_str(&cut(&piece.text, cap));
            } else {
                text.push_str(&piece.text);
            }
        }
        text
    }

    /// The line broken between words, where it is longer than a page by itself.
    pub(super) fn broken(&self, room: usize) -> Vec<Self> {
        if self.is_option || self.size(usize::MAX) <= room {
            return vec![self.clone()];
        }
        let mut lines: Vec<Self> = Vec::new();
        for mut word in self.words() {
            match lines.last_mut() {
                Some(line) if line.size(usize::MAX) + 1 + word.size(usize::MAX) <= room => {
                    line.pieces.push(Piece::new(" ", false));
                    line.pieces.append(&mut word.pieces);
                }
                _ => lines.push(word),
            }
        }
        lines
    }

    /// What stands between the spaces. A name is one word, however many it has.
    fn words(&self) -> Vec<Self> {
        let mut words = vec![Self::default()];
        for piece in &self.pieces {
            let spaced = if piece.may_be_cut {
                vec![piece.clone()]
            } else {
                let parts = piece.text.split(' ');
                parts.map(|part| Piece::new(part, false)).collect()
            };
            for (index, part) in spaced.into_iter().enumerate() {
                if index > 0 {
                    words.push(Self::default());
                }
                if let Some(word) = words.last_mut() {
                    word.pieces.push(part);
                }
            }
        }
        words
    }
}

/// Fills pages of at most `room` septets with lines of these sizes; answers the line that
/// each page begins with.
pub(super) fn page_starts(sizes: impl Iterator<Item = usize>, room: usize) -> Vec<usize> {
    // Each line counts with the break after it, and so does the room for the last.
    let room = room + 1;
    let mut starts = vec![0];
    let mut free = room;
    for (line, size) in sizes.enumerate() {
        let size = size + 1;
        if size > free && starts.last() != Some(&line) {
            starts.push(line);
            free = room;
        }
        free = free.saturating_sub(size);
    }
    starts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(text: &str) -> Line {
        Line {
            pieces: vec![Piece::new(text, false)],
            is_option: false,
        }
    }

    fn broken(line: &Line, room: usize) -> Vec<String> {
        let lines = line.broken(room);
        lines.iter().map(|line| line.text(usize::MAX)).collect()
    }

    #[test]
    fn a_page_is_filled_to_its_last_septet() {
        assert_eq!(page_starts([3, 3].into_iter(), 7), [0]);
        assert_eq!(page_starts([3, 3].into_iter(), 6), [0, 1]);
        assert_eq!(page_starts([7, 5, 9, 3].into_iter(), 13), [0, 2]);
        // An empty line takes its break.
        assert_eq!(page_starts([7, 0, 3].into_iter(), 8), [0, 2]);
        assert_eq!(page_starts([7, 0, 3].into_iter(), 7), [0, 1]);
        assert_eq!(page_starts([3, 3, 0].into_iter(), 7), [0, 2]);
    }

    #[test]
    fn a_line_that_is_too_long_has_a_page_of_its_own() {
        assert_eq!(page_starts([3, 20, 3].into_iter(), 10), [0, 1, 2]);
        assert_eq!(page_starts([20, 3].into_iter(), 10), [0, 1]);
    }

    #[test]
    fn nothing_fills_one_empty_page() {
        assert_eq!(page_starts([].into_iter(), 10), [0]);
    }

    #[test]
    fn long_lines_break_between_words_and_options_never() {
        assert_eq!(broken(&line("one two three"), 8), ["one two", "three"]);
        assert_eq!(broken(&line("one two three"), 13), ["one two three"]);
        let option = Line {
            is_option: true,
            ..line("1. two three")
        };
        assert_eq!(broken(&option, 8), ["1. two three"]);
    }

    #[test]
    fn a_name_is_not_broken_but_cut() {
        let mut line = line("At the ");
        line.pieces.push(Piece::new("Mfano Girls School", true));
        line.pieces.push(Piece::new(", today", false));
        assert_eq!(
            broken(&line, 20),
            ["At the", "Mfano Girls School,", "today"]
        );
        assert_eq!(line.text(10), "At the Mfano Gir., today");
        assert_eq!(line.size(10), 24);
        assert_eq!(line.longest_name(), 18);
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_no_page_too_long(
            texts in prop::collection::vec("[a-z€]{0,6}( [a-z]{1,6}){0,8}", 0..8),
            room in 12_usize..60,
        ) {
            let lines: Vec<_> = texts.iter().flat_map(|text| line(text).broken(room)).collect();
            let starts = page_starts(lines.iter().map(|line| line.size(usize::MAX)), room);
            let text = |lines: &[Line]| lines.iter().map(|line| line.text(usize::MAX)).collect::<Vec<_>>();
            for (page, start) in starts.iter().enumerate() {
                let end = starts.get(page + 1).copied().unwrap_or(lines.len());
                prop_assert!(size(&text(&lines[*start..end]).join("\n")) <= room);
            }
            let words = |lines: Vec<String>| lines.join(" ").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(text(&lines)), words(texts));
        }
    }
}
