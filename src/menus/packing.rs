//! Packing lines into pages.

use crate::text::septets;

/// One line of a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    /// Whether it must stay on one page: half an option misleads.
    pub(super) is_option: bool,
}

/// The septets of a text. One outside the alphabet would travel in two bytes a character.
pub(super) fn size(text: &str) -> usize {
    septets(text).unwrap_or_else(|| text.chars().count() * 2)
}

/// Fills pages of at most `room` septets line by line.
pub(super) fn pack(lines: &[Line], room: usize) -> Vec<Vec<String>> {
    let mut pages = vec![Vec::new()];
    let mut free = room;
    for line in lines.iter().flat_map(|line| broken(line, room)) {
        let needed = size(&line);
        if needed > free && pages.last().is_some_and(|page| !page.is_empty()) {
            pages.push(Vec::new());
            free = room;
        }
        // The line break after it counts too.
        free = free.saturating_sub(needed + 1);
        if let Some(page) = pages.last_mut() {
            page.push(line);
        }
    }
    pages
}

/// A line, broken between words where it is longer than a page by itself.
fn broken(line: &Line, room: usize) -> Vec<String> {
    if line.is_option || size(&line.text) <= room {
        return vec![line.text.clone()];
    }
    let mut pieces: Vec<String> = Vec::new();
    for word in line.text.split(' ') {
        match pieces.last_mut() {
            Some(piece) if size(piece) + 1 + size(word) <= room => {
                piece.push(' ');
                piece.push_str(word);
            }
            _ => pieces.push(word.to_owned()),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> Vec<Line> {
        texts
            .iter()
            .map(|text| Line {
                text: (*text).to_owned(),
                is_option: text.starts_with('1'),
            })
            .collect()
    }

    #[test]
    fn pages_break_between_lines_and_long_lines_between_words() {
        let lines = lines(&["one two", "three", "four five six"]);
        assert_eq!(
            pack(&lines, 10),
            [
                vec!["one two"],
                vec!["three"],
                vec!["four five"],
                vec!["six"]
            ]
        );
        assert_eq!(
            pack(&lines, 13),
            [vec!["one two", "three"], vec!["four five six"]]
        );
    }

    #[test]
    fn a_page_is_filled_to_its_last_septet() {
        assert_eq!(pack(&lines(&["abc", "def"]), 7), [vec!["abc", "def"]]);
        assert_eq!(pack(&lines(&["abc", "def"]), 6), [vec!["abc"], vec!["def"]]);
    }

    #[test]
    fn an_option_is_never_broken() {
        assert_eq!(
            pack(&lines(&["one", "1. two three"]), 8),
            [vec!["one"], vec!["1. two three"]]
        );
    }

    #[test]
    fn nothing_fills_one_empty_page() {
        assert_eq!(pack(&[], 10), [Vec::<String>::new()]);
    }
}
