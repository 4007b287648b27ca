//! What was said: the file, then the environment over it.
//!
//! `CP2__SECTION__KEY` sets a key; `CP2__CHANNEL__NAME__KEY` one of the channel of
//! that name. With `_FILE` behind it the value is read from that file, as secret
//! stores hand them over.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use super::check::check;
use super::place;
use super::sections::Config;

/// The documented sample, with every setting and its default.
pub const SAMPLE: &str = include_str!("../../config/cp2.toml");

/// How the names of variables begin that are settings.
pub(super) const PREFIX: &str = "CP2__";

/// Settings that stood elsewhere before, and where they stand now.
const MOVED: [(&str, &str, &str); 2] = [
    ("outbox", "keep_days", "retention.messages_days"),
    (
        "outbox",
        "keep_conversations_days",
        "retention.conversations_days",
    ),
];

/// Why the service can't start with this configuration. Never holds a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("{file}: {reason}")]
    Unreadable {
        /// Which file.
        file: String,
        /// Why.
        reason: String,
    },
    /// The file says something that is no setting.
    #[error("{file}:{line}:{column}: {message}")]
    Wrong {
        /// Which file.
        file: String,
        /// Its line, from 1.
        line: usize,
        /// Its column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// A variable of the environment says something that is no setting.
    #[error("{file} with the environment's CP2__… variables: {message}")]
    Environment {
        /// Which file.
        file: String,
        /// What is wrong.
        message: String,
    },
    /// A setting that must not go into production.
    #[error("{place}: `{key}` {message}")]
    Unsafe {
        /// The file and the line, or the variable of the environment.
        place: String,
        /// Which setting.
        key: String,
        /// Why not, and what instead.
        message: String,
    },
}

/// Reads a file and the environment.
pub fn load(
    path: &Path,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let file = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
        file: file.clone(),
        reason: match error.kind() {
            ErrorKind::NotFound => "there is no such file; `cp2 config sample` prints one".into(),
            _ => error.to_string(),
        },
    })?;
    parse(&file, &text, environment)
}

/// Reads a file's text and the environment.
pub fn parse(
    file: &str,
    text: &str,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let Said { table, variables } = said(file, text, environment)?;
    if let Some((key, new)) = moved(&table) {
        return Err(ConfigError::Unsafe {
            place: place_of(&key, file, text, &variables),
            key,
            message: format!("is called `{new}` now"),
        });
    }
    let config = Config::deserialize(table).map_err(|error| {
        // The text alone fails the same way where the fault stands in the text.
        match toml::from_str::<Config>(text) {
            Err(placed) if placed.message() == error.message() => wrong(file, text, &placed),
            _ => ConfigError::Environment {
                file: file.into(),
                message: without_values(error.message()),
            },
        }
    })?;
    check(&config).map_err(|(key, message)| ConfigError::Unsafe {
        place: place_of(&key, file, text, &variables),
        key,
        message,
    })?;
    Ok(config)
}

/// A setting that has another name by now, and that name.
fn moved(table: &Table) -> Option<(String, &'static str)> {
    let is_said = |section: &str, key: &str| {
        let section = table.get(section).and_then(Value::as_table);
        section.is_some_and(|section| section.contains_key(key))
    };
    let mut moved = MOVED
        .iter()
        .filter(|(section, key, _)| is_said(section, key));
    moved
        .next()
        .map(|(section, key, new)| (format!("{section}.{key}"), *new))
}

/// What was said, before anybody knows what it means.
pub(super) struct Said {
    /// The file, with the environment over it.
    pub(super) table: Table,
    /// The variables that had a say.
    pub(super) variables: Vec<String>,
}

/// Puts the environment over the file.
pub(super) fn said(
    file: &str,
    text: &str,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Said, ConfigError> {
    let mut table: Table = toml::from_str(text).map_err(|error| wrong(file, text, &error))?;
    let mut variables = Vec::new();
    for (name, value) in environment {
        let Some(path) = name.strip_prefix(PREFIX) else {
            continue;
        };
        variables.push(name.clone());
        let path = path.to_ascii_lowercase();
        let keys: Vec<_> = path.split("__").collect();
        overlay(&mut table, &keys, &value).map_err(|message| ConfigError::Environment {
            file: file.into(),
            message: format!("{name} {message}"),
        })?;
    }
    Ok(Said { table, variables })
}

/// Where the setting was made: the environment has the last word.
fn place_of(key: &str, file: &str, text: &str, variables: &[String]) -> String {
    match (place::variable_of(key, variables), place::of(text, key)) {
        (Some(variable), _) => format!("{variable} in the environment"),
        (None, Some((line, column))) => format!("{file}:{line}:{column}"),
        (None, None) => file.to_owned(),
    }
}

fn wrong(file: &str, text: &str, error: &toml::de::Error) -> ConfigError {
    let start = error.span().map_or(0, |span| span.start);
    let (line, column) = place::position(text, start);
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let key = text[line_start..].split('=').next().unwrap_or("").trim();
    let at = if key.is_empty() || key.contains('\n') {
        String::new()
    } else {
        format!("`{key}`: ")
    };
    ConfigError::Wrong {
        file: file.into(),
        line,
        column,
        message: at + &without_values(error.message()),
    }
}

/// serde says which value it did not like; it may have been a secret.
fn without_values(message: &str) -> String {
    let message = message.replace('\n', "; ");
    let Some((kind, rest)) = message
        .split_once(": ")
        .filter(|(kind, _)| kind.starts_with("invalid"))
    else {
        return message;
    };
    match rest.rsplit_once(", expected ") {
        Some((_, expected)) => format!("{kind}, expected {expected}"),
        None => kind.to_owned(),
    }
}

fn overlay(table: &mut Table, keys: &[&str], value: &str) -> Result<(), String> {
    match keys {
        [] | [""] => Err("names no setting".into()),
        [key] => {
            let (key, value) = match key.strip_suffix("_file") {
                Some(key) => (key, from_file(value)?),
                None => (*key, value.to_owned()),
            };
            table.insert(key.to_owned(), typed(table.get(key), &value));
            Ok(())
        }
        ["channel", name, rest @ ..] => {
            let channels = table.get_mut("channel").and_then(Value::as_array_mut);
            let named = channels.and_then(|channels| {
                channels
                    .iter_mut()
                    .filter_map(Value::as_table_mut)
                    .find(|channel| {
                        channel
                            .get("name")
                            .and_then(Value::as_str)
                            .is_some_and(|known| env_name(known) == *name)
                    })
            });
            overlay(
                named.ok_or_else(|| format!("names no channel of the file: `{name}`"))?,
                rest,
                value,
            )
        }
        [section, rest @ ..] => {
            let inner = table
                .entry(section.to_owned())
                .or_insert_with(|| Value::Table(Table::new()));
            overlay(inner.as_table_mut().ok_or("names no section")?, rest, value)
        }
    }
}

/// A channel's name as a variable can hold it.
fn env_name(name: &str) -> String {
    name.to_ascii_lowercase().replace('-', "_")
}

fn from_file(path: &str) -> Result<String, String> {
    fs::read_to_string(path)
        .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
        .map_err(|error| format!("can't be read: {error}"))
}

/// Numbers, flags and lists are written as in the file; everything else is text.
fn typed(before: Option<&Value>, value: &str) -> Value {
    if matches!(before, Some(Value::String(_))) {
        return Value::String(value.to_owned());
    }
    match toml::from_str::<Table>(&format!("value = {value}"))
        .ok()
        .and_then(|mut table| table.remove("value"))
    {
        Some(read @ (Value::Integer(_) | Value::Boolean(_) | Value::Array(_))) => read,
        _ => Value::String(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::config::ChannelKind;

    const GOOD: &str = r#"
[server]
public_url = "https://cp2.example.org"
[keys]
current = "k1"
[keys.key]
k1 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
[[channel]]
name = "at"
kind = "africastalking"
secret = "9f2c41d7a05e48b1b3f6"
username = "council"
api_key = "atsk_synthetic"
service_codes = ["*384*2026#"]
"#;

    fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        parse("cp2.toml", text, environment).map_err(|error| error.to_string())
    }

    fn key_of(config: &Config) -> &str {
        config.channel[0].api_key.as_ref().unwrap().expose_secret()
    }

    #[test]
    fn defaults_fill_what_is_not_said() {
        let config = read(GOOD, &[]).unwrap();
        assert_eq!(config.channel[0].sms_per_second, 50);
        assert_eq!(config.policy.password_hours, 24);
    }

    #[test]
    fn the_environment_wins_and_reaches_channels_by_name() {
        let environment = [
            ("CP2__POLICY__PASSWORD_HOURS", "2"),
            ("CP2__CHANNEL__AT__API_KEY", "12345"),
            ("CP2__DATABASE__URL", "postgres://db/cp2"),
            ("PATH", "/bin"),
        ];
        let config = read(GOOD, &environment).unwrap();
        assert_eq!(config.policy.password_hours, 2);
        assert_eq!(key_of(&config), "12345");
        assert_eq!(config.database.url.expose_secret(), "postgres://db/cp2");
    }

    #[test]
    fn a_secret_can_come_from_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "from-a-file\n").unwrap();
        let path = file.path().display().to_string();
        let config = read(GOOD, &[("CP2__CHANNEL__AT__API_KEY_FILE", &path)]).unwrap();
        assert_eq!(key_of(&config), "from-a-file");
    }

    #[test]
    fn a_fault_in_the_file_is_named_with_its_line_and_key() {
        let unknown = GOOD.replace("[server]", "[server]\nlissten = 3");
        let error = read(&unknown, &[]).unwrap_err();
        assert!(
            error.starts_with("cp2.toml:3:1: `lissten`: unknown field `lissten`"),
            "{error}"
        );
        let wrong = GOOD.replace("current = \"k1\"", "current = 7");
        let error = read(&wrong, &[]).unwrap_err();
        assert!(
            error.starts_with("cp2.toml:5:11: `current`: invalid type"),
            "{error}"
        );
    }

    #[test]
    fn a_setting_that_has_moved_says_where_to() {
        let text = format!("{GOOD}[outbox]\nkeep_conversations_days = 3\n");
        let error = read(&text, &[]).unwrap_err();
        assert_eq!(
            error,
            "cp2.toml:16:1: `outbox.keep_conversations_days` is called \
             `retention.conversations_days` now"
        );
        let error = read(GOOD, &[("CP2__OUTBOX__KEEP_DAYS", "9")]).unwrap_err();
        assert!(
            error.starts_with("CP2__OUTBOX__KEEP_DAYS in the environment: "),
            "{error}"
        );
        assert!(error.ends_with("`retention.messages_days` now"), "{error}");
    }

    #[test]
    fn an_error_never_shows_a_value() {
        let error = read(&GOOD.replace("\"atsk_synthetic\"", "4711"), &[]).unwrap_err();
        assert!(!error.contains("4711"), "{error}");
        assert!(error.contains("api_key"), "{error}");
    }

    #[test]
    fn a_variable_that_names_nothing_is_refused() {
        let error = read(GOOD, &[("CP2__SERVER__LISSTEN", "1")]).unwrap_err();
        assert!(
            error.contains("environment") && error.contains("lissten"),
            "{error}"
        );
        assert!(
            read(GOOD, &[("CP2__CHANNEL__XX__API_KEY", "1")])
                .unwrap_err()
                .contains("xx")
        );
    }

    #[test]
    fn what_must_not_go_into_production_stops_the_start() {
        for (from, to, place) in [
            (
                "https://cp2.example.org",
                "http://cp2.example.org",
                "cp2.toml:3:1: `server.public_url` ",
            ),
            (
                "9f2c41d7a05e48b1b3f6",
                "demo",
                "cp2.toml:11:1: `channel.at.secret` ",
            ),
            ("k1 = \"0011", "k1 = \"0x11", "cp2.toml:7:1: `keys.key.k1` "),
            (
                "current = \"k1\"",
                "current = \"k2\"",
                "cp2.toml:5:1: `keys.current` ",
            ),
            ("atsk_synthetic", "", "cp2.toml:13:1: `channel.at.api_key` "),
            (
                "[[channel]]",
                "[policy]\nresume_minutes = 31\n[[channel]]",
                "cp2.toml:9:1: `policy.resume_minutes` ",
            ),
        ] {
            let error = read(&GOOD.replace(from, to), &[]).unwrap_err();
            assert!(error.starts_with(place), "{error}");
        }
    }

    #[test]
    fn a_setting_of_another_kind_of_channel_is_refused() {
        let http = GOOD.replace("africastalking", "http");
        let error = read(&http, &[]).unwrap_err();
        assert!(
            error.starts_with("cp2.toml:12:1: `channel.at.username` "),
            "{error}"
        );
        let described = format!("{GOOD}description = [\"advanta\"]\n");
        let error = read(&described, &[]).unwrap_err();
        assert!(
            error.starts_with("cp2.toml:15:1: `channel.at.description` "),
            "{error}"
        );
        let bare = http.replace("username = \"council\"\napi_key = \"atsk_synthetic\"\n", "");
        let error = read(&bare, &[]).unwrap_err();
        assert!(
            error.contains("`channel.at.description` is missing"),
            "{error}"
        );
    }

    #[test]
    fn a_value_of_a_description_can_come_from_the_environment() {
        let http = GOOD.replace("africastalking", "http");
        let http = http.replace(
            "username = \"council\"\napi_key = \"atsk_synthetic\"",
            "description = [\"advanta\"]",
        );
        let config = read(&http, &[("CP2__CHANNEL__AT__VALUES__API_KEY", "0123")]).unwrap();
        assert_eq!(config.channel[0].values["api_key"].expose_secret(), "0123");
    }

    /// The block of the sample that holds this line, without the marks of comments.
    fn commented(line: &str) -> String {
        let mut blocks = SAMPLE.split("\n\n");
        let block = blocks
            .find(|block| block.contains(&format!("# {line}\n")))
            .unwrap();
        let lines = block.lines().filter_map(|line| line.strip_prefix("# "));
        let is_setting = |line: &&str| line.contains(" = ") || line.starts_with('[');
        lines.filter(is_setting).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_samples_bind_can_be_uncommented_and_needs_its_password() {
        let text = format!("{GOOD}{}", commented("name = \"smsc\""));
        let error = read(&text, &[]).unwrap_err();
        assert!(
            error.contains("`channel.smsc.smpp.password` has 1 to 8"),
            "{error}"
        );
        let password = ("CP2__CHANNEL__SMSC__SMPP__PASSWORD", "bindword");
        let config = read(&text, &[password]).unwrap();
        let smpp = config.channel[1].smpp.as_ref().unwrap();
        assert!(smpp.tls && smpp.window == 10);
        assert!(!format!("{smpp:?}").contains("bindword"));
        let plain = text.replace(
            "kind = \"smpp\"",
            "kind = \"smpp\"\nsecret = \"9f2c41d7a05e48b1\"",
        );
        let error = read(&plain, &[password]).unwrap_err();
        assert!(
            error.contains("`channel.smsc.secret` is no setting"),
            "{error}"
        );
    }

    #[test]
    fn the_samples_other_kind_of_channel_can_be_uncommented() {
        let text = format!("{GOOD}{}", commented("name = \"advanta\""));
        let environment = [
            ("CP2__CHANNEL__ADVANTA__SECRET", "9f2c41d7a05e48b1b3f6"),
            ("CP2__CHANNEL__ADVANTA__VALUES__API_KEY", "k"),
        ];
        let error = read(&text, &environment).unwrap_err();
        assert!(
            error.contains("`channel.advanta.values.partner_id` is empty"),
            "{error}"
        );
        let partner = ("CP2__CHANNEL__ADVANTA__VALUES__PARTNER_ID", "77");
        let config = read(&text, &[environment[0], environment[1], partner]).unwrap();
        assert_eq!(config.channel[1].kind, ChannelKind::Http);
    }

    #[test]
    fn cards_are_asked_about_only_where_a_channel_can() {
        let asks = [("CP2__POLICY__SIM_SWAP__CHECK", "ask")];
        assert!(read(GOOD, &asks).is_ok());
        let http = GOOD.replace("africastalking", "http").replace(
            "username = \"council\"\napi_key = \"atsk_synthetic\"",
            "description = [\"advanta\"]\nvalues = { api_key = \"0123\" }",
        );
        let error = read(&http, &asks).unwrap_err();
        assert!(error.contains("no [[channel]] can ask"), "{error}");
    }

    #[test]
    fn an_unsafe_setting_of_the_environment_is_named_by_its_variable() {
        for (name, value) in [
            ("CP2__SERVER__PUBLIC_URL", "http://cp2.example.org"),
            ("CP2__CHANNEL__AT__SECRET", "demo"),
            ("CP2__KEYS__KEY__K2", "0011"),
        ] {
            let error = read(GOOD, &[(name, value)]).unwrap_err();
            assert!(
                error.starts_with(&format!("{name} in the environment: `")),
                "{error}"
            );
        }
    }

    #[test]
    fn the_sample_names_every_setting_with_its_default() {
        let environment = [
            ("CP2__KEYS__KEY__K1", "00".repeat(32)),
            ("CP2__CHANNEL__AT__API_KEY", "x".into()),
            ("CP2__CHANNEL__AT__SECRET", "9f2c41d7a05e48b1b3f6".into()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value));
        let sample = parse("config/cp2.toml", SAMPLE, environment).unwrap();
        let plain = parse("cp2.toml", GOOD, []).unwrap();
        assert_eq!(
            format!("{:?}", sample.policy),
            format!("{:?}", plain.policy)
        );
        assert_eq!(
            format!("{:?}", sample.outbox),
            format!("{:?}", plain.outbox)
        );
        assert_eq!(
            format!("{:?}", sample.retention),
            format!("{:?}", plain.retention)
        );
        assert_eq!(
            format!("{:?}", sample.server),
            format!("{:?}", plain.server)
        );
        assert_eq!(
            format!("{:?}", sample.council),
            format!("{:?}", plain.council)
        );
        assert_eq!(
            format!("{:?}", sample.logging),
            format!("{:?}", plain.logging)
        );
    }
}
