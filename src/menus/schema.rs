//! The JSON Schema of menu files, for editors.

use schemars::schema_for;
use serde_json::{Value, json};

use super::catalogue::Catalogue;
use super::model::Ask;
use super::source::RawFile;

/// The schema of a menu file, with the names of the actions that there are.
#[must_use]
pub fn schema(catalogue: &Catalogue) -> Value {
    let mut schema = Value::from(schema_for!(RawFile));
    schema["title"] = "USSD menus".into();
    without_null(&mut schema);
    let actions = |lists| {
        let found = catalogue
            .actions
            .iter()
            .filter(move |action| action.lists() == lists);
        found
            .map(|action| json!({"const": action.name, "description": action.about}))
            .collect()
    };
    let screen = &mut schema["$defs"]["Screen"]["properties"];
    choice(&mut screen["action"], actions(false));
    choice(&mut screen["list"], actions(true));
    choice(
        &mut screen["ask"],
        Ask::names().map(|name| json!({"const": name})).to_vec(),
    );
    schema
}

/// What may be left out is never null in TOML.
fn without_null(schema: &mut Value) {
    let is_something = |one: &Value| *one != "null" && *one != json!({"type": "null"});
    match schema {
        Value::Object(object) => {
            for alternatives in ["type", "anyOf"] {
                let Some(Value::Array(all)) = object.get_mut(alternatives) else {
                    continue;
                };
                all.retain(is_something);
                let [only] = all.as_mut_slice() else { continue };
                match only.take() {
                    Value::Object(reference) => {
                        object.remove(alternatives);
                        object.extend(reference);
                    }
                    name => object[alternatives] = name,
                }
            }
            object.values_mut().for_each(without_null);
        }
        Value::Array(array) => array.iter_mut().for_each(without_null),
        _ => {}
    }
}

/// A text that is one of these.
fn choice(property: &mut Value, names: Vec<Value>) {
    property["type"] = "string".into();
    property["oneOf"] = names.into();
}
