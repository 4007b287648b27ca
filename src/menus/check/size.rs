//! Whether everything fits, measured on the very layout that phones get.

use crate::domain::Language;
use crate::menus::layout::{Draft, SCREEN};
use crate::menus::model::{Body, Placed, Screen};
use crate::menus::packing::size;
use crate::menus::template::Texts;

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
            let Some(draft) = Draft::new(self.menu, name, language, &known.kinds) else {
                continue;
            };
            let draft = match item {
                Some(item) => draft.full_of(&item.kinds),
                None => draft,
            };
            let fault = if screen.paged {
                unpageable(&draft)
            } else {
                too_long(&draft, &screen.body, language)
            };
            if let Some(fault) = fault {
                self.found
                    .add(screen.text.at_text(language), format!("`{name}` {fault}"));
            }
        }
    }
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
        Body::Action { .. } | Body::End => "",
    };
    let code = language.code();
    Some(format!(
        "can need {longest} septets in `{code}`{because}, {too_many} too many: shorten it{instead}"
    ))
}

/// Pages break between lines and words, so only an option or a word can be too long for one.
fn unpageable(draft: &Draft<'_>) -> Option<String> {
    let mut pages = (0..draft.page_count(SCREEN)).map(|page| draft.page(page, SCREEN, true));
    let fits = pages.all(|page| size(&page.text) <= SCREEN);
    (!fits).then(|| "has an option or a word that is longer than a page".to_owned())
}
