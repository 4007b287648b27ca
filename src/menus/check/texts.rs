//! The wording: the alphabet of phones, and placeholders that are surely filled.

use crate::domain::Language;
use crate::menus::finding::Place;
use crate::menus::model::Placed;
use crate::menus::template::{Part, Texts};
use crate::menus::value::Format;
use crate::text;

use super::{Check, Known};

impl Check<'_, '_> {
    /// Checks a text in both languages, given what is there to fill it in.
    pub(super) fn texts(&mut self, texts: &Placed<Texts>, known: &Known, place: &str) {
        for language in Language::ALL {
            let at = texts.at_text(language);
            for part in texts.it.of(language).parts() {
                match part {
                    Part::Words(words) => self.alphabet(words, at),
                    Part::Field { name, format } => {
                        self.placeholder(name, *format, at, known, place);
                    }
                    Part::Fragment(_) => {}
                }
            }
        }
    }

    fn alphabet(&mut self, words: &str, at: Place) {
        if let Some(odd) = text::not_gsm7(words) {
            let instead = text::fold(&odd.to_string());
            let message = format!(
                "`{odd}` is not in the GSM-7 alphabet and would halve the screen: write `{instead}`"
            );
            self.found
                .add(self.found.inside(at, &odd.to_string()), message);
        }
    }

    fn placeholder(&mut self, name: &str, format: Format, at: Place, known: &Known, place: &str) {
        let message = match known.kinds.get(name) {
            None if known.may_be_more => return,
            None if known.kinds.is_empty() => {
                format!("nothing is known at {place} to fill in `{{{name}}}`")
            }
            None => {
                let names: Vec<_> = known.kinds.keys().map(String::as_str).collect();
                format!(
                    "`{{{name}}}` is not filled on every way to {place}; there are: {}",
                    names.join(", ")
                )
            }
            Some(kind) if !kind.takes(format) => {
                format!("`{{{name}}}` is {kind} and can't be shown that way")
            }
            Some(_) => return,
        };
        self.found
            .add(self.found.inside(at, &format!("{{{name}")), message);
    }
}
