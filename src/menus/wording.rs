//! A text that stands in no menu file, such as that of a campaign: read, checked and filled
//! in by the same rules.

use crate::domain::Language;
use crate::text;

use super::catalogue::FieldSpec;
use super::fitting::SHORTEST_NAME;
use super::kind::{Kind, Kinds};
use super::template::{Part, Template, TemplateError, Texts};
use super::value::Values;

/// Names are stored no longer than this.
const LONGEST_NAME: usize = 60;

/// A text in both languages that takes no more than so many SMS, whatever is filled in.
#[derive(Debug, Clone)]
pub struct Wording {
    texts: Texts,
    segments: usize,
}

impl Wording {
    /// Reads a text, given what may be filled in. The error has a line for each fault.
    pub fn read(
        en: &str,
        sw: &str,
        fields: &[FieldSpec],
        segments: usize,
    ) -> Result<Self, Vec<String>> {
        let known: Kinds = fields
            .iter()
            .map(|field| (field.name.to_owned(), field.kind))
            .collect();
        let mut faults = Vec::new();
        let mut read = |source: &str, language: Language| {
            let template =
                Template::parse(source).unwrap_or_else(|TemplateError { at, message }| {
                    faults.push(format!("{} text, byte {at}: {message}", language.code()));
                    Template::default()
                });
            let found = faults_of(&template, &known, language, segments);
            faults.extend(
                found
                    .into_iter()
                    .map(|fault| format!("{} text: {fault}", language.code())),
            );
            template
        };
        let texts = Texts {
            en: read(en, Language::En),
            sw: read(sw, Language::Sw),
        };
        if faults.is_empty() {
            Ok(Self { texts, segments })
        } else {
            Err(faults)
        }
    }

    /// The text with its values filled in, names cut as far as it takes to fit.
    #[must_use]
    pub fn fill(&self, values: &dyn Values, language: Language) -> String {
        let template = self.texts.of(language);
        fitting(template, values, language, self.segments)
            .unwrap_or_else(|| template.fill(values, language, SHORTEST_NAME))
    }

    /// The placeholders that stand in it, in either language.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        let parts = self.texts.en.parts().iter().chain(self.texts.sw.parts());
        parts.filter_map(|part| match part {
            Part::Field { name, .. } => Some(name.as_str()),
            Part::Words(_) | Part::Fragment(_) => None,
        })
    }
}

fn faults_of(template: &Template, known: &Kinds, language: Language, most: usize) -> Vec<String> {
    let mut faults: Vec<String> = template
        .parts()
        .iter()
        .filter_map(|part| fault_of(part, known))
        .collect();
    if template.parts().is_empty() {
        faults.push("says nothing".to_owned());
    }
    if faults.is_empty() && fitting(template, known, language, most).is_none() {
        let needed = text::segments(&template.fill(known, language, SHORTEST_NAME));
        faults.push(format!(
            "takes {needed} SMS with the longest data, and {most} may be: shorten it"
        ));
    }
    faults
}

fn fault_of(part: &Part, known: &Kinds) -> Option<String> {
    match part {
        Part::Words(words) => text::not_gsm7(words).map(|odd| {
            let instead = text::fold(&odd.to_string());
            format!("`{odd}` is not in the GSM-7 alphabet: write `{instead}`")
        }),
        Part::Field { name, format } => match known.get(name) {
            Some(kind) if kind.takes(*format) => None,
            Some(kind) => Some(format!(
                "`{{{name}}}` is {kind} and can't be shown that way"
            )),
            None => {
                let names: Vec<_> = known.keys().map(String::as_str).collect();
                let names = names.join(", ");
                Some(format!("nothing fills in `{{{name}}}`; there are: {names}"))
            }
        },
        Part::Fragment(name) => Some(format!("`{{>{name}}}` works in menu files only")),
    }
}

/// The text with names as long as fits into so many SMS; none where even the shortest don't.
fn fitting(
    template: &Template,
    values: &dyn Values,
    language: Language,
    most: usize,
) -> Option<String> {
    let uncut = std::iter::once(usize::MAX);
    uncut
        .chain((SHORTEST_NAME..LONGEST_NAME).rev())
        .map(|cap| template.fill(values, language, cap))
        .find(|text| text::segments(text) <= most)
}

/// Fields of kinds that texts may name, with samples, for a test message.
#[must_use]
pub fn sample_fields(fields: &[FieldSpec]) -> super::value::Fields {
    let sample = |kind: Kind| kind.samples().into_iter().next();
    fields
        .iter()
        .filter_map(|field| Some((field.name.to_owned(), sample(field.kind)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::value::{Fields, Value};
    use super::*;

    const FIELDS: &[FieldSpec] = &[
        FieldSpec::new("name", Kind::Name(60)),
        FieldSpec::new("report_day", Kind::Date),
    ];

    fn faults(en: &str, most: usize) -> Vec<String> {
        Wording::read(en, "Habari", FIELDS, most).unwrap_err()
    }

    #[test]
    fn what_is_wrong_is_said_with_its_language() {
        let said = |en: &str| faults(en, 1).join("\n");
        assert!(
            said("Hi {nme}").starts_with("en text: nothing fills in `{nme}`; there are: name,")
        );
        assert!(said("Hi {").starts_with("en text, byte 3: a brace"));
        assert!(said("Hi ł").contains("GSM-7"));
        assert!(said("").contains("says nothing"));
        assert!(said("{name:masked}").contains("can't be shown that way"));
        assert!(said("{>director}").contains("menu files only"));
    }

    #[test]
    fn the_longest_data_must_fit_and_names_give_way() {
        let text = format!("{}{{name}}", "x".repeat(145));
        let wording = Wording::read(&text, "Habari", FIELDS, 1).unwrap();
        let fields = Fields::from([("name".to_owned(), Value::name("Mwanaidi wa Mwangi"))]);
        let filled = wording.fill(&fields, Language::En);
        assert_eq!(text::segments(&filled), 1);
        assert!(filled.ends_with("Mwanaidi wa Mw."), "{filled}");
        let text = format!("{}{{name}}", "x".repeat(146));
        assert_eq!(
            faults(&text, 1),
            ["en text: takes 2 SMS with the longest data, and 1 may be: shorten it"]
        );
        assert!(Wording::read(&text, "Habari", FIELDS, 2).is_ok());
    }
}
