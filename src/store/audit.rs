//! Who did what to whose record, when, by which way. Rows are only ever added; soon after,
//! each is chained to the one before.

use crate::domain::{PersonId, Timestamp};

use super::rows::Rows;
use super::tx::{count as limit_of, decode, in_time};
use super::{StoreError, Tx};

/// One entry.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Who acted: a person's id, or what else acts.
    pub actor: &'a str,
    /// Whose record.
    pub subject: Option<&'a PersonId>,
    /// What was done, such as `password.reset`.
    pub what: &'a str,
    /// By which way, such as `ussd`.
    pub way: &'a str,
    /// More of it; never a secret.
    pub detail: Option<String>,
}

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who acted.
    pub actor: String,
    /// Whose record.
    pub subject: Option<String>,
    /// What was done.
    pub what: String,
    /// By which way.
    pub way: String,
    /// More of it.
    pub detail: Option<String>,
    /// Its place in the chain; None until it is chained.
    pub number: Option<i64>,
    /// Its link.
    pub hash: Option<Vec<u8>>,
}

/// The last link of the chain, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The number of the last entry.
    pub number: i64,
    /// Its link.
    pub hash: [u8; 32],
}

/// Which entries are wanted; what is left out sets no limit.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// By whom.
    pub actor: Option<String>,
    /// About whose record.
    pub subject: Option<String>,
    /// What was done begins so.
    pub what: Option<String>,
    /// Not before that moment.
    pub since: Option<Timestamp>,
    /// Before that moment.
    pub until: Option<Timestamp>,
    /// Older than the entry of that time and id.
    pub before: Option<(Timestamp, String)>,
}

type Row = (
    String,
    i64,
    String,
    Option<String>,
    String,
    String,
    Option<String>,
    Option<i64>,
    Option<Vec<u8>>,
);

fn kept(row: Row) -> Kept {
    let (id, at, actor, subject, what, way, detail, number, hash) = row;
    Kept {
        id,
        at: Timestamp::from_millis(at),
        actor,
        subject,
        what,
        way,
        detail,
        number,
        hash,
    }
}

/// The columns of an entry, in the order of [`Row`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, at, actor, subject, what, way, detail, number, hash FROM audit ",
            $rest
        )
    };
}

/// The newest entries of which that holds.
macro_rules! newest {
    ($which:literal) => {
        concat!(
            "SELECT id, at, actor, subject, what, way, detail, number, hash FROM audit WHERE ",
            $which,
            " AND SUBSTR(what, 1, LENGTH($3)) = $3 AND at >= $4 AND at < $5 AND (at, id) < ($6, $7) ",
            "ORDER BY at DESC, id DESC LIMIT $8"
        )
    };
}

/// Adds an entry.
pub async fn add(tx: &mut Tx, entry: &Entry<'_>, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO audit (id, at, actor, subject, what, way, detail) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(uuid::Uuid::now_v7().to_string())
        .bind(now.as_millis())
        .bind(entry.actor)
        .bind(entry.subject.map(PersonId::as_str))
        .bind(entry.what)
        .bind(entry.way)
        .bind(entry.detail.as_deref())
        .execute(conn).await.map(drop))
}

/// Adds the entry once more for each of these people.
pub async fn add_about(
    tx: &mut Tx,
    entry: &Entry<'_>,
    people: &[&PersonId],
    now: Timestamp,
) -> Result<(), StoreError> {
    const HEAD: &str = "INSERT INTO audit (id, at, actor, subject, what, way, detail) \
                        SELECT r.id, $1, $2, r.subject, $3, $4, $5 FROM ";
    let mut people = people.to_vec();
    people.sort_unstable();
    people.dedup();
    if people.is_empty() {
        return Ok(());
    }
    Rows::of(&people)
        .with_number(now.as_millis())
        .with_text(entry.actor)
        .with_text(entry.what)
        .with_text(entry.way)
        .with_text(entry.detail.as_deref())
        .made_text("id", |_| Some(uuid::Uuid::now_v7().to_string()))
        .text("subject", |person| person.as_str())
        .execute(tx, HEAD, "")
        .await
        .map(drop)
}

/// What was done to anybody's record, oldest first, from the given entry on.
pub async fn whats(tx: &mut Tx, offset: usize) -> Result<Vec<String>, StoreError> {
    const SQL: &str = "SELECT what FROM audit ORDER BY id LIMIT 1000 OFFSET $1";
    on!(tx, conn => sqlx::query_scalar(SQL).bind(limit_of(offset)).fetch_all(conn).await)
}

/// How often something was done to a record since then.
pub async fn count(
    tx: &mut Tx,
    subject: &PersonId,
    what: &str,
    since: Timestamp,
) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM audit WHERE subject = $1 AND what = $2 AND at >= $3";
    on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(subject.as_str())
        .bind(what)
        .bind(since.as_millis())
        .fetch_one(conn).await)
}

/// The newest entries that are wanted, no more than `limit`.
pub async fn newest(tx: &mut Tx, wanted: &Wanted, limit: usize) -> Result<Vec<Kept>, StoreError> {
    // One text for all would go through every entry: no index fits "this or any".
    const ALL: &str = newest!("$1 = $1 AND $2 = $2");
    const BY_ACTOR: &str = newest!("actor = $1 AND $2 = $2");
    const BY_SUBJECT: &str = newest!("($1 = '' OR actor = $1) AND subject = $2");
    let sql = match (&wanted.actor, &wanted.subject) {
        (_, Some(_)) => BY_SUBJECT,
        (Some(_), None) => BY_ACTOR,
        (None, None) => ALL,
    };
    let until = wanted.until.map_or(i64::MAX, Timestamp::as_millis);
    let (before, id) = match &wanted.before {
        Some((at, id)) => (at.as_millis(), id.as_str()),
        None => (i64::MAX, ""),
    };
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(sql)
        .bind(wanted.actor.as_deref().unwrap_or_default())
        .bind(wanted.subject.as_deref().unwrap_or_default())
        .bind(wanted.what.as_deref().unwrap_or_default())
        .bind(wanted.since.map_or(i64::MIN, Timestamp::as_millis))
        .bind(until)
        .bind(before)
        .bind(id)
        .bind(limit_of(limit))
        .fetch_all(conn).await)?;
    Ok(rows.into_iter().map(kept).collect())
}

/// The entries of the chain after that number, in its order.
pub async fn chained(tx: &mut Tx, after: i64, limit: usize) -> Result<Vec<Kept>, StoreError> {
    const SQL: &str = select!("WHERE number > $1 ORDER BY number LIMIT $2");
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(after)
        .bind(limit_of(limit))
        .fetch_all(conn).await)?;
    Ok(rows.into_iter().map(kept).collect())
}

/// Entries that wait to be chained, the oldest first.
pub async fn unchained(tx: &mut Tx, limit: usize) -> Result<Vec<Kept>, StoreError> {
    const SQL: &str = select!("WHERE number IS NULL ORDER BY id LIMIT $1");
    let rows: Vec<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(limit_of(limit)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(kept).collect())
}

/// Whether the database itself still refuses to change or erase an entry.
pub async fn is_guarded(tx: &mut Tx) -> Result<bool, StoreError> {
    const SQLITE: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' \
        AND name IN ('audit_is_added', 'audit_is_kept', 'audit_is_never_erased', \
            'audit_head_moves_on', 'audit_head_is_one', 'audit_head_stays')";
    // One that is disabled does not count.
    const POSTGRES: &str = "SELECT COUNT(*) FROM pg_trigger WHERE tgenabled = 'O' \
        AND tgrelid IN ('audit'::regclass, 'audit_head'::regclass) \
        AND tgname IN ('audit_is_added', 'audit_is_kept', 'audit_is_never_erased', \
            'audit_head_moves_on', 'audit_head_is_one', 'audit_head_stays')";
    const GUARDS: i64 = 6;
    let sql = match tx {
        Tx::Sqlite(_) => SQLITE,
        Tx::Postgres(_) => POSTGRES,
    };
    let guards: i64 = on!(tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await)?;
    Ok(guards == GUARDS)
}

/// How many entries wait to be chained.
pub async fn waiting(tx: &mut Tx) -> Result<u64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM audit WHERE number IS NULL";
    let waiting: i64 = on!(tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await)?;
    Ok(waiting.unsigned_abs())
}

/// The last link.
pub async fn head(tx: &mut Tx) -> Result<Option<Head>, StoreError> {
    const SQL: &str = "SELECT number, hash FROM audit_head";
    let row: Option<(i64, Vec<u8>)> =
        on!(tx, conn => sqlx::query_as(SQL).fetch_optional(conn).await)?;
    row.map(as_head).transpose()
}

/// The last entry that was forgotten, where the chain that is left begins.
pub async fn gone(tx: &mut Tx) -> Result<Head, StoreError> {
    const SQL: &str = "SELECT gone_number, gone_hash FROM audit_head";
    let row: Option<(i64, Option<Vec<u8>>)> =
        on!(tx, conn => sqlx::query_as(SQL).fetch_optional(conn).await)?;
    let (number, hash) = row.unwrap_or_default();
    as_head((number, hash.unwrap_or_else(|| vec![0; 32])))
}

/// Forgets the entries of the chain up to one, and keeps where it begins then.
pub async fn forget(tx: &mut Tx, last: &Head) -> Result<(), StoreError> {
    const ENTRIES: &str = "DELETE FROM audit WHERE number <= $1";
    const BEGIN: &str = "UPDATE audit_head SET gone_number = $1, gone_hash = $2";
    // First: a trigger lets nothing go that lies behind the beginning.
    on!(&mut *tx, conn => sqlx::query(BEGIN)
        .bind(last.number)
        .bind(last.hash.as_slice())
        .execute(conn).await.map(drop))?;
    on!(tx, conn => sqlx::query(ENTRIES).bind(last.number).execute(conn).await.map(drop))
}

/// The last link, held until this unit of work is done, so that all processes make one
/// chain. On SQLite the unit of work itself does that.
pub async fn hold_head(tx: &mut Tx) -> Result<Option<Head>, StoreError> {
    const POSTGRES: &str = "SELECT one FROM audit_head FOR UPDATE";
    if let Tx::Postgres(tx) = tx {
        in_time(sqlx::query(POSTGRES).execute(tx.open().await?)).await?;
    }
    head(tx).await
}

fn as_head((number, hash): (i64, Vec<u8>)) -> Result<Head, StoreError> {
    let hash = hash.try_into();
    let hash = hash.map_err(|_| decode("the head of the audit log is no hash"))?;
    Ok(Head { number, hash })
}

/// Gives an entry its place in the chain.
pub async fn set_link(tx: &mut Tx, id: &str, head: &Head) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE audit SET number = $2, hash = $3 WHERE id = $1 AND number IS NULL";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id)
        .bind(head.number)
        .bind(head.hash.as_slice())
        .execute(conn).await.map(drop))
}

/// Keeps the last link.
pub async fn set_head(tx: &mut Tx, head: &Head) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE audit_head SET number = $1, hash = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(head.number)
        .bind(head.hash.as_slice())
        .execute(conn).await.map(drop))
}
