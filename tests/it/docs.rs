//! What the guide to menus promises is what the program does.

use std::collections::BTreeMap;
use std::fmt::Write;

use cp2::actions::CATALOGUE;
use cp2::domain::Language;
use cp2::menus::{self, FieldSpec, Format, Kind, MenuFile};

const GUIDE: &str = include_str!("../../docs/menus.md");

#[test]
fn the_menu_in_the_guide_is_proven() {
    let blocks = GUIDE.split("```toml\n").skip(1);
    let text = blocks
        .filter_map(|block| block.split("```").next())
        .find(|block| block.contains("\nstart = "));
    let file = MenuFile {
        name: "docs/menus.md".to_owned(),
        text: text.unwrap().to_owned(),
    };
    let proven = menus::prove(&[file], &CATALOGUE).map(|menu| menu.screens.len());
    assert_eq!(proven.map_err(|findings| findings.to_string()), Ok(8));
}

#[test]
fn the_guide_lists_every_action_field_and_sms() {
    for table in [actions(), sms(), fields()] {
        assert!(GUIDE.contains(&table), "docs/menus.md lacks:\n{table}");
    }
}

fn actions() -> String {
    let mut table = String::new();
    for action in CATALOGUE.actions {
        let what = format!("`{}` {}", action.name, action.about);
        let needs = names(action.inputs);
        let mut left = format!("{what} | {needs}");
        for outcome in action.outcomes {
            let (name, about) = (outcome.name, outcome.about);
            let fields = if name == menus::ActionSpec::LISTED {
                format!("of each item: {}", names(action.item))
            } else {
                names(outcome.fields)
            };
            writeln!(table, "| {left} | `{name}` {about} | {fields} |").unwrap();
            " | ".clone_into(&mut left);
        }
    }
    table
}

fn sms() -> String {
    let mut table = String::new();
    for sms in CATALOGUE.sms {
        writeln!(table, "| `{}` | {} |", sms.name, names(sms.fields)).unwrap();
    }
    table
}

fn fields() -> String {
    let mut kinds: BTreeMap<&str, Kind> = BTreeMap::new();
    let of_actions = CATALOGUE.actions.iter().flat_map(|action| {
        let filled = action.outcomes.iter().flat_map(|outcome| outcome.fields);
        filled.chain(action.item).chain(action.inputs)
    });
    let of_sms = CATALOGUE.sms.iter().flat_map(|sms| sms.fields);
    for field in of_actions.chain(of_sms) {
        kinds.insert(field.name, field.kind);
    }
    let mut table = String::new();
    for (name, kind) in kinds {
        let [english, kiswahili] =
            Language::ALL.map(|language| kind.longest(Format::Plain, language).len());
        writeln!(table, "| `{name}` | {kind} | {english} | {kiswahili} |").unwrap();
    }
    table
}

fn names(fields: &[FieldSpec]) -> String {
    let names: Vec<_> = fields
        .iter()
        .map(|field| format!("`{}`", field.name))
        .collect();
    names.join(", ")
}
