//! What no type can refuse: settings that are unsafe or do not go together.

use secrecy::ExposeSecret;

use super::channel::{ChannelConfig, ChannelKind};
use super::channel_check;
use super::route::RouteConfig;
use super::sections::Config;
use super::sim_swap::SimSwapCheck;

/// A setting's name and what is wrong with it.
type Fault = (String, String);

pub(super) fn check(config: &Config) -> Result<(), Fault> {
    server(config)?;
    database(config)?;
    keys(config)?;
    council(config)?;
    policy(config)?;
    outbox(config)?;
    campaigns(config)?;
    retention(config)?;
    operator(config)?;
    api(config)?;
    telemetry(config)?;
    if config.channel.is_empty() {
        return fault(
            "channel",
            "is missing: without an aggregator account nobody can dial",
        );
    }
    for (index, channel) in config.channel.iter().enumerate() {
        if config.channel[..index]
            .iter()
            .any(|other| other.name == channel.name)
        {
            return fault(
                &format!("channel.{}.name", channel.name),
                "stands twice; a channel is known by its name",
            );
        }
        if let Some((key, message)) = channel_check::fault(channel) {
            return fault(&format!("channel.{}.{key}", channel.name), message);
        }
    }
    config
        .route
        .iter()
        .try_for_each(|route| one_route(route, config))
}

fn fault(key: &str, message: &str) -> Result<(), Fault> {
    Err((key.into(), message.into()))
}

fn server(config: &Config) -> Result<(), Fault> {
    let url = &config.server.public_url;
    if !url.starts_with("https://") {
        return fault(
            "server.public_url",
            "must begin with https://: links to letters travel by it",
        );
    }
    if url.ends_with('/') || url.len() > 50 {
        return fault(
            "server.public_url",
            "must have no / at its end and at most 50 characters: it stands in SMS",
        );
    }
    if config.server.headers_within_s == 0 {
        return fault("server.headers_within_s", "must be at least 1");
    }
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return fault("server.public_url", "is no address: no spaces, no accents");
    }
    Ok(())
}

fn telemetry(config: &Config) -> Result<(), Fault> {
    let telemetry = &config.telemetry;
    let endpoint = telemetry.otlp_endpoint.as_deref();
    let is_address = |url: &str| url.starts_with("http://") || url.starts_with("https://");
    if endpoint.is_some_and(|url| !is_address(url)) {
        return fault(
            "telemetry.otlp_endpoint",
            "begins with http:// or https:// and ends with the path, such as /v1/traces",
        );
    }
    if telemetry.one_in == 0 {
        return fault(
            "telemetry.one_in",
            "must be at least 1; take otlp_endpoint out for none",
        );
    }
    Ok(())
}

fn council(config: &Config) -> Result<(), Fault> {
    match config.council.read_crest() {
        Ok(_) => Ok(()),
        Err(error) => fault("council.crest", &error.to_string()),
    }
}

fn operator(config: &Config) -> Result<(), Fault> {
    if !config.operator.second_factor {
        return fault(
            "operator.second_factor",
            "must be true: a password alone opens the records of everybody",
        );
    }
    if config.operator.logins_in_fifteen_minutes < 1 {
        return fault("operator.logins_in_fifteen_minutes", "must be at least 1");
    }
    if !(1..=1024).contains(&config.operator.largest_upload_mb) {
        return fault("operator.largest_upload_mb", "must be from 1 to 1024");
    }
    Ok(())
}

fn api(config: &Config) -> Result<(), Fault> {
    let api = &config.api;
    if api.webhooks_may_be_local {
        return fault(
            "api.webhooks_may_be_local",
            "must be false: whoever has a key could have anything within our network called",
        );
    }
    let at_least_one = [
        ("calls_a_minute", u64::from(api.calls_a_minute)),
        ("webhook_timeout_s", api.webhook_timeout_s),
        ("webhook_disabled_after_h", api.webhook_disabled_after_h),
    ];
    match at_least_one.iter().find(|(_, value)| *value == 0) {
        Some((name, _)) => fault(&format!("api.{name}"), "must be at least 1"),
        None => Ok(()),
    }
}

fn database(config: &Config) -> Result<(), Fault> {
    let database = &config.database;
    let url = database.url.expose_secret();
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if !known.iter().any(|start| url.starts_with(start)) {
        return fault("database.url", "begins with sqlite: or postgres://");
    }
    if database.connections == 0 {
        return fault("database.connections", "must be at least 1");
    }
    if database.pooler && url.starts_with("sqlite:") {
        return fault("database.pooler", "is for PostgreSQL; SQLite has none");
    }
    if database.patience_ms == 0 {
        return fault("database.patience_ms", "must be at least 1");
    }
    Ok(())
}

fn policy(config: &Config) -> Result<(), Fault> {
    let policy = &config.policy;
    let lifetimes = [
        ("password_hours", policy.password_hours),
        ("link_hours", policy.link_hours),
        ("secret_sms_minutes", policy.secret_sms_minutes),
        ("link_window_minutes", policy.link_window_minutes),
        ("login_minutes", policy.login_minutes),
        ("login_idle_minutes", policy.login_idle_minutes),
        ("session_minutes", policy.session_minutes),
    ];
    if policy.resume_minutes > policy.session_minutes {
        return fault(
            "policy.resume_minutes",
            "is longer than policy.session_minutes: the session is forgotten by then",
        );
    }
    if policy.resend_minutes > policy.secret_sms_minutes {
        return fault(
            "policy.resend_minutes",
            "is longer than policy.secret_sms_minutes: the text is of no use by then",
        );
    }
    if policy.link_hours > 999 {
        return fault(
            "policy.link_hours",
            "must be at most 999: it stands in an SMS that has room for no more",
        );
    }
    let asks = policy.sim_swap.check == SimSwapCheck::Ask;
    let can_ask = |channel: &ChannelConfig| channel.kind == ChannelKind::AfricasTalking;
    if asks && !config.channel.iter().any(can_ask) {
        return fault(
            "policy.sim_swap.check",
            "is `ask`, and no [[channel]] can ask: of the kinds, africastalking can",
        );
    }
    if policy.sim_swap.patience_minutes >= 60 {
        return fault(
            "policy.sim_swap.patience_minutes",
            "must be less than 60: after an hour the question is put anew",
        );
    }
    if policy.logins_in_fifteen_minutes == 0 {
        return fault("policy.logins_in_fifteen_minutes", "must be at least 1");
    }
    match lifetimes.iter().find(|(_, life)| *life == 0) {
        Some((name, _)) => fault(
            &format!("policy.{name}"),
            "must be at least 1: what it limits would end as it begins",
        ),
        None => Ok(()),
    }
}

fn keys(config: &Config) -> Result<(), Fault> {
    let keys = &config.keys;
    if keys.key.is_empty() {
        let variable = format!("CP2__KEYS__KEY__{}", keys.current.to_ascii_uppercase());
        return fault(
            "keys.key",
            &format!(
                "holds no key: give what `cp2 key new` prints, here or in {variable} or {variable}_FILE"
            ),
        );
    }
    let is_key = |key: &str| key.len() == 64 && key.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some((name, _)) = keys
        .key
        .iter()
        .find(|(_, key)| !is_key(key.expose_secret()))
    {
        return fault(
            &format!("keys.key.{name}"),
            "needs 64 hexadecimal digits, as `cp2 key new` prints them",
        );
    }
    if !keys.key.contains_key(&keys.current) {
        return fault("keys.current", "names no key of [keys.key]");
    }
    Ok(())
}

fn outbox(config: &Config) -> Result<(), Fault> {
    let outbox = &config.outbox;
    if outbox.lease_s <= outbox.send_timeout_s {
        return fault(
            "outbox.lease_s",
            "must be longer than outbox.send_timeout_s, or two workers could send one message",
        );
    }
    if outbox.second_channel_after_s > outbox.unknown_wait_s {
        return fault(
            "outbox.second_channel_after_s",
            "is longer than outbox.unknown_wait_s: the first channel is tried again by then",
        );
    }
    if outbox.in_flight == 0
        || outbox.attempts < 1
        || outbox.send_timeout_s == 0
        || outbox.poll_ms == 0
        || outbox.circuit_failures == 0
        || outbox.circuit_s == 0
    {
        return fault(
            "outbox",
            "needs in_flight, attempts, send_timeout_s, poll_ms, circuit_failures and circuit_s of \
             at least 1",
        );
    }
    Ok(())
}

/// A day at least: what is younger is still at work.
fn retention(config: &Config) -> Result<(), Fault> {
    let all = config.retention.all();
    match all.iter().find(|(_, days)| *days == 0) {
        Some((setting, _)) => fault(&format!("retention.{setting}"), "is at least 1"),
        None => Ok(()),
    }
}

fn one_route(route: &RouteConfig, config: &Config) -> Result<(), Fault> {
    let refuse = |key: &str, message: &str| fault(&format!("route.{}.{key}", route.name), message);
    let same = config.route.iter().filter(|other| other.name == route.name);
    if route.name.is_empty() || same.count() > 1 {
        return refuse(
            "name",
            "is empty or stands twice; messages keep the name of their route",
        );
    }
    let is_known = |name: &String| config.channel.iter().any(|channel| channel.name == *name);
    if let Some(name) = route.channels.keys().find(|name| !is_known(name)) {
        return refuse("channels", &format!("names no [[channel]]: `{name}`"));
    }
    if route.channels.values().all(|share| *share == 0) {
        return refuse("channels", "needs one with a share of at least 1");
    }
    let is_prefix =
        |prefix: &String| !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit());
    if !route.prefixes.iter().all(is_prefix) {
        return refuse(
            "prefixes",
            "are digits, with the country first, such as 25473",
        );
    }
    Ok(())
}

fn campaigns(config: &Config) -> Result<(), Fault> {
    let (from, until) = (
        config.campaign.promotion_from_hour,
        config.campaign.promotion_until_hour,
    );
    if from < 0 || until > 23 || from >= until {
        return fault(
            "campaign.promotion_until_hour",
            "must be later than campaign.promotion_from_hour, both from 0 to 23",
        );
    }
    Ok(())
}
