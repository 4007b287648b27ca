//! Texts with placeholders: `{text}`, `{to}`, `{values.api_key}`.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use zeroize::Zeroizing;

/// A text with placeholders of one kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String", bound(deserialize = "S: FromStr"))]
pub(super) struct Template<S>(Vec<Piece<S>>);

#[derive(Clone, Debug)]
enum Piece<S> {
    Text(String),
    Slot(S),
}

/// What the account's settings fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum OfAccount {
    BaseUrl,
    Sender,
    Callbacks,
    Value(String),
}

impl fmt::Display for OfAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BaseUrl => f.write_str("base_url"),
            Self::Sender => f.write_str("sender_id"),
            Self::Callbacks => f.write_str("server.public_url"),
            Self::Value(name) => write!(f, "values.{name}"),
        }
    }
}

/// What a log-in fills in.
#[derive(Clone, Debug)]
pub(super) struct OfToken;

/// Where there is nothing to fill in.
#[derive(Clone, Debug)]
pub(super) enum OfNothing {}

/// What an SMS and its account fill in.
#[derive(Clone, Debug)]
pub(super) enum OfSms {
    Text,
    To,
    ToPlus,
    ToLocal,
    LinkId,
    Id,
    Seconds,
    Account(OfAccount),
}

/// What a screen and the request that it answers fill in.
#[derive(Clone, Debug)]
pub(super) enum OfScreen {
    Text,
    Session,
    Caller,
    CallerPlus,
    ServiceCode,
    Request(String),
}

/// How a value is written where it stands.
pub(super) type Escape = fn(&str) -> Zeroizing<String>;

/// What a placeholder stands for; nothing where there is none.
pub(super) type Look<'a, S> = &'a dyn Fn(&S) -> Option<Zeroizing<String>>;

impl<S> Template<S> {
    /// The text with every placeholder filled; nothing where one has no value.
    pub(super) fn fill(&self, look: Look<'_, S>) -> Option<Zeroizing<String>> {
        let is_whole = self.slots().all(|slot| look(slot).is_some());
        is_whole.then(|| self.write(look, plain))
    }

    /// The text with every placeholder filled; empty where one has no value.
    pub(super) fn write(&self, look: Look<'_, S>, escape: Escape) -> Zeroizing<String> {
        let mut whole = Zeroizing::new(String::with_capacity(256));
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => whole.push_str(text),
                Piece::Slot(slot) => whole.push_str(&escape(&look(slot).unwrap_or_default())),
            }
        }
        whole
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = &S> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Slot(slot) => Some(slot),
            Piece::Text(_) => None,
        })
    }
}

/// As it is.
pub(super) fn plain(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

/// As XML writes it, between tags and in attributes.
pub(super) fn xml(text: &str) -> Zeroizing<String> {
    let mut escaped = Zeroizing::new(String::with_capacity(text.len() * 2));
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            other => escaped.push(other),
        }
    }
    escaped
}

impl<S: FromStr> TryFrom<String> for Template<S> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text.as_str();
        while let Some(start) = rest.find('{') {
            let end = rest[start..].find('}').ok_or("a { has no }")? + start;
            if start > 0 {
                pieces.push(Piece::Text(rest[..start].to_owned()));
            }
            let name = &rest[start + 1..end];
            let slot = name
                .parse()
                .map_err(|_| format!("{{{name}}} stands for nothing here"))?;
            pieces.push(Piece::Slot(slot));
            rest = &rest[end + 1..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self(pieces))
    }
}

/// A name that is none.
pub(super) struct NoSuchSlot;

impl FromStr for OfAccount {
    type Err = NoSuchSlot;

    fn from_str(name: &str) -> Result<Self, NoSuchSlot> {
        Ok(match name {
            "base_url" => Self::BaseUrl,
            "sender" => Self::Sender,
            "callbacks" => Self::Callbacks,
            _ => Self::Value(behind(name, "values.")?),
        })
    }
}

impl FromStr for OfNothing {
    type Err = NoSuchSlot;

    fn from_str(_: &str) -> Result<Self, NoSuchSlot> {
        Err(NoSuchSlot)
    }
}

impl FromStr for OfToken {
    type Err = NoSuchSlot;

    fn from_str(name: &str) -> Result<Self, NoSuchSlot> {
        (name == "token").then_some(Self).ok_or(NoSuchSlot)
    }
}

impl FromStr for OfSms {
    type Err = NoSuchSlot;

    fn from_str(name: &str) -> Result<Self, NoSuchSlot> {
        Ok(match name {
            "text" => Self::Text,
            "to" => Self::To,
            "to_plus" => Self::ToPlus,
            "to_local" => Self::ToLocal,
            "link_id" => Self::LinkId,
            "id" => Self::Id,
            "seconds" => Self::Seconds,
            _ => Self::Account(name.parse()?),
        })
    }
}

impl FromStr for OfScreen {
    type Err = NoSuchSlot;

    fn from_str(name: &str) -> Result<Self, NoSuchSlot> {
        Ok(match name {
            "text" => Self::Text,
            "session" => Self::Session,
            "caller" => Self::Caller,
            "caller_plus" => Self::CallerPlus,
            "service_code" => Self::ServiceCode,
            _ => Self::Request(behind(name, "request.")?),
        })
    }
}

fn behind(name: &str, start: &str) -> Result<String, NoSuchSlot> {
    let rest = name.strip_prefix(start).filter(|rest| !rest.is_empty());
    rest.map(str::to_owned).ok_or(NoSuchSlot)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Result<Template<OfScreen>, String> {
        Template::try_from(text.to_owned())
    }

    fn look(slot: &OfScreen) -> Option<Zeroizing<String>> {
        match slot {
            OfScreen::Text => Some(plain("1 < 2 & 'x'")),
            OfScreen::Request(name) => Some(plain(name)),
            _ => None,
        }
    }

    #[test]
    fn placeholders_are_filled_and_escaped() {
        let template = template("<a b=\"{request.user id}\">{text}</a>").unwrap();
        let filled = template.write(&look, xml);
        let expected = "<a b=\"user id\">1 &lt; 2 &amp; &apos;x&apos;</a>";
        assert_eq!(filled.as_str(), expected);
    }

    #[test]
    fn a_placeholder_without_a_value_leaves_its_place_out_or_empty() {
        let template = template("{caller}!").unwrap();
        assert_eq!(template.fill(&look), None);
        assert_eq!(template.write(&look, plain).as_str(), "!");
    }

    #[test]
    fn a_name_that_stands_for_nothing_is_refused() {
        for text in ["{to}", "{request.}", "{}", "{text", "{values.key}"] {
            assert!(template(text).is_err(), "{text}");
        }
    }
}
