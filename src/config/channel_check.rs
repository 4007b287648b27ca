//! What of a channel no type can refuse.

use secrecy::ExposeSecret;

use super::channel::{ChannelConfig, ChannelKind};

/// What every screen is proven to fit: `menus::SCREEN`, which stands above this room.
const SHORTEST_SCREEN: usize = 160;

const NO_SETTING: &str = "is no setting of a channel of this kind";

/// A setting of the channel and what is wrong with it.
type Fault = (String, &'static str);

/// The first thing that is wrong with a channel.
pub(super) fn fault(channel: &ChannelConfig) -> Option<Fault> {
    name(channel)
        .or_else(|| foreign(channel))
        .or_else(|| door(channel))
        .map(|(key, message)| (key.to_owned(), message))
        .or_else(|| account(channel))
        .or_else(|| figures(channel))
}

fn name(channel: &ChannelConfig) -> Option<(&'static str, &'static str)> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let is_simple = !channel.name.is_empty() && channel.name.bytes().all(fits);
    (!is_simple).then_some((
        "name",
        "is one or more of a-z, 0-9 and -: it stands in callback addresses",
    ))
}

/// What only channels of another kind have.
fn foreign(channel: &ChannelConfig) -> Option<(&'static str, &'static str)> {
    let is_foreign = |(_, kind, is_set): &(_, ChannelKind, bool)| *is_set && *kind != channel.kind;
    let (key, ..) = channel.of_some_kinds().into_iter().find(is_foreign)?;
    Some((key, NO_SETTING))
}

/// What is wrong with the way to us and from us; a bind is its own way.
fn door(channel: &ChannelConfig) -> Option<(&'static str, &'static str)> {
    let secret = channel.secret.expose_secret();
    if channel.kind == ChannelKind::Smpp {
        return match (secret.is_empty(), &channel.base_url) {
            (false, _) => Some(("secret", NO_SETTING)),
            (true, Some(_)) => Some(("base_url", NO_SETTING)),
            (true, None) => None,
        };
    }
    if secret.len() < 8 || ["demo", "changeme", "password"].contains(&secret) {
        return Some((
            "secret",
            "can be guessed; take what `openssl rand -hex 16` prints",
        ));
    }
    if secret.contains(['/', '?', '#', '%', ' ']) {
        return Some((
            "secret",
            "stands in callback addresses, so letters, digits, - and _ only",
        ));
    }
    let own_machine = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
    let is_safe = |url: &String| {
        let plain = own_machine.iter().any(|start| url.starts_with(start));
        url.starts_with("https://") || plain
    };
    if channel.base_url.as_ref().is_some_and(|url| !is_safe(url)) {
        return Some((
            "base_url",
            "must begin with https://: passwords and keys travel by it",
        ));
    }
    None
}

/// What is missing or wrong of the account, by the kind of the channel.
fn account(channel: &ChannelConfig) -> Option<Fault> {
    let missing = |key: &str, message| Some((key.to_owned(), message));
    match channel.kind {
        ChannelKind::AfricasTalking => {
            if channel.username.as_ref().is_none_or(String::is_empty) {
                return missing("username", "is missing: it is needed to send");
            }
            let key = channel.api_key.as_ref();
            if key.is_none_or(|key| key.expose_secret().is_empty()) {
                return missing("api_key", "is missing: it is needed to send");
            }
            None
        }
        ChannelKind::Http if channel.description.is_empty() => missing(
            "description",
            "is missing: it says how the aggregator's wire reads",
        ),
        ChannelKind::Http => {
            let mut values = channel.values.iter();
            let (name, _) = values.find(|(_, value)| value.expose_secret().is_empty())?;
            Some((format!("values.{name}"), "is empty"))
        }
        ChannelKind::Smpp => match &channel.smpp {
            None => missing("smpp", "is missing: it says where to bind, and as whom"),
            Some(smpp) => {
                let (key, message) = smpp.fault()?;
                Some((format!("smpp.{key}"), message))
            }
        },
    }
}

fn figures(channel: &ChannelConfig) -> Option<Fault> {
    if channel.sms_per_second == 0 {
        return Some(("sms_per_second".into(), "must be at least 1"));
    }
    let too_short = |septets: Option<usize>| septets.is_some_and(|s| s < SHORTEST_SCREEN);
    let mut screens = channel.screen_septets.all().into_iter();
    if let Some((network, _)) = screens.find(|(_, septets)| too_short(*septets)) {
        return Some((
            format!("screen_septets.{network}"),
            "must be at least 160: the menus are proven to fit from there upwards",
        ));
    }
    channel.service_codes.is_empty().then(|| {
        let message = "needs the code that people dial, such as *384*2026#";
        ("service_codes".to_owned(), message)
    })
}
