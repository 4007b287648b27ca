//! Fitting a screen: names are cut first, then the screen is shown in pages,
//! between lines where possible and between words where not, never inside an option.

use crate::domain::Language;
use crate::menus::{Fields, Menu, SHORTEST_NAME, Texts};
use crate::text::septets;

/// A screen before it is fitted.
pub(super) struct Draft<'a> {
    pub(super) menu: &'a Menu,
    pub(super) language: Language,
    pub(super) fields: &'a Fields,
    /// The line that says an answer did not fit.
    pub(super) error: Option<&'a Texts>,
    pub(super) text: &'a Texts,
    /// Numbered lines, each with the fields it is filled from.
    pub(super) lines: Vec<(String, &'a Texts, &'a Fields)>,
    /// Whether `0` and `00` lead anywhere.
    pub(super) can_go_back: bool,
    /// Whether a list goes on after these lines.
    pub(super) more: bool,
}

impl Draft<'_> {
    /// The given page and whether there is one after it.
    pub(super) fn page(&self, page: usize, limit: usize) -> (String, bool) {
        let whole = self.fitted(limit);
        let navigation = self.navigation(self.more);
        if septets_of(&whole, &navigation) <= limit {
            return (join(&whole, &navigation), self.more);
        }
        let mut pages = paged(
            &whole,
            limit.saturating_sub(size(&self.navigation(true)) + 1),
        );
        let last = pages.len().saturating_sub(1);
        let page = page.min(last);
        let goes_on = page < last || self.more;
        let shown = if pages.is_empty() {
            Vec::new()
        } else {
            pages.swap_remove(page)
        };
        (join(&shown, &self.navigation(goes_on)), goes_on)
    }

    /// The lines with names cut as little as makes the screen fit, or as far as allowed.
    fn fitted(&self, limit: usize) -> Vec<String> {
        let navigation = self.navigation(self.more);
        let uncut = self.rendered(usize::MAX);
        if septets_of(&uncut, &navigation) <= limit {
            return uncut;
        }
        (SHORTEST_NAME..limit)
            .rev()
            .map(|cap| self.rendered(cap))
            .find(|lines| septets_of(lines, &navigation) <= limit)
            .unwrap_or_else(|| self.rendered(SHORTEST_NAME))
    }

    fn rendered(&self, name_cap: usize) -> Vec<String> {
        let fill = |texts: &Texts, fields| {
            texts
                .of(self.language)
                .fill(fields, self.language, name_cap)
        };
        let mut lines: Vec<String> = Vec::new();
        lines.extend(self.error.map(|error| fill(error, self.fields)));
        lines.extend(fill(self.text, self.fields).lines().map(str::to_owned));
        lines.extend(
            self.lines
                .iter()
                .map(|(key, label, fields)| format!("{key}. {}", fill(label, fields))),
        );
        lines
    }

    fn navigation(&self, more: bool) -> String {
        let words = &self.menu.words;
        let mut shown = Vec::new();
        if more {
            shown.push(&words.more);
        }
        if self.can_go_back {
            shown.push(&words.back);
            shown.push(&words.home);
        }
        let filled = shown.iter().map(|texts| {
            texts
                .it
                .of(self.language)
                .fill(self.fields, self.language, usize::MAX)
        });
        filled.collect::<Vec<_>>().join(" ")
    }
}

fn size(text: &str) -> usize {
    septets(text).unwrap_or_else(|| text.chars().count() * 2)
}

fn septets_of(lines: &[String], navigation: &str) -> usize {
    size(&join(lines, navigation))
}

fn join(lines: &[String], navigation: &str) -> String {
    let mut text = lines.join("\n");
    if !navigation.is_empty() {
        text.push('\n');
        text.push_str(navigation);
    }
    text
}

/// Packs lines into pages of at most `limit` septets.
fn paged(lines: &[String], limit: usize) -> Vec<Vec<String>> {
    let mut pages: Vec<Vec<String>> = Vec::new();
    let mut room = 0;
    for line in lines.iter().flat_map(|line| broken(line, limit)) {
        let needed = size(&line) + 1;
        if needed > room || pages.is_empty() {
            pages.push(Vec::new());
            room = limit + 1;
        }
        room = room.saturating_sub(needed);
        if let Some(page) = pages.last_mut() {
            page.push(line);
        }
    }
    pages
}

/// A line broken between words where it is longer than a page by itself.
fn broken(line: &str, limit: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for word in line.split(' ') {
        let last = pieces.len() - 1;
        let separate = usize::from(!pieces[last].is_empty());
        if size(&pieces[last]) + separate + size(word) > limit && separate == 1 {
            pieces.push(word.to_owned());
        } else {
            if separate == 1 {
                pieces[last].push(' ');
            }
            pieces[last].push_str(word);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_break_between_lines_and_long_lines_between_words() {
        let lines = [
            "one two".to_owned(),
            "three".to_owned(),
            "four five six".to_owned(),
        ];
        let pages = paged(&lines, 10);
        assert_eq!(
            pages,
            [
                vec!["one two"],
                vec!["three"],
                vec!["four five"],
                vec!["six"]
            ]
        );
        assert_eq!(
            paged(&lines, 13),
            [vec!["one two", "three"], vec!["four five six"]]
        );
    }
}
