//! USSD sessions: one row each, sealed, with a version that lets one turn in.

use crate::domain::Timestamp;

use super::{StoreError, Tx, traffic};

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

    /// The names, the last one last.
    #[must_use]
    pub fn screens(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split_whitespace()
    }
}

type Row = (String, i64, Vec<u8>, Option<Vec<u8>>, i64, String);

fn session((id, version, sealed, line, last_hop_at, shown): Row) -> (String, SessionRow) {
    let row = SessionRow {
        version,
        sealed,
        line,
        last_hop_at: Timestamp::from_millis(last_hop_at),
        shown: Shown(shown),
    };
    (id, row)
}

/// The session of that id on that channel.
pub async fn find(tx: &mut Tx, channel: &str, id: &str) -> Result<Option<SessionRow>, StoreError> {
    const SQL: &str = "SELECT id, version, sealed, line, last_hop_at, shown FROM sessions \
                       WHERE channel = $1 AND id = $2";
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
    const SQL: &str = "SELECT id, version, sealed, line, last_hop_at, shown FROM sessions \
                       WHERE channel = $1 AND line = $2 ORDER BY last_hop_at DESC, id LIMIT 1";
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
pub async fn keep(
    tx: &mut Tx,
    channel: &str,
    id: &str,
    row: &SessionRow,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO sessions \
        (channel, id, version, sealed, line, last_hop_at, expires_at, shown) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
        ON CONFLICT (channel, id) DO UPDATE SET version = excluded.version, \
        sealed = excluded.sealed, line = excluded.line, last_hop_at = excluded.last_hop_at, \
        expires_at = excluded.expires_at, shown = excluded.shown \
        WHERE sessions.version = excluded.version - 1 AND excluded.version > 1";
    let kept = on!(tx, conn => sqlx::query(SQL)
        .bind(channel)
        .bind(id)
        .bind(row.version)
        .bind(&row.sealed)
        .bind(row.line.as_deref())
        .bind(row.last_hop_at.as_millis())
        .bind(expires_at.as_millis())
        .bind(&row.shown.0)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(kept == 1)
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
