//! What every setting is, and where that comes from: the sample says what there is, what it
//! means and its default; the file and the environment say the rest.
//!
//! Values that the sample marks as secret, and all that it does not know, are never shown.

use std::collections::BTreeMap;

use serde::Serialize;
use toml::{Table, Value};

use super::place;
use super::source::{ConfigError, SAMPLE, Said, said};

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Its name, such as `server.listen` or `channel.at.username`.
    pub name: String,
    /// What is in force, as TOML writes it; `set` or `not set` where it is secret.
    pub value: String,
    /// Its default, where it has one.
    pub default: Option<String>,
    /// Where it comes from: a line of the file, a variable, or `default`.
    pub from: String,
    /// What it means.
    pub about: String,
}

/// What the sample says of a setting.
#[derive(Debug, Clone, Default)]
struct Known {
    default: Option<String>,
    about: String,
    is_secret: bool,
}

/// Settings that there can be several blocks of, each with a name.
const NAMED: [&str; 2] = ["channel", "route"];

const SET: &str = "set";
const NOT_SET: &str = "not set";

/// Explains a configuration that `parse` has found good.
pub fn explain(
    file: &str,
    text: &str,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Vec<Setting>, ConfigError> {
    let Said { table, variables } = said(file, text, environment)?;
    let in_file: Table = toml::from_str(text).unwrap_or_default();
    let (order, known) = of_sample();
    let source = Source {
        file,
        text,
        in_file: leaves(&in_file),
        variables: &variables,
    };
    let in_force = leaves(&table);
    let mut settings = Vec::new();
    let plain = order.iter().filter(|name| !is_in_block(name));
    for name in plain {
        let known = &known[name];
        let own = in_force.get(name.as_str());
        if own.is_some() || known.default.is_some() {
            settings.push(setting(name, own, known, &source));
        } else {
            settings.push(Setting {
                name: name.clone(),
                value: NOT_SET.into(),
                default: None,
                from: "default".into(),
                about: known.about.clone(),
            });
        }
    }
    // What the sample does not list by name: keys, and blocks.
    let unknown = Known {
        is_secret: true,
        ..Known::default()
    };
    let listed = |name: &str| known.contains_key(name) && !is_in_block(name);
    for (name, value) in in_force.iter().filter(|(name, _)| !listed(name)) {
        let known = known.get(&of_block(name)).unwrap_or(&unknown);
        settings.push(setting(name, Some(value), known, &source));
    }
    Ok(settings)
}

/// Where values come from.
struct Source<'a> {
    file: &'a str,
    text: &'a str,
    in_file: BTreeMap<String, Value>,
    variables: &'a [String],
}

impl Source<'_> {
    fn of(&self, name: &str) -> String {
        if let Some(variable) = place::variable_of(name, self.variables) {
            return format!("{variable} in the environment");
        }
        if !self.in_file.contains_key(name) {
            return "default".into();
        }
        match place::of(self.text, name) {
            Some((line, _)) => format!("{}:{line}", self.file),
            None => self.file.to_owned(),
        }
    }
}

fn setting(name: &str, own: Option<&Value>, known: &Known, source: &Source<'_>) -> Setting {
    let hides = known.is_secret || own.is_some_and(has_password);
    let value = match own {
        Some(Value::String(text)) if hides && text.is_empty() => NOT_SET.to_owned(),
        Some(_) if hides => SET.to_owned(),
        Some(value) => value.to_string(),
        None => known.default.clone().unwrap_or_default(),
    };
    Setting {
        name: name.to_owned(),
        value,
        default: known.default.clone().filter(|_| !known.is_secret),
        from: source.of(name),
        about: known.about.clone(),
    }
}

/// An address that may hold one.
fn has_password(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.contains('@') && text.contains("://"))
}

fn is_in_block(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or_default();
    NAMED.contains(&first)
}

/// The name of a setting of a block without the name of the block, as the sample lists it.
fn of_block(name: &str) -> String {
    let mut parts: Vec<_> = name.split('.').collect();
    if is_in_block(name) && parts.len() > 2 {
        parts.remove(1);
    }
    parts.join(".")
}

/// Every value of a table by its name; blocks by the name that they have, or their place.
fn leaves(table: &Table) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    gather("", table, &mut found);
    found
}

fn gather(path: &str, table: &Table, found: &mut BTreeMap<String, Value>) {
    for (key, value) in table {
        let name = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        match value {
            Value::Table(inner) => gather(&name, inner, found),
            Value::Array(blocks) if NAMED.contains(&name.as_str()) => {
                for (place, block) in blocks.iter().enumerate() {
                    let Some(block) = block.as_table() else {
                        continue;
                    };
                    let own = block.get("name").and_then(Value::as_str);
                    let own = own.map_or_else(|| place.to_string(), str::to_owned);
                    gather(&format!("{name}.{own}"), block, found);
                }
            }
            other => {
                found.insert(name, other.clone());
            }
        }
    }
}

/// What the sample lists, in its order.
fn of_sample() -> (Vec<String>, BTreeMap<String, Known>) {
    let (mut order, mut known) = (Vec::new(), BTreeMap::new());
    let (mut section, mut about, mut is_open) = (String::new(), String::new(), false);
    for line in SAMPLE.lines() {
        let (is_comment, text) = match line.strip_prefix('#') {
            Some(text) => (true, text.trim()),
            None => (false, line.trim()),
        };
        if text.is_empty() {
            (about, is_open) = (String::new(), false);
        } else if let Some(name) = header(text) {
            name.clone_into(&mut section);
            (about, is_open) = (String::new(), false);
        } else if let Some((key, value, note)) = assignment(text) {
            is_open = false;
            let name = format!("{section}.{key}");
            let default = Some(value.to_owned()).filter(|_| !is_comment);
            let one = Known {
                default,
                about: about.clone(),
                is_secret: note.contains("CP2__"),
            };
            if !known.contains_key(&name) {
                order.push(name.clone());
                // A table in one line stands for its values too.
                for inner in inline(value) {
                    known.insert(format!("{name}.{inner}"), one.clone());
                }
                known.insert(name, one);
            }
        } else if is_comment {
            if !is_open {
                about.clear();
            } else if !about.is_empty() {
                about.push(' ');
            }
            about.push_str(text);
            is_open = true;
        }
    }
    (order, known)
}

/// `[server]` or `[[channel]]`.
fn header(text: &str) -> Option<&str> {
    let name = text.strip_prefix('[')?.trim_start_matches('[');
    let (name, _) = name.split_once(']')?;
    let is_name = |b: u8| b.is_ascii_lowercase() || b == b'_' || b == b'.';
    (!name.is_empty() && name.bytes().all(is_name)).then_some(name)
}

/// `key = value`, and what stands behind it as a note.
fn assignment(text: &str) -> Option<(&str, &str, &str)> {
    let (key, rest) = text.split_once(" = ")?;
    let is_key = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if key.is_empty() || !key.bytes().all(is_key) {
        return None;
    }
    let (value, note) = rest.split_once("  ").unwrap_or((rest, ""));
    Some((key, value.trim(), note))
}

/// The keys of a table in one line.
fn inline(value: &str) -> Vec<String> {
    let read = toml::from_str::<Table>(&format!("value = {value}"));
    let table = read.ok().and_then(|mut table| table.remove("value"));
    match table {
        Some(Value::Table(table)) => table.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
[server]
listen = "127.0.0.1:9000"
[database]
url = "postgres://cp2:hidden-word@db/cp2"
[keys]
current = "k1"
[keys.key]
k1 = "hidden-word"
[[channel]]
name = "at"
secret = "hidden-word"
api_key = ""
username = "council"
values = { api_key = "hidden-word" }
[channel.smpp]
password = "hidden-word"
system_id = "council"
"#;

    fn explained(environment: &[(&str, &str)]) -> BTreeMap<String, Setting> {
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let settings = explain("cp2.toml", FILE, environment).unwrap();
        let named = settings.into_iter().map(|one| (one.name.clone(), one));
        named.collect()
    }

    #[test]
    fn a_setting_says_its_value_its_default_and_where_it_is_from() {
        let found = explained(&[("CP2__POLICY__LINK_HOURS", "9")]);
        let listen = &found["server.listen"];
        assert_eq!(listen.value, "\"127.0.0.1:9000\"");
        assert_eq!(listen.default.as_deref(), Some("\"127.0.0.1:8080\""));
        assert_eq!(listen.from, "cp2.toml:3");
        assert!(listen.about.starts_with("Address and port"), "{listen:?}");
        let hours = &found["policy.link_hours"];
        assert_eq!(hours.value, "9");
        assert_eq!(hours.from, "CP2__POLICY__LINK_HOURS in the environment");
        let other = &found["policy.links_in_a_day"];
        assert_eq!(
            (other.value.as_str(), other.from.as_str()),
            ("10", "default")
        );
        assert!(other.about.starts_with("Hours that a link"), "{other:?}");
        assert_eq!(found["menus.folder"].value, "not set");
        assert_eq!(found["channel.at.username"].value, "\"council\"");
        assert_eq!(found["channel.at.username"].from, "cp2.toml:14");
    }

    #[test]
    fn no_secret_is_shown() {
        let found = explained(&[("CP2__CHANNEL__AT__SENDER_SECRET", "hidden-word")]);
        assert!(!format!("{found:?}").contains("hidden-word"), "{found:#?}");
        for name in [
            "database.url",
            "keys.key.k1",
            "channel.at.secret",
            "channel.at.values.api_key",
            "channel.at.smpp.password",
        ] {
            assert_eq!(found[name].value, "set", "{name}");
        }
        assert_eq!(found["channel.at.api_key"].value, "not set");
    }
}
