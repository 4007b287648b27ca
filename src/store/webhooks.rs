//! Addresses that events are posted to, and the events on their way there. Triggers write the
//! events, in the unit of work that causes them.

use std::time::Duration;

use crate::domain::{EventKind, Timestamp, WebhookId};

use super::tx::{count, decode};
use super::{StoreError, Tx};

/// An address that events are posted to.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Which.
    pub id: WebhookId,
    /// Whose.
    pub client: String,
    /// The address.
    pub url: String,
    /// What its events are signed with, sealed.
    pub secret: Vec<u8>,
    /// The secret before that one, which signs too until then.
    pub old: Option<OldSecret>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Failures in a row.
    pub failures: i64,
    /// Since when nothing gets through.
    pub failing_since: Option<Timestamp>,
    /// When it was given up.
    pub disabled_at: Option<Timestamp>,
    /// Why.
    pub reason: Option<String>,
}

impl Webhook {
    /// `working`, `failing`, or `disabled` once nothing has got through for too long.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match (self.disabled_at, self.failing_since) {
            (Some(_), _) => "disabled",
            (None, Some(_)) => "failing",
            (None, None) => "working",
        }
    }
}

/// A secret that was replaced.
#[derive(Debug, Clone)]
pub struct OldSecret {
    /// The secret, sealed.
    pub sealed: Vec<u8>,
    /// Until when it signs beside the new one.
    pub until: Timestamp,
}

/// An event that a worker has in hand.
#[derive(Debug, Clone)]
pub struct Event {
    /// Which; receivers know a repeat by it.
    pub id: String,
    /// What has happened.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// What it is about.
    pub subject: String,
    /// Whose record that belongs to.
    pub person: Option<String>,
    /// What it came to.
    pub detail: Option<String>,
    /// Which attempt this is.
    pub attempt: i64,
}

/// What became of posting an event.
#[derive(Debug, Clone)]
pub enum Posted {
    /// It has arrived.
    Delivered,
    /// It has not; the next attempt is due then.
    Again {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// It has not, and is given up.
    GivenUp {
        /// Why.
        reason: String,
    },
}

type Row = (
    String,
    String,
    String,
    Vec<u8>,
    Option<Vec<u8>>,
    Option<i64>,
    i64,
    i64,
    Option<i64>,
    Option<i64>,
    Option<String>,
);

fn webhook(row: Row) -> Result<Webhook, StoreError> {
    let (
        id,
        client,
        url,
        secret,
        old_secret,
        old_until,
        created_at,
        failures,
        failing_since,
        disabled_at,
        reason,
    ) = row;
    let old = old_secret.zip(old_until).map(|(sealed, until)| OldSecret {
        sealed,
        until: Timestamp::from_millis(until),
    });
    Ok(Webhook {
        id: WebhookId::parse(&id).map_err(decode)?,
        client,
        url,
        secret,
        old,
        created_at: Timestamp::from_millis(created_at),
        failures,
        failing_since: failing_since.map(Timestamp::from_millis),
        disabled_at: disabled_at.map(Timestamp::from_millis),
        reason,
    })
}

/// The columns of an address, in the order of [`Row`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, client, url, secret, old_secret, old_until, created_at, failures, ",
            "failing_since, disabled_at, reason FROM webhooks ",
            $rest
        )
    };
}

/// Adds an address, and what it is told of.
pub async fn insert(tx: &mut Tx, webhook: &Webhook, kinds: &[EventKind]) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO webhooks (id, client, url, secret, created_at) \
                       VALUES ($1, $2, $3, $4, $5)";
    const KIND: &str = "INSERT INTO webhook_kinds (webhook_id, kind) VALUES ($1, $2) \
                        ON CONFLICT (webhook_id, kind) DO NOTHING";
    on!(&mut *tx, conn => sqlx::query(SQL)
        .bind(webhook.id.as_str())
        .bind(&webhook.client)
        .bind(&webhook.url)
        .bind(&webhook.secret)
        .bind(webhook.created_at.as_millis())
        .execute(conn).await.map(drop))?;
    for kind in kinds {
        on!(&mut *tx, conn => sqlx::query(KIND)
            .bind(webhook.id.as_str())
            .bind(kind.name())
            .execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// The addresses of a system, the oldest first.
pub async fn of_client(tx: &mut Tx, client: &str) -> Result<Vec<Webhook>, StoreError> {
    const SQL: &str = select!("WHERE client = $1 ORDER BY id");
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).bind(client).fetch_all(conn).await)?;
    rows.into_iter().map(webhook).collect()
}

/// Every address, by whose it is.
pub async fn all(tx: &mut Tx) -> Result<Vec<Webhook>, StoreError> {
    const SQL: &str = select!("ORDER BY client, id");
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    rows.into_iter().map(webhook).collect()
}

/// The address of that id.
pub async fn by_id(tx: &mut Tx, id: &WebhookId) -> Result<Option<Webhook>, StoreError> {
    const SQL: &str = select!("WHERE id = $1");
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(conn).await)?;
    row.map(webhook).transpose()
}

/// Gives an address a new secret, sealed; the one before signs too until then.
pub async fn replace_secret(
    tx: &mut Tx,
    id: &WebhookId,
    secret: &[u8],
    until: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str =
        "UPDATE webhooks SET old_secret = secret, old_until = $3, secret = $2 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id.as_str())
        .bind(secret)
        .bind(until.as_millis())
        .execute(conn).await.map(drop))
}

/// Forgets secrets that sign no more.
pub async fn forget_old_secrets(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str =
        "UPDATE webhooks SET old_secret = NULL, old_until = NULL WHERE old_until <= $1";
    on!(tx, conn => sqlx::query(SQL).bind(now.as_millis()).execute(conn).await.map(drop))
}

/// What an address is told of.
pub async fn kinds_of(tx: &mut Tx, id: &WebhookId) -> Result<Vec<EventKind>, StoreError> {
    const SQL: &str = "SELECT kind FROM webhook_kinds WHERE webhook_id = $1 ORDER BY kind";
    let names: Vec<String> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(id.as_str()).fetch_all(conn).await)?;
    Ok(names
        .iter()
        .filter_map(|name| EventKind::named(name))
        .collect())
}

/// How many events of an address wait, and how many were given up.
pub async fn waiting_and_failed(tx: &mut Tx, id: &WebhookId) -> Result<(u64, u64), StoreError> {
    const SQL: &str = "SELECT COUNT(CASE WHEN state = 'waiting' THEN 1 END), \
        COUNT(CASE WHEN state = 'failed' THEN 1 END) FROM webhook_events WHERE webhook_id = $1";
    let (waiting, failed): (i64, i64) =
        on!(tx, conn => sqlx::query_as(SQL).bind(id.as_str()).fetch_one(conn).await)?;
    Ok((waiting.unsigned_abs(), failed.unsigned_abs()))
}

/// Removes an address and its events.
pub async fn remove(tx: &mut Tx, id: &WebhookId) -> Result<(), StoreError> {
    const STATEMENTS: [&str; 3] = [
        "DELETE FROM webhook_kinds WHERE webhook_id = $1",
        "DELETE FROM webhook_events WHERE webhook_id = $1",
        "DELETE FROM webhooks WHERE id = $1",
    ];
    for sql in STATEMENTS {
        on!(&mut *tx, conn => sqlx::query(sql)
            .bind(id.as_str())
            .execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Posts to an address again, and at once, what waits there.
pub async fn enable(tx: &mut Tx, id: &WebhookId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE webhooks SET failures = 0, failing_since = NULL, rests_until = 0, \
                       disabled_at = NULL, reason = NULL WHERE id = $1";
    const EVENTS: &str =
        "UPDATE webhook_events SET due_at = 0 WHERE webhook_id = $1 AND state = 'waiting'";
    for sql in [SQL, EVENTS] {
        on!(&mut *tx, conn => sqlx::query(sql)
            .bind(id.as_str())
            .execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Gives an address up. False when it was given up before.
pub async fn disable(
    tx: &mut Tx,
    id: &WebhookId,
    reason: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE webhooks SET disabled_at = $2, reason = $3 \
                       WHERE id = $1 AND disabled_at IS NULL";
    let disabled = on!(tx, conn => sqlx::query(SQL)
        .bind(id.as_str())
        .bind(now.as_millis())
        .bind(reason)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(disabled == 1)
}

/// Adds an event for one address.
pub async fn add_event(
    tx: &mut Tx,
    webhook: &WebhookId,
    (id, kind): (&str, EventKind),
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO webhook_events (id, webhook_id, kind, at, subject, state, \
                       attempt, due_at) VALUES ($1, $2, $3, $4, $2, 'waiting', 0, 0)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id)
        .bind(webhook.as_str())
        .bind(kind.name())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// The addresses for which something is due. Nothing is for a system whose keys were all
/// taken back or have run out.
pub async fn due(tx: &mut Tx, now: Timestamp) -> Result<Vec<Webhook>, StoreError> {
    const SQL: &str = select!(
        "WHERE disabled_at IS NULL AND rests_until <= $1 AND EXISTS (SELECT 1 \
         FROM webhook_events e WHERE e.webhook_id = webhooks.id AND e.state = 'waiting' \
         AND e.due_at <= $1 AND COALESCE(e.lease_until, 0) <= $1) \
         AND EXISTS (SELECT 1 FROM api_keys k WHERE k.client = webhooks.client \
         AND k.revoked_at IS NULL AND k.expires_at > $1) ORDER BY id"
    );
    let rows: Vec<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(now.as_millis()).fetch_all(conn).await)?;
    rows.into_iter().map(webhook).collect()
}

type EventRow = (
    String,
    String,
    i64,
    String,
    Option<String>,
    Option<String>,
    i64,
);

/// Takes events of an address, the first due first. They are this worker's until the lease
/// ends; each claim is an attempt.
pub async fn claim(
    tx: &mut Tx,
    webhook: &WebhookId,
    limit: usize,
    lease: Duration,
    now: Timestamp,
) -> Result<Vec<Event>, StoreError> {
    macro_rules! claim {
        ($lock:literal) => {
            concat!(
                "UPDATE webhook_events SET attempt = attempt + 1, lease_until = $3 WHERE id IN (",
                "SELECT id FROM webhook_events WHERE webhook_id = $1 AND state = 'waiting' ",
                "AND due_at <= $2 AND COALESCE(lease_until, 0) <= $2 ORDER BY due_at, at, id ",
                "LIMIT $4 ",
                $lock,
                ") RETURNING id, kind, at, subject, person_id, detail, attempt"
            )
        };
    }
    const SQLITE: &str = claim!("");
    const POSTGRES: &str = claim!("FOR UPDATE SKIP LOCKED");
    let sql = match tx {
        Tx::Sqlite(_) => SQLITE,
        Tx::Postgres(_) => POSTGRES,
    };
    let rows: Vec<EventRow> = on!(tx, conn => sqlx::query_as(sql)
        .bind(webhook.as_str())
        .bind(now.as_millis())
        .bind(now.plus(lease).as_millis())
        .bind(count(limit))
        .fetch_all(conn).await)?;
    rows.into_iter().map(event).collect()
}

fn event(row: EventRow) -> Result<Event, StoreError> {
    let (id, kind, at, subject, person, detail, attempt) = row;
    let known = EventKind::named(&kind);
    Ok(Event {
        id,
        kind: known.ok_or_else(|| decode("no such kind of event"))?,
        at: Timestamp::from_millis(at),
        subject,
        person,
        detail,
        attempt,
    })
}

/// Writes down what became of an attempt, unless a later one has begun. `status` is that of
/// the answer.
pub async fn settle(
    tx: &mut Tx,
    event: &Event,
    status: Option<u16>,
    posted: &Posted,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE webhook_events SET state = $3, due_at = COALESCE($4, due_at), \
        status = $5, reason = $6, lease_until = NULL \
        WHERE id = $1 AND attempt = $2 AND state = 'waiting'";
    let (state, due_at, reason) = match posted {
        Posted::Delivered => ("delivered", None, None),
        Posted::Again { at, reason } => ("waiting", Some(at.as_millis()), Some(reason.as_str())),
        Posted::GivenUp { reason } => ("failed", None, Some(reason.as_str())),
    };
    on!(tx, conn => sqlx::query(SQL)
        .bind(&event.id)
        .bind(event.attempt)
        .bind(state)
        .bind(due_at)
        .bind(status.map(i64::from))
        .bind(reason)
        .execute(conn).await.map(drop))
}

/// Something has got through.
pub async fn works(tx: &mut Tx, id: &WebhookId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE webhooks SET failures = 0, failing_since = NULL, rests_until = 0 \
                       WHERE id = $1 AND failures > 0";
    on!(tx, conn => sqlx::query(SQL).bind(id.as_str()).execute(conn).await.map(drop))
}

/// Something has not got through: the address rests. Of several that fail together, one
/// counts.
pub async fn rests(
    tx: &mut Tx,
    webhook: &Webhook,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE webhooks SET failures = failures + 1, \
        failing_since = COALESCE(failing_since, $3), rests_until = $4 \
        WHERE id = $1 AND failures = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(webhook.id.as_str())
        .bind(webhook.failures)
        .bind(now.as_millis())
        .bind(until.as_millis())
        .execute(conn).await.map(drop))
}
