//! Addresses that a system wants to be told at.

use std::time::Duration;

use crate::actions::noted::note;
use crate::actions::work::{ActionError, Tools, Way};
use crate::crypto::{HookSecret, Sealed};
use crate::domain::{EventKind, HookUrl, Timestamp, WebhookId};
use crate::store::Tx;
use crate::store::webhooks::{self, Webhook};

use super::{Caller, write_down};

/// The most addresses of one system: each costs a row for each event.
const MOST: usize = 10;

/// An address, and how it does.
pub struct Endpoint {
    /// The address.
    pub webhook: Webhook,
    /// What it is told of.
    pub kinds: Vec<EventKind>,
    /// How many events wait.
    pub waiting: u64,
    /// How many were given up.
    pub failed: u64,
}

/// What became of a new address.
pub enum HookMade {
    /// It is told from now on; the secret is for its owner, once.
    Done(Box<Endpoint>, HookSecret),
    /// The system has so many already.
    TooMany(usize),
}

/// Has events posted to an address.
pub async fn make_webhook(
    tx: &mut Tx,
    tools: &Tools,
    caller: &Caller,
    (url, kinds): (&HookUrl, &[EventKind]),
    now: Timestamp,
) -> Result<HookMade, ActionError> {
    if webhooks::of_client(tx, caller.client.as_str()).await?.len() >= MOST {
        return Ok(HookMade::TooMany(MOST));
    }
    let secret = HookSecret::fresh();
    let id = WebhookId::fresh();
    let webhook = Webhook {
        secret: Sealed::webhook(id.as_str()).seal(&tools.keys, secret.as_bytes()),
        id,
        client: caller.client.as_str().to_owned(),
        url: url.as_str().to_owned(),
        old: None,
        created_at: now,
        failures: 0,
        failing_since: None,
        disabled_at: None,
        reason: None,
    };
    webhooks::insert(tx, &webhook, kinds).await?;
    let detail = Some(webhook.id.to_string());
    write_down(tx, caller, ("webhook.made", None), detail, now).await?;
    let endpoint = with_figures(tx, webhook).await?;
    Ok(HookMade::Done(Box::new(endpoint), secret))
}

/// The addresses of a system.
pub async fn webhooks(tx: &mut Tx, caller: &Caller) -> Result<Vec<Endpoint>, ActionError> {
    let mut endpoints = Vec::new();
    for webhook in webhooks::of_client(tx, caller.client.as_str()).await? {
        endpoints.push(with_figures(tx, webhook).await?);
    }
    Ok(endpoints)
}

/// One of them.
pub async fn webhook(
    tx: &mut Tx,
    caller: &Caller,
    id: &WebhookId,
) -> Result<Option<Endpoint>, ActionError> {
    let own = webhooks::of_client(tx, caller.client.as_str()).await?;
    match own.into_iter().find(|webhook| webhook.id == *id) {
        Some(webhook) => Ok(Some(with_figures(tx, webhook).await?)),
        None => Ok(None),
    }
}

async fn with_figures(tx: &mut Tx, webhook: Webhook) -> Result<Endpoint, ActionError> {
    let kinds = webhooks::kinds_of(tx, &webhook.id).await?;
    let (waiting, failed) = webhooks::waiting_and_failed(tx, &webhook.id).await?;
    Ok(Endpoint {
        webhook,
        kinds,
        waiting,
        failed,
    })
}

/// Forgets an address and what waits for it. False when the system has none of that id.
pub async fn remove_webhook(
    tx: &mut Tx,
    caller: &Caller,
    id: &WebhookId,
    now: Timestamp,
) -> Result<bool, ActionError> {
    if webhook(tx, caller, id).await?.is_none() {
        return Ok(false);
    }
    webhooks::remove(tx, id).await?;
    let detail = Some(id.to_string());
    write_down(tx, caller, ("webhook.removed", None), detail, now).await?;
    Ok(true)
}

/// The same by a member of staff, for an address of any system.
pub async fn remove_any_webhook(
    tx: &mut Tx,
    by: &str,
    id: &WebhookId,
    now: Timestamp,
) -> Result<bool, ActionError> {
    if webhooks::by_id(tx, id).await?.is_none() {
        return Ok(false);
    }
    webhooks::remove(tx, id).await?;
    let what = ("webhook.removed", Some(id.to_string()));
    note(tx, (by, Way::Operator), what, &[], now).await?;
    Ok(true)
}

/// Posts to an address again that was given up, or that rests.
pub async fn enable_webhook(
    tx: &mut Tx,
    caller: &Caller,
    id: &WebhookId,
    now: Timestamp,
) -> Result<Option<Endpoint>, ActionError> {
    if webhook(tx, caller, id).await?.is_none() {
        return Ok(None);
    }
    webhooks::enable(tx, id).await?;
    let detail = Some(id.to_string());
    write_down(tx, caller, ("webhook.enabled", None), detail, now).await?;
    webhook(tx, caller, id).await
}

/// Gives an address of that system a new secret, for its owner, once; the one before signs too
/// for as long as `overlap`. None when the system has no such address.
pub async fn rotate_webhook(
    tx: &mut Tx,
    tools: &Tools,
    caller: &Caller,
    (id, overlap): (&WebhookId, Duration),
    now: Timestamp,
) -> Result<Option<(Endpoint, HookSecret)>, ActionError> {
    if webhook(tx, caller, id).await?.is_none() {
        return Ok(None);
    }
    let secret = replace_secret(tx, tools, (id, overlap), now).await?;
    let detail = Some(id.to_string());
    write_down(tx, caller, ("webhook.rotated", None), detail, now).await?;
    let endpoint = webhook(tx, caller, id).await?;
    Ok(endpoint.map(|endpoint| (endpoint, secret)))
}

/// The same by a member of staff, for an address of any system.
pub async fn rotate_any_webhook(
    tx: &mut Tx,
    tools: &Tools,
    by: &str,
    (id, overlap): (&WebhookId, Duration),
    now: Timestamp,
) -> Result<Option<HookSecret>, ActionError> {
    if webhooks::by_id(tx, id).await?.is_none() {
        return Ok(None);
    }
    let secret = replace_secret(tx, tools, (id, overlap), now).await?;
    let what = ("webhook.rotated", Some(id.to_string()));
    note(tx, (by, Way::Operator), what, &[], now).await?;
    Ok(Some(secret))
}

async fn replace_secret(
    tx: &mut Tx,
    tools: &Tools,
    (id, overlap): (&WebhookId, Duration),
    now: Timestamp,
) -> Result<HookSecret, ActionError> {
    let secret = HookSecret::fresh();
    let sealed = Sealed::webhook(id.as_str()).seal(&tools.keys, secret.as_bytes());
    webhooks::replace_secret(tx, id, &sealed, now.plus(overlap)).await?;
    Ok(secret)
}

/// Every address of every system.
pub async fn all_webhooks(tx: &mut Tx) -> Result<Vec<Endpoint>, ActionError> {
    let mut endpoints = Vec::new();
    for webhook in webhooks::all(tx).await? {
        endpoints.push(with_figures(tx, webhook).await?);
    }
    Ok(endpoints)
}

/// Posts an event in which nothing has happened. False when the system has no such address.
pub async fn ping_webhook(
    tx: &mut Tx,
    caller: &Caller,
    id: &WebhookId,
    now: Timestamp,
) -> Result<bool, ActionError> {
    if webhook(tx, caller, id).await?.is_none() {
        return Ok(false);
    }
    let event = uuid::Uuid::now_v7().simple().to_string();
    webhooks::add_event(tx, id, (&event, EventKind::Ping), now).await?;
    Ok(true)
}
