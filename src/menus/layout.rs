//! A screen laid out for a phone: names are cut first, then the screen is shown in
//! pages, between lines where possible and between words where not.
//!
//! The engine shows what comes out of here and the check measures the same, so the
//! proof is about the very screens that people see.

use crate::domain::Language;

use super::model::{Body, Menu, Screen};
use super::packing::{Line, pack, size};
use super::template::Texts;
use super::value::Values;

/// The septets that every network can show at once; Safaricom's limit is the lowest.
pub const SCREEN: usize = 160;

/// A screen that is too long cuts names down to this many septets, and no further.
pub const SHORTEST_NAME: usize = 15;

/// A screen and what it is filled with, before it is fitted to a phone.
pub struct Draft<'a> {
    menu: &'a Menu,
    screen: &'a Screen,
    language: Language,
    values: &'a dyn Values,
    options: Vec<Keyed<'a>>,
    /// Whether `0` and `00` lead anywhere.
    can_go_back: bool,
    /// Whether a list goes on after these items.
    more: bool,
}

/// A line with its key.
struct Keyed<'a> {
    key: String,
    label: &'a Texts,
    values: &'a dyn Values,
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
        let options = match &screen.body {
            Body::Menu { options } => options
                .iter()
                .map(|option| Keyed {
                    key: option.key.it.clone(),
                    label: &option.label.it,
                    values,
                })
                .collect(),
            _ => Vec::new(),
        };
        let can_go_back = !matches!(screen.body, Body::End) && !menu.is_top(name);
        Some(Self {
            menu,
            screen,
            language,
            values,
            options,
            can_go_back,
            more: false,
        })
    }

    /// The same with the items of a list, and whether the list goes on after them.
    #[must_use]
    pub fn with_items(mut self, items: impl Iterator<Item = &'a dyn Values>, more: bool) -> Self {
        if let Body::List { item, .. } = &self.screen.body {
            let options = (1..).zip(items).map(|(number, values): (usize, _)| Keyed {
                key: number.to_string(),
                label: &item.it,
                values,
            });
            self.options = options.collect();
            self.more = more;
        }
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
    /// with the line that says so. A paged screen that just fits one page stays on it and
    /// goes without that line.
    #[must_use]
    pub fn page(&self, page: usize, limit: usize, wrong: bool) -> Sheet {
        let wrong = wrong && (self.shortest(true) <= limit || self.page_count(limit) > 1);
        let pages = self.pages(limit, wrong);
        let page = page.min(pages.len() - 1);
        let more = self.more || page + 1 < pages.len();
        Sheet {
            text: self.whole(&pages[page], wrong, more),
            more,
        }
    }

    /// How many pages it takes.
    #[must_use]
    pub fn page_count(&self, limit: usize) -> usize {
        self.packed(SHORTEST_NAME, limit).len()
    }

    /// The septets of the screen on one page with names cut as short as they may be.
    #[must_use]
    pub fn shortest(&self, wrong: bool) -> usize {
        size(&self.whole(&texts(self.lines(SHORTEST_NAME)), wrong, self.more))
    }

    /// As few pages as the shortest names allow, with names cut no more than that takes.
    fn pages(&self, limit: usize, wrong: bool) -> Vec<Vec<String>> {
        let count = self.page_count(limit);
        if count > 1 {
            let cap = least_cut(limit, |cap| self.packed(cap, limit).len() <= count);
            return self.packed(cap, limit);
        }
        let one = |cap| texts(self.lines(cap));
        let cap = least_cut(limit, |cap| {
            size(&self.whole(&one(cap), wrong, self.more)) <= limit
        });
        vec![one(cap)]
    }

    /// The pages with names cut to the cap. Each of several has room for a complaint, so
    /// that a wrong answer does not move anything to another page.
    fn packed(&self, name_cap: usize, limit: usize) -> Vec<Vec<String>> {
        let lines = self.lines(name_cap);
        let whole = texts(lines.clone());
        if !self.can_turn() || size(&self.whole(&whole, false, self.more)) <= limit {
            return vec![whole];
        }
        let around = size(&self.whole(&[], true, true)) + 1;
        pack(&lines, limit.saturating_sub(around))
    }

    /// Whether something can be answered that does not fit.
    pub(super) fn can_be_wrong(&self) -> bool {
        self.complaint().is_some()
    }

    /// Whether keys may turn its pages. A list's pages are pages of its data instead, and
    /// after the last screen nothing can be typed.
    fn can_turn(&self) -> bool {
        matches!(self.screen.body, Body::Menu { .. } | Body::Question { .. })
    }

    fn lines(&self, name_cap: usize) -> Vec<Line> {
        let fill = |texts: &Texts, values| {
            texts
                .of(self.language)
                .fill(values, self.language, name_cap)
        };
        let text = fill(&self.screen.text.it, self.values);
        let text = text.lines().map(|line| Line {
            text: line.to_owned(),
            is_option: false,
        });
        let options = self.options.iter().map(|option| Line {
            text: format!("{}. {}", option.key, fill(option.label, option.values)),
            is_option: true,
        });
        text.chain(options).collect()
    }

    /// A page from the complaint above it to the navigation below.
    fn whole(&self, lines: &[String], wrong: bool, more: bool) -> String {
        let complaint = self
            .complaint()
            .filter(|_| wrong)
            .map(|texts| self.plain(texts));
        let navigation = Some(self.navigation(more)).filter(|line| !line.is_empty());
        let all: Vec<_> = complaint
            .iter()
            .chain(lines)
            .chain(&navigation)
            .map(String::as_str)
            .collect();
        all.join("\n")
    }

    fn complaint(&self) -> Option<&Texts> {
        match &self.screen.body {
            Body::Menu { .. } | Body::List { .. } => Some(&self.menu.words.wrong_choice.it),
            Body::Question { invalid, .. } => Some(&invalid.it),
            Body::Action { .. } | Body::End => None,
        }
    }

    fn navigation(&self, more: bool) -> String {
        let words = &self.menu.words;
        let more = more.then_some(&words.more);
        let back = self.can_go_back.then_some([&words.back, &words.home]);
        let shown = more.into_iter().chain(back.into_iter().flatten());
        shown
            .map(|texts| self.plain(&texts.it))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn plain(&self, texts: &Texts) -> String {
        texts
            .of(self.language)
            .fill(self.values, self.language, SHORTEST_NAME)
    }
}

/// The greatest cap on names that fits; uncut where that does.
fn least_cut(limit: usize, fits: impl Fn(usize) -> bool) -> usize {
    if fits(usize::MAX) {
        return usize::MAX;
    }
    let (mut fitting, mut too_long) = (SHORTEST_NAME, limit);
    while fitting + 1 < too_long {
        let middle = usize::midpoint(fitting, too_long);
        if fits(middle) {
            fitting = middle;
        } else {
            too_long = middle;
        }
    }
    fitting
}

fn texts(lines: Vec<Line>) -> Vec<String> {
    lines.into_iter().map(|line| line.text).collect()
}
