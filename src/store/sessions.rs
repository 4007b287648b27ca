//! USSD sessions: one row each, sealed, with a version that lets one turn in.

use std::collections::BTreeMap;

use sqlx::Sqlite;

use crate::domain::Timestamp;

use super::tx::{Held, as_json, in_time};
use super::{PgTx, StoreError, Tx, traffic};

/// A session as it is kept.
#[derive(Clone)]
pub struct SessionRow {
    /// How many turns it has taken; 0 before the first.
    pub version: i64,
    /// Where it stands and what it answered, sealed.
    pub sealed: Vec<u8>,
    /// The fingerprint of its line and code, while another session may go on from it.
    pub line: Option<Vec<u8>>,
    /// When it took its last turn.
    pub last_hop_at: Timestamp,
    /// When it is forgotten.
    pub expires_at: Timestamp,
    /// The screens it has shown.
    pub shown: Shown,
}

/// The names of the screens that a session has shown, each once, the last one last:
/// labels, nothing personal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown(pub(super) String);

impl Shown {
    /// The same after one more screen.
    #[must_use]
    pub fn then(&self, screen: &str) -> Self {
        let earlier = self.screens().filter(|name| *name != screen);
        Self(earlier.chain([screen]).collect::<Vec<_>>().join(" "))
    }

    /// How much memory the names take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.len()
    }

    /// The names, the last one last.
    #[must_use]
    pub fn screens(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split_whitespace()
    }
}

/// A turn to be kept: the row that it leaves, and of which session.
pub struct NewTurn {
    /// The session's channel.
    pub channel: String,
    /// Its id there.
    pub id: String,
    /// What it is from now on, under the version after the one that the turn began with.
    pub row: SessionRow,
}

impl NewTurn {
    fn session(&self) -> (&str, &str) {
        (&self.channel, &self.id)
    }
}

type Row = (String, i64, Vec<u8>, Option<Vec<u8>>, i64, i64, String);

fn session(
    (id, version, sealed, line, last_hop_at, expires_at, shown): Row,
) -> (String, SessionRow) {
    let row = SessionRow {
        version,
        sealed,
        line,
        last_hop_at: Timestamp::from_millis(last_hop_at),
        expires_at: Timestamp::from_millis(expires_at),
        shown: Shown(shown),
    };
    (id, row)
}

/// The columns of a session.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, version, sealed, line, last_hop_at, expires_at, shown FROM sessions ",
            $rest
        )
    };
}

/// The session of that id on that channel.
pub async fn find(tx: &mut Tx, channel: &str, id: &str) -> Result<Option<SessionRow>, StoreError> {
    const SQL: &str = select!("WHERE channel = $1 AND id = $2");
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(channel).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(|row| session(row).1))
}

/// The newest session of that line which another may go on from, with its id.
pub async fn left_by(
    tx: &mut Tx,
    channel: &str,
    line: &[u8],
) -> Result<Option<(String, SessionRow)>, StoreError> {
    const SQL: &str =
        select!("WHERE channel = $1 AND line = $2 ORDER BY last_hop_at DESC, id LIMIT 1");
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(channel).bind(line).fetch_optional(conn).await)?;
    Ok(row.map(session))
}

/// How many sessions are remembered at least until then: those that had a hop lately.
pub async fn remembered_until(tx: &mut Tx, then: Timestamp) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM sessions WHERE expires_at >= $1";
    on!(tx, conn => sqlx::query_scalar(SQL).bind(then.as_millis()).fetch_one(conn).await)
}

/// No session goes on from any earlier one of that line.
pub async fn leave(tx: &mut Tx, channel: &str, line: &[u8]) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE sessions SET line = NULL WHERE channel = $1 AND line = $2";
    on!(tx, conn => sqlx::query(SQL).bind(channel).bind(line).execute(conn).await.map(drop))
}

/// Keeps a turn that was taken from version `row.version - 1`. False when another
/// turn was kept first: then nothing has changed.
pub async fn keep(tx: &mut Tx, turn: &NewTurn) -> Result<bool, StoreError> {
    Ok(!write(tx, &[turn]).await?.is_empty())
}

/// Keeps turns in one statement: all share one flush of the disk. Says of each whether it was
/// kept, as [`keep`] does; of several turns of one session the first may be.
pub async fn keep_together(tx: &mut Tx, turns: &[NewTurn]) -> Result<Vec<bool>, StoreError> {
    let mut of_session = BTreeMap::new();
    for (number, turn) in turns.iter().enumerate() {
        of_session.entry(turn.session()).or_insert(number);
    }
    // In the order of their sessions, so that no two processes wait for each other.
    let first: Vec<_> = of_session.values().map(|number| &turns[*number]).collect();
    let written = write(tx, &first).await?;
    let mut kept = vec![false; turns.len()];
    for (channel, id) in &written {
        if let Some(number) = of_session.get(&(channel.as_str(), id.as_str())) {
            kept[*number] = true;
        }
    }
    Ok(kept)
}

macro_rules! keep {
    ($rows:literal) => {
        concat!(
            "INSERT INTO sessions (channel, id, version, sealed, line, last_hop_at, expires_at, ",
            "shown) SELECT ",
            $rows,
            " WHERE TRUE ON CONFLICT (channel, id) DO UPDATE SET version = excluded.version, ",
            "sealed = excluded.sealed, line = excluded.line, last_hop_at = excluded.last_hop_at, ",
            "expires_at = excluded.expires_at, shown = excluded.shown ",
            "WHERE sessions.version = excluded.version - 1 AND excluded.version > 1 ",
            "RETURNING channel, id"
        )
    };
}

/// Says whose turns were kept.
async fn write(tx: &mut Tx, turns: &[&NewTurn]) -> Result<Vec<(String, String)>, StoreError> {
    match tx {
        Tx::Sqlite(held) => write_as_json(held, turns).await,
        Tx::Postgres(held) => write_as_arrays(held, turns).await,
    }
}

/// All bytes travel as one value, and the rows say which part of it is theirs.
async fn write_as_json(
    held: &mut Held<Sqlite>,
    turns: &[&NewTurn],
) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: &str = keep!(
        "value ->> 0, value ->> 1, value ->> 2, substr($2, value ->> 3, value ->> 4), \
         substr($2, value ->> 5, value ->> 6), value ->> 7, value ->> 8, value ->> 9 \
         FROM json_each($1)"
    );
    let mut bytes = Vec::new();
    let mut place = |part: &[u8]| {
        // SQLite counts from one.
        let at = bytes.len() + 1;
        bytes.extend_from_slice(part);
        (at, part.len())
    };
    let rows = turns.iter().map(|turn| {
        let NewTurn { channel, id, row } = turn;
        let (at, length) = place(&row.sealed);
        let (line_at, line_length) = row.line.as_deref().map(&mut place).unzip();
        let (last_hop_at, expires_at) = (row.last_hop_at.as_millis(), row.expires_at.as_millis());
        let (version, shown) = (row.version, &row.shown.0);
        (
            channel,
            id,
            version,
            at,
            length,
            line_at,
            line_length,
            last_hop_at,
            expires_at,
            shown,
        )
    });
    let rows = as_json(rows)?;
    let query = sqlx::query_as(SQL).bind(rows).bind(bytes);
    in_time(query.fetch_all(held.open().await?)).await
}

async fn write_as_arrays(
    held: &mut PgTx,
    turns: &[&NewTurn],
) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: &str = keep!(
        "* FROM UNNEST($1::text[], $2::text[], $3::bigint[], $4::bytea[], $5::bytea[], \
         $6::bigint[], $7::bigint[], $8::text[])"
    );
    fn column<'a, T>(turns: &[&'a NewTurn], cell: impl Fn(&'a NewTurn) -> T) -> Vec<T> {
        turns.iter().copied().map(cell).collect()
    }
    let query = sqlx::query_as(SQL)
        .bind(column(turns, |turn| turn.channel.as_str()))
        .bind(column(turns, |turn| turn.id.as_str()))
        .bind(column(turns, |turn| turn.row.version))
        .bind(column(turns, |turn| turn.row.sealed.as_slice()))
        .bind(column(turns, |turn| turn.row.line.as_deref()))
        .bind(column(turns, |turn| turn.row.last_hop_at.as_millis()))
        .bind(column(turns, |turn| turn.row.expires_at.as_millis()))
        .bind(column(turns, |turn| turn.row.shown.0.as_str()));
    in_time(query.fetch_all(held.open().await?)).await
}

/// Forgets up to so many sessions that ended before `now`, and adds them up in the
/// traffic; says how many.
pub async fn forget_expired(tx: &mut Tx, now: Timestamp, most: usize) -> Result<usize, StoreError> {
    // The outer condition is for PostgreSQL: a session may go on while its row is waited for.
    const SQL: &str = "DELETE FROM sessions WHERE expires_at < $1 AND (channel, id) IN \
        (SELECT channel, id FROM sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT $2) \
        RETURNING shown, expires_at";
    let gone: Vec<(String, i64)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(now.as_millis())
        .bind(super::tx::count(most))
        .fetch_all(conn).await)?;
    let gone = gone
        .into_iter()
        .map(|(shown, at)| (Shown(shown), Timestamp::from_millis(at)));
    let gone: Vec<_> = gone.collect();
    traffic::add_up(tx, &gone).await?;
    Ok(gone.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_that_is_shown_again_moves_to_the_end() {
        let shown = Shown::default().then("home").then("mine").then("home");
        assert_eq!(shown.screens().collect::<Vec<_>>(), ["mine", "home"]);
    }
}
