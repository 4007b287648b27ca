//! What menu files may rely on, as a page for their authors.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use crate::domain::Language;

use super::catalogue::{ActionSpec, Catalogue, FieldSpec};
use super::kind::Kind;
use super::value::Format;

const HEAD: &str = "# Actions, SMS and fields

What menu files may ask for ([how](menus.md)). This page is written by `cp2 menus actions`.
Empty cells: needs nothing, fills in nothing.

## Actions

";

const SMS: &str = "
## SMS

Each fits one segment with its longest data, in the language of whoever caused it.

| SMS | may use |
|---|---|
";

const FIELDS: &str = "
## Fields

The longest that each can be, in septets. A name counts with the 15 septets it can be cut to on a
screen, and in full in an SMS.

| field | is | English | Kiswahili |
|---|---|---|---|
";

/// The page, in Markdown.
#[must_use]
pub fn guide(catalogue: &Catalogue) -> String {
    let mut page = HEAD.to_owned();
    // Writing to a string can't fail.
    let _ = tables(&mut page, catalogue);
    page
}

fn tables(page: &mut String, catalogue: &Catalogue) -> fmt::Result {
    page.push_str("| action | needs | outcome | fills in |\n|---|---|---|---|\n");
    for spec in catalogue.actions {
        action(page, spec)?;
    }
    page.push_str(SMS);
    for sms in catalogue.sms {
        writeln!(page, "| `{}` | {} |", sms.name, names(sms.fields))?;
    }
    page.push_str(FIELDS);
    for (name, kind) in kinds(catalogue) {
        let [english, kiswahili] =
            Language::ALL.map(|language| kind.longest(Format::Plain, language).len());
        writeln!(page, "| `{name}` | {kind} | {english} | {kiswahili} |")?;
    }
    Ok(())
}

fn action(page: &mut String, spec: &ActionSpec) -> fmt::Result {
    let mut left = format!("`{}` {} | {}", spec.name, spec.about, names(spec.inputs));
    for outcome in spec.outcomes {
        let about = if outcome.again {
            format!("{}; tried again after `return`", outcome.about)
        } else {
            outcome.about.to_owned()
        };
        let mut fields = names(outcome.fields);
        if outcome.name == ActionSpec::LISTED {
            let of_all = if fields.is_empty() { "" } else { "; " };
            fields = format!("{fields}{of_all}of each item: {}", names(spec.item));
        }
        writeln!(page, "| {left} | `{}` {about} | {fields} |", outcome.name)?;
        " | ".clone_into(&mut left);
    }
    Ok(())
}

/// Every field, with the longest of its kinds.
fn kinds(catalogue: &Catalogue) -> BTreeMap<&'static str, Kind> {
    let mut kinds = BTreeMap::new();
    let of_actions = catalogue.actions.iter().flat_map(|action| {
        let filled = action.outcomes.iter().flat_map(|outcome| outcome.fields);
        filled.chain(action.item).chain(action.inputs)
    });
    let of_sms = catalogue.sms.iter().flat_map(|sms| sms.fields);
    for field in of_actions.chain(of_sms) {
        let known = kinds.entry(field.name).or_insert(field.kind);
        *known = field.kind.max(*known);
    }
    kinds
}

fn names(fields: &[FieldSpec]) -> String {
    let names: Vec<_> = fields
        .iter()
        .map(|field| format!("`{}`", field.name))
        .collect();
    names.join(", ")
}
