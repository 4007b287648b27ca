//! A screen laid out for a phone: names are cut first, then the screen is shown in
//! pages, between lines where possible and between words where not.
//!
//! The engine shows what comes out of here and the check measures the same, so the
//! proof is about the very screens that people see.

use crate::domain::Language;

use super::fitting::{Fitting, SHORTEST_NAME};
use super::model::{Body, Choice, Menu, Screen};
use super::packing::{Line, Piece};
use super::template::{Part, Texts};
use super::value::Values;

/// The septets that every network can show at once; Safaricom's limit is the lowest.
pub const SCREEN: usize = 160;

/// A screen and what it is filled with, before it is fitted to a phone.
pub struct Draft<'a> {
    menu: &'a Menu,
    screen: &'a Screen,
    language: Language,
    values: &'a dyn Values,
    /// The items of a list.
    items: Vec<&'a dyn Values>,
    /// Whether the list goes on after them.
    more: bool,
    /// Whether `0` and `00` lead anywhere.
    can_go_back: bool,
}

/// One page of a screen, as a phone shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The text, navigation line and all.
    pub text: String,
    /// Whether something follows it.
    pub more: bool,
}

impl<'a> Draft<'a> {
    /// A screen filled with values; none when the menu has no such screen.
    #[must_use]
    pub fn new(
        menu: &'a Menu,
        name: &str,
        language: Language,
        values: &'a dyn Values,
    ) -> Option<Self> {
        let screen = menu.screens.get(name)?;
        Some(Self {
            menu,
            screen,
            language,
            values,
            items: Vec::new(),
            more: false,
            can_go_back: !matches!(screen.body, Body::End) && !menu.is_top(name),
        })
    }

    /// The same with the items of a list, and whether the list goes on after them.
    #[must_use]
    pub fn with_items(mut self, items: impl Iterator<Item = &'a dyn Values>, more: bool) -> Self {
        self.items = items.collect();
        self.more = more;
        self
    }

    /// The same with a full page of one item, as long as a list page gets.
    pub(super) fn full_of(self, item: &'a dyn Values) -> Self {
        let count = match self.screen.body {
            Body::List { per_page, .. } => per_page,
            _ => 0,
        };
        self.with_items(std::iter::repeat_n(item, count), true)
    }

    /// The given page or, where there are not so many, the last; after a wrong answer
    /// with the line that says so.
    #[must_use]
    pub fn page(&self, page: usize, limit: usize, wrong: bool) -> Sheet {
        let page = self.fitting(limit).page(page, wrong);
        Sheet {
            text: page.text,
            more: self.more || page.more,
        }
    }

    /// How many pages it takes.
    #[must_use]
    pub fn page_count(&self, limit: usize) -> usize {
        self.fitting(limit).page_count()
    }

    /// The septets of the screen on one page with names cut as short as they may be.
    #[must_use]
    pub fn shortest(&self, wrong: bool) -> usize {
        self.fitting(usize::MAX).single(SHORTEST_NAME, wrong)
    }

    /// Whether something can be answered that does not fit.
    pub(super) fn can_be_wrong(&self) -> bool {
        self.complaint().is_some()
    }

    fn fitting(&self, limit: usize) -> Fitting {
        Fitting {
            lines: self.lines(),
            complaint: self.complaint().map(|texts| self.plain(texts)),
            navigation: self.navigation(self.more),
            onward: self.navigation(true),
            // A list's pages are pages of its data instead, and after the last screen
            // nothing can be typed.
            can_turn: matches!(self.screen.body, Body::Menu { .. } | Body::Question { .. }),
            limit,
        }
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines = self.text_lines();
        match &self.screen.body {
            Body::Menu { options } => {
                let option =
                    |choice: &Choice| self.option(&choice.key.it, &choice.label.it, self.values);
                let shown = options.iter().filter(|choice| choice.is_shown(self.values));
                lines.extend(shown.map(option));
            }
            Body::List { item, .. } => {
                let items = (1_usize..).zip(&self.items);
                lines.extend(
                    items.map(|(key, values)| self.option(&key.to_string(), &item.it, *values)),
                );
            }
            Body::Question { .. } | Body::Action { .. } | Body::Call { .. } | Body::End => {}
        }
        lines
    }

    /// The text, cut at its line breaks; one at the very end does not count.
    fn text_lines(&self) -> Vec<Line> {
        let mut lines = vec![Line::default()];
        for piece in self.pieces(&self.screen.text.it, self.values) {
            for (number, part) in piece.lines().into_iter().enumerate() {
                if number > 0 {
                    lines.push(Line::default());
                }
                if let Some(line) = lines.last_mut() {
                    line.pieces.push(part);
                }
            }
        }
        if lines.last().is_some_and(|line| line.size(usize::MAX) == 0) {
            lines.pop();
        }
        lines
    }

    fn option(&self, key: &str, label: &Texts, values: &dyn Values) -> Line {
        let mut pieces = vec![Piece::new(format!("{key}. "), false)];
        pieces.extend(self.pieces(label, values));
        Line {
            pieces,
            is_option: true,
        }
    }

    /// A text in its stretches. A value that is not there leaves nothing.
    fn pieces(&self, texts: &Texts, values: &dyn Values) -> Vec<Piece> {
        let parts = texts.of(self.language).parts().iter();
        let piece = |part: &Part| match part {
            Part::Words(words) => Some(Piece::new(words, false)),
            Part::Field { name, format } => {
                let shown = values.shown(name, *format, self.language)?;
                Some(Piece::new(shown.text, shown.may_be_cut))
            }
            Part::Fragment(_) => None,
        };
        parts.filter_map(piece).collect()
    }

    fn complaint(&self) -> Option<&Texts> {
        match &self.screen.body {
            Body::Menu { .. } | Body::List { .. } => Some(&self.menu.words.wrong_choice.it),
            Body::Question { invalid, .. } => Some(&invalid.it),
            Body::Action { .. } | Body::Call { .. } | Body::End => None,
        }
    }

    fn navigation(&self, more: bool) -> String {
        let words = &self.menu.words;
        let more = more.then_some(&words.more);
        let back = self.can_go_back.then_some([&words.back, &words.home]);
        let shown = more.into_iter().chain(back.into_iter().flatten());
        let shown: Vec<_> = shown.map(|texts| self.plain(&texts.it)).collect();
        shown.join(" ")
    }

    fn plain(&self, texts: &Texts) -> String {
        texts
            .of(self.language)
            .fill(self.values, self.language, SHORTEST_NAME)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{CATALOGUE, SOUND, file};
    use super::super::load;
    use super::super::value::{Fields, Value};
    use super::*;
    use crate::text::septets;

    fn menu() -> Menu {
        load(&[file("m", SOUND)], &CATALOGUE).unwrap()
    }

    fn mine(name: &str) -> Fields {
        let day = jiff::civil::date(2026, 10, 16);
        Fields::from([
            ("name".to_owned(), Value::name(name)),
            ("code".to_owned(), Value::Code("99208105".to_owned())),
            ("day".to_owned(), Value::Date(day)),
        ])
    }

    #[test]
    fn a_screen_stands_between_complaint_and_navigation() {
        let (menu, fields) = (menu(), Fields::new());
        let draft = Draft::new(&menu, "ask", Language::En, &fields).unwrap();
        assert_eq!(
            draft.page(0, SCREEN, false).text,
            "Your number?\n0:Back 00:Home"
        );
        assert_eq!(
            draft.page(0, SCREEN, true).text,
            "Not a number.\nYour number?\n0:Back 00:Home"
        );
    }

    #[test]
    fn the_last_screen_has_neither() {
        let (menu, fields) = (menu(), mine("Mfano"));
        let draft = Draft::new(&menu, "mine", Language::Sw, &fields).unwrap();
        assert_eq!(
            draft.page(0, SCREEN, true).text,
            "Mfano 99208105\nRipoti 16 Oktoba 2026"
        );
    }

    #[test]
    fn a_name_is_cut_to_the_last_septet_that_fits_and_a_code_never() {
        let (menu, fields) = (menu(), mine("Mfano Secondary School"));
        let draft = Draft::new(&menu, "mine", Language::En, &fields).unwrap();
        for limit in [47, 50, 53] {
            let text = draft.page(0, limit, false).text;
            assert_eq!(septets(&text), Some(limit), "{text}");
            assert!(text.contains(". 99208105\n"), "{text}");
        }
    }

    #[test]
    fn a_name_keeps_its_shortest_form_however_little_fits() {
        let (menu, fields) = (menu(), mine("Mfano Secondary School"));
        let draft = Draft::new(&menu, "mine", Language::En, &fields).unwrap();
        assert!(
            draft
                .page(0, 20, false)
                .text
                .starts_with("Mfano Secondar. 99208105\n")
        );
    }

    #[test]
    fn a_page_that_is_not_there_is_the_last_one() {
        let (menu, fields) = (menu(), Fields::new());
        let draft = Draft::new(&menu, "ask", Language::En, &fields).unwrap();
        assert!(draft.page(7, SCREEN, false) == draft.page(0, SCREEN, false));
    }

    #[test]
    fn empty_lines_are_kept_except_the_last() {
        let text = SOUND.replace(
            "text.en = \"Bye.\"",
            "text.en = \"\"\"\n\nBye\n\nnow.\n\"\"\"",
        );
        let menu = load(&[file("m", &text)], &CATALOGUE).unwrap();
        let draft = Draft::new(&menu, "bye", Language::En, &Fields::new())
            .unwrap()
            .page(0, SCREEN, false);
        assert_eq!(draft.text, "\nBye\n\nnow.");
    }

    #[test]
    fn there_is_no_draft_of_a_screen_that_is_not_there() {
        assert!(Draft::new(&menu(), "nowhere", Language::En, &Fields::new()).is_none());
    }
}
