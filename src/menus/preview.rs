//! Every screen and message in every language, filled with the longest values.

use std::fmt;

use crate::domain::Language;

use super::catalogue::Catalogue;
use super::flow::{Flow, kinds_of};
use super::kind::Kinds;
use super::layout::{Draft, SCREEN};
use super::model::{Body, Menu, Placed, Screen};
use super::packing::size;
use super::template::Texts;

/// How many characters stand side by side on a small phone.
const WIDTH: usize = 28;

/// The septets of a part of a longer SMS: the rest says which part it is.
const PART: usize = 153;

/// One screen or message in one language.
pub struct Preview {
    /// Its name, as in `screen.NAME`, `words.NAME` or `sms.NAME`.
    pub name: String,
    /// The language.
    pub language: Language,
    /// Its pages; one where it is not paged.
    pub pages: Vec<Previewed>,
    /// How many septets it takes even with names cut as short as they may be: what the
    /// check holds against the limit.
    pub needs: usize,
}

/// One page.
pub struct Previewed {
    /// What the phone shows.
    pub text: String,
    /// How many septets that is.
    pub septets: usize,
    /// How many it is after a wrong answer, where one can be given.
    pub after_wrong: Option<usize>,
}

/// All that a menu can show, in the order of names.
#[must_use]
pub fn preview(menu: &Menu, catalogue: &Catalogue) -> Vec<Preview> {
    let kinds = Flow::of(menu, catalogue).kinds;
    let screens = menu
        .screens
        .iter()
        .flat_map(|entry| screen(menu, catalogue, entry, &kinds));
    let words = menu.words.closing();
    let words = words
        .iter()
        .flat_map(|(name, texts)| alone(&format!("words.{name}"), texts, &kinds))
        .chain(offer(menu));
    let sms = catalogue.sms.iter().filter_map(|spec| {
        let texts = menu.sms.get(spec.name)?;
        let name = format!("sms.{}", spec.name);
        let mut both = alone(&name, texts, &kinds_of(spec.fields));
        if menu
            .sms_parts
            .get(spec.name)
            .is_some_and(|parts| *parts > 1)
        {
            both.iter_mut().for_each(in_parts);
        }
        Some(both)
    });
    screens.chain(words).chain(sms.flatten()).collect()
}

fn screen(
    menu: &Menu,
    catalogue: &Catalogue,
    (name, screen): (&String, &Screen),
    kinds: &Kinds,
) -> Vec<Preview> {
    let item = match &screen.body {
        Body::Action { .. } | Body::Call { .. } => return Vec::new(),
        Body::List { action, .. } => catalogue.action(&action.it).map(|spec| kinds_of(spec.item)),
        Body::Menu { .. } | Body::Question { .. } | Body::End => None,
    };
    let in_language = |language| {
        let draft = Draft::new(menu, name, language, kinds)?;
        let draft = match &item {
            Some(item) => draft.full_of(item),
            None => draft,
        };
        let shortest = draft.shortest(true);
        // What is too long is shown whole, so that its author sees what to shorten.
        let limit = if screen.paged {
            SCREEN
        } else {
            shortest.max(SCREEN)
        };
        let pages: Vec<_> = (0..draft.page_count(limit))
            .map(|page| previewed(&draft, page, limit))
            .collect();
        let needs = match pages.as_slice() {
            [_] if !screen.paged => shortest,
            pages => pages.iter().map(Previewed::longest).max().unwrap_or(0),
        };
        Some(Preview {
            name: format!("screen.{name}"),
            language,
            pages,
            needs,
        })
    };
    Language::ALL.into_iter().filter_map(in_language).collect()
}

fn previewed(draft: &Draft<'_>, page: usize, limit: usize) -> Previewed {
    let text = draft.page(page, limit, false).text;
    let wrong = size(&draft.page(page, limit, true).text);
    let septets = size(&text);
    Previewed {
        text,
        septets,
        after_wrong: draft.can_be_wrong().then_some(wrong),
    }
}

fn offer(menu: &Menu) -> [Preview; 2] {
    Language::ALL.map(|language| {
        let text = menu.words.offer(language, false);
        let needs = size(&menu.words.offer(language, true));
        let page = Previewed {
            septets: size(&text),
            text,
            after_wrong: Some(needs),
        };
        Preview {
            name: "words.resume".to_owned(),
            language,
            pages: vec![page],
            needs,
        }
    })
}

fn alone(name: &str, texts: &Placed<Texts>, kinds: &Kinds) -> [Preview; 2] {
    Language::ALL.map(|language| {
        let text = texts.it.of(language).fill(kinds, language, usize::MAX);
        let page = alone_as(text);
        Preview {
            name: name.to_owned(),
            language,
            needs: page.septets,
            pages: vec![page],
        }
    })
}

/// Shows a message as the parts that phones join.
fn in_parts(message: &mut Preview) {
    let whole: String = message.pages.drain(..).map(|page| page.text).collect();
    let mut part = String::new();
    for character in whole.chars() {
        part.push(character);
        if size(&part) >= PART {
            message.pages.push(alone_as(std::mem::take(&mut part)));
        }
    }
    if !part.is_empty() {
        message.pages.push(alone_as(part));
    }
    message.needs = message
        .pages
        .iter()
        .map(Previewed::longest)
        .max()
        .unwrap_or(0);
}

fn alone_as(text: String) -> Previewed {
    Previewed {
        septets: size(&text),
        text,
        after_wrong: None,
    }
}

impl Previewed {
    fn longest(&self) -> usize {
        self.after_wrong.unwrap_or(self.septets)
    }
}

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edge = format!("+{}+", "-".repeat(WIDTH + 2));
        for (page, number) in self.pages.iter().zip(1..) {
            write!(f, "{} ({})", self.name, self.language.code())?;
            if self.pages.len() > 1 {
                write!(f, ", page {number} of {}", self.pages.len())?;
            }
            writeln!(f, "\n{edge}")?;
            for line in page
                .text
                .lines()
                .flat_map(|line| textwrap::wrap(line, WIDTH))
            {
                writeln!(f, "| {line:WIDTH$} |")?;
            }
            writeln!(f, "{edge}\n  {} septets{}", page.septets, remark(page))?;
        }
        Ok(())
    }
}

fn remark(page: &Previewed) -> String {
    let longest = page.longest();
    let wrong = page.after_wrong.map_or_else(String::new, |septets| {
        format!(", {septets} after a wrong answer")
    });
    if longest > SCREEN {
        return format!("{wrong}: {} TOO MANY", longest - SCREEN);
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{CATALOGUE, SOUND, file};
    use super::super::load;
    use super::*;

    fn previews() -> Vec<Preview> {
        preview(&load(&[file("m", SOUND)], &CATALOGUE).unwrap(), &CATALOGUE)
    }

    fn of(name: &str, language: Language) -> String {
        let found = previews()
            .into_iter()
            .find(|one| one.name == name && one.language == language);
        found.unwrap().to_string()
    }

    #[test]
    fn everything_that_can_be_shown_is_there_in_both_languages() {
        let all = previews();
        let names: Vec<_> = all.iter().map(|one| one.name.as_str()).collect();
        for name in [
            "screen.home",
            "screen.pick",
            "words.unavailable",
            "words.resume",
            "sms.saved",
        ] {
            assert_eq!(
                names.iter().filter(|one| **one == name).count(),
                2,
                "{name}"
            );
        }
        assert!(!names.contains(&"screen.seek"), "an action shows nothing");
    }

    #[test]
    fn a_screen_stands_in_a_frame_with_its_septets() {
        assert_eq!(
            of("screen.ask", Language::Sw),
            "screen.ask (sw)\n\
             +------------------------------+\n\
             | Nambari yako?                |\n\
             | 0:Rudi 00:Menyu              |\n\
             +------------------------------+\n  \
             29 septets, 41 after a wrong answer\n"
        );
    }

    #[test]
    fn a_list_is_full_of_its_longest_items() {
        assert_eq!(
            of("screen.pick", Language::En),
            "screen.pick (en)\n\
             +------------------------------+\n\
             | From 28 Dec:                 |\n\
             | 1. MFANO-MREFU-MFANO-MREFU-  |\n\
             | MFA. 01234567                |\n\
             | 2. MFANO-MREFU-MFANO-MREFU-  |\n\
             | MFA. 01234567                |\n\
             | 3. MFANO-MREFU-MFANO-MREFU-  |\n\
             | MFA. 01234567                |\n\
             | 99:More 0:Back 00:Home       |\n\
             +------------------------------+\n  \
             158 septets, 160 after a wrong answer\n"
        );
    }

    #[test]
    fn what_is_too_long_says_by_how_much() {
        let page = Previewed {
            text: String::new(),
            septets: 158,
            after_wrong: Some(171),
        };
        assert_eq!(remark(&page), ", 171 after a wrong answer: 11 TOO MANY");
    }
}
