//! Whether everything fits, measured on the very layout that phones get.

use std::collections::BTreeSet;

use crate::domain::Language;
use crate::menus::kind::Kinds;
use crate::menus::layout::{Draft, SCREEN};
use crate::menus::model::{Body, Placed, Screen};
use crate::menus::pace;
use crate::menus::packing::size;
use crate::menus::template::Texts;
use crate::menus::value::{Format, Shown, Values};
use crate::text::segments;

use super::{Check, Known};

impl Check<'_, '_> {
    /// Checks a text that stands alone, with nothing cut.
    pub(super) fn fits_alone(&mut self, texts: &Placed<Texts>, known: &Known, what: &str) {
        for language in Language::ALL {
            let template = texts.it.of(language);
            let septets = size(&template.fill(&known.kinds, language, usize::MAX));
            if septets > SCREEN {
                let code = language.code();
                let message = format!(
                    "{what} can need {septets} septets in `{code}`, {} too many",
                    septets - SCREEN
                );
                self.found.add(texts.at_text(language), message);
            }
        }
    }

    /// Checks a message that may take more than one SMS, with nothing cut.
    pub(super) fn fits_parts(
        &mut self,
        texts: &Placed<Texts>,
        known: &Known,
        what: &str,
        parts: usize,
    ) {
        for language in Language::ALL {
            let template = texts.it.of(language);
            let needed = segments(&template.fill(&known.kinds, language, usize::MAX));
            if needed > parts {
                let code = language.code();
                let message =
                    format!("{what} can need {needed} SMS in `{code}`; `parts` is {parts}");
                self.found.add(texts.at_text(language), message);
            }
        }
    }

    /// Checks the offer to go on where a dropped session stood.
    pub(super) fn offer_fits(&mut self) {
        let words = &self.menu.words;
        for language in Language::ALL {
            let septets = size(&words.offer(language, true));
            if septets > SCREEN {
                let code = language.code();
                let message = format!(
                    "`resume` with its options can need {septets} septets in `{code}` with the line \
                     that a wrong answer adds, {} too many: shorten it",
                    septets - SCREEN
                );
                self.found.add(words.resume.at_text(language), message);
            }
        }
    }

    /// Checks a screen in both languages; a list with full pages of its longest items.
    pub(super) fn fits(
        &mut self,
        name: &str,
        screen: &Screen,
        known: &Known,
        item: Option<&Known>,
    ) {
        for language in Language::ALL {
            let mut faults = assumptions(screen).into_iter().filter_map(|holding| {
                let values = Assumed {
                    kinds: &known.kinds,
                    holding,
                };
                let draft = Draft::new(self.menu, name, language, &values)?;
                let draft = match item {
                    Some(item) => draft.full_of(&item.kinds),
                    None => draft,
                };
                if let Some(fault) = too_slow(&draft, &screen.body) {
                    return Some(fault);
                }
                if screen.paged {
                    unpageable(&draft)
                } else {
                    too_long(&draft, &screen.body, language)
                }
            });
            if let Some(fault) = faults.next() {
                drop(faults);
                self.found
                    .add(screen.text.at_text(language), format!("`{name}` {fault}"));
            }
        }
    }
}

/// The longest values, with some flags true and all others false.
struct Assumed<'a> {
    kinds: &'a Kinds,
    holding: BTreeSet<&'a str>,
}

impl Values for Assumed<'_> {
    fn shown(&self, name: &str, format: Format, language: Language) -> Option<Shown> {
        self.kinds.shown(name, format, language)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        Some(self.holding.contains(name))
    }
}

/// Every way in which the flags of a screen's options can stand.
fn assumptions(screen: &Screen) -> Vec<BTreeSet<&str>> {
    let options = match &screen.body {
        Body::Menu { options } => options.as_slice(),
        _ => &[],
    };
    let conditions = options.iter().filter_map(|option| option.when.as_ref());
    let flags: BTreeSet<_> = conditions.map(|when| when.it.flag.as_str()).collect();
    let mut all = vec![BTreeSet::new()];
    for flag in flags {
        let with = all.iter().map(|holding| with(holding, flag));
        let with: Vec<_> = with.collect();
        all.extend(with);
    }
    all
}

fn with<'a>(holding: &BTreeSet<&'a str>, flag: &'a str) -> BTreeSet<&'a str> {
    holding.iter().copied().chain([flag]).collect()
}

fn too_long(draft: &Draft<'_>, body: &Body, language: Language) -> Option<String> {
    let longest = draft.shortest(true);
    let too_many = longest.checked_sub(SCREEN).filter(|&more| more > 0)?;
    let because = if draft.shortest(false) > SCREEN {
        ""
    } else {
        " with the line that a wrong answer adds"
    };
    let instead = match body {
        Body::Menu { .. } | Body::Question { .. } => ", or say `paged = true`",
        Body::List { .. } => ", or lower `per_page`",
        Body::Action { .. } | Body::Call { .. } | Body::End => "",
    };
    let code = language.code();
    Some(format!(
        "can need {longest} septets in `{code}`{because}, {too_many} too many: shorten it{instead}"
    ))
}

/// A question that most people can't read and answer before the network gives up.
fn too_slow(draft: &Draft<'_>, body: &Body) -> Option<String> {
    let Body::Question { ask, .. } = body else {
        return None;
    };
    let needed = pace::seconds(draft.shortest(true).min(SCREEN), *ask);
    (needed > pace::SILENCE).then(|| {
        format!(
            "takes about {needed:.0} seconds to read and answer, and networks end the session \
             after {:.0}: shorten it, or ask for less at a time",
            pace::SILENCE
        )
    })
}

/// Pages break between lines and words, so only an option or a word can be too long for one.
fn unpageable(draft: &Draft<'_>) -> Option<String> {
    let mut pages = (0..draft.page_count(SCREEN)).map(|page| draft.page(page, SCREEN, true));
    let fits = pages.all(|page| size(&page.text) <= SCREEN);
    (!fits).then(|| "has an option or a word that is longer than a page".to_owned())
}
