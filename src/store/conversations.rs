//! Sessions that are over: which screens were shown and how they ended. The line is a keyed
//! fingerprint, so the table does not tell who read what.

use crate::domain::{Ending, Timestamp};

use super::rows::Rows;
use super::tx::{count, decode};
use super::{StoreError, Tx};

/// A session, or the part of it that one process has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Through which channel.
    pub channel: String,
    /// The aggregator's id of it.
    pub id: String,
    /// The fingerprint of its line.
    pub line: [u8; 32],
    /// When the first hop was.
    pub began_at: Timestamp,
    /// When the last one was.
    pub last_at: Timestamp,
    /// How many there were.
    pub hops: i64,
    /// The screens that were shown.
    pub screens: Screens,
    /// How it ended.
    pub ending: Ending,
}

/// The names of screens in the order in which they were shown, none twice in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Screens(String);

impl Screens {
    /// The most screens; beyond, the first ones are forgotten.
    const LONGEST: usize = 64;

    /// One more was shown.
    pub fn add(&mut self, screen: &str) {
        if self.last() == screen {
            return;
        }
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        self.0.push_str(screen);
        if self.0.split(' ').count() > Self::LONGEST
            && let Some((first, _)) = self.0.split_once(' ')
        {
            self.0.drain(..=first.len());
        }
    }

    /// The one that was shown last, or nothing.
    #[must_use]
    pub fn last(&self) -> &str {
        self.0.rsplit(' ').next().unwrap_or_default()
    }
}

/// Puts two parts of a session together that two processes have seen; the later one knows how it
/// ended.
macro_rules! merge {
    () => {
        "ON CONFLICT (channel, id) DO UPDATE SET \
        hops = conversations.hops + excluded.hops, \
        began_at = CASE WHEN excluded.began_at < conversations.began_at \
            THEN excluded.began_at ELSE conversations.began_at END, \
        screens = CASE WHEN excluded.last_at < conversations.last_at \
            THEN excluded.screens || ' ' || conversations.screens \
            ELSE conversations.screens || ' ' || excluded.screens END, \
        last = CASE WHEN excluded.last_at < conversations.last_at \
            THEN conversations.last ELSE excluded.last END, \
        ending = CASE WHEN excluded.last_at < conversations.last_at \
            THEN conversations.ending ELSE excluded.ending END, \
        last_at = CASE WHEN excluded.last_at < conversations.last_at \
            THEN conversations.last_at ELSE excluded.last_at END"
    };
}

/// Keeps sessions, each once in the list.
pub async fn keep(tx: &mut Tx, conversations: &[Conversation]) -> Result<(), StoreError> {
    const HEAD: &str = "INSERT INTO conversations \
        (channel, id, line, began_at, last_at, hops, screens, last, ending) \
        SELECT r.channel, r.id, r.line, r.began_at, r.last_at, r.hops, r.screens, r.last, \
        r.ending FROM ";
    // In one order, so that no two processes wait for each other.
    const TAIL: &str = concat!(" WHERE TRUE ORDER BY r.channel, r.id ", merge!());
    Rows::of(conversations)
        .text("channel", |one| one.channel.as_str())
        .text("id", |one| one.id.as_str())
        .bytes("line", |one| &one.line[..])
        .number("began_at", |one| one.began_at.as_millis())
        .number("last_at", |one| one.last_at.as_millis())
        .number("hops", |one| one.hops)
        .text("screens", |one| one.screens.0.as_str())
        .text("last", |one| one.screens.last())
        .text("ending", |one| one.ending.name())
        .execute(tx, HEAD, TAIL)
        .await
        .map(drop)
}

/// Notes how a session ended that is kept already.
pub async fn ended(tx: &mut Tx, channel: &str, id: &str, ending: Ending) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE conversations SET ending = $3 WHERE channel = $1 AND id = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(channel)
        .bind(id)
        .bind(ending.name())
        .execute(conn).await.map(drop))
}

/// A session as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Through which channel.
    pub channel: String,
    /// When the first hop was.
    pub began_at: Timestamp,
    /// When the last one was.
    pub last_at: Timestamp,
    /// The names of the screens in their order.
    pub screens: String,
    /// How it ended.
    pub ending: Ending,
}

impl From<Conversation> for Told {
    fn from(seen: Conversation) -> Self {
        Self {
            screens: seen.screens.0,
            channel: seen.channel,
            began_at: seen.began_at,
            last_at: seen.last_at,
            ending: seen.ending,
        }
    }
}

/// Erases the sessions of a line, by its fingerprint.
pub async fn erase_of(tx: &mut Tx, line: &[u8]) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM conversations WHERE line = $1";
    on!(tx, conn => sqlx::query(SQL).bind(line).execute(conn).await.map(drop))
}

/// The newest sessions of a line, by its fingerprint.
pub async fn of_line(tx: &mut Tx, line: &[u8], limit: usize) -> Result<Vec<Told>, StoreError> {
    const SQL: &str = "SELECT channel, began_at, last_at, screens, ending FROM conversations \
                       WHERE line = $1 ORDER BY last_at DESC, id LIMIT $2";
    let rows: Vec<(String, i64, i64, String, String)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(line)
        .bind(count(limit))
        .fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(channel, began_at, last_at, screens, ending)| {
            Ok(Told {
                channel,
                began_at: Timestamp::from_millis(began_at),
                last_at: Timestamp::from_millis(last_at),
                screens,
                ending: Ending::parse(&ending).map_err(decode)?,
            })
        })
        .collect()
}

/// How many are over whose last hop was since then.
pub async fn count_since(tx: &mut Tx, since: Timestamp) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM conversations WHERE last_at >= $1";
    on!(tx, conn => sqlx::query_scalar(SQL).bind(since.as_millis()).fetch_one(conn).await)
}

/// How many sessions since then ended so at each screen.
pub async fn endings(
    tx: &mut Tx,
    since: Timestamp,
) -> Result<Vec<(String, Ending, u64)>, StoreError> {
    const SQL: &str = "SELECT last, ending, COUNT(*) FROM conversations WHERE last_at >= $1 \
                       GROUP BY last, ending ORDER BY last, ending";
    let rows: Vec<(String, String, i64)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(since.as_millis()).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(screen, ending, sessions)| {
            let ending = Ending::parse(&ending).map_err(decode)?;
            Ok((screen, ending, sessions.unsigned_abs()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_screens_are_named_none_twice_in_a_row() {
        let mut screens = Screens::default();
        assert_eq!(screens.last(), "");
        for screen in ["home", "home", "list", "home"] {
            screens.add(screen);
        }
        assert_eq!(
            (screens.0.as_str(), screens.last()),
            ("home list home", "home")
        );
        for number in 0..100 {
            screens.add(&format!("s{number}"));
        }
        let names: Vec<_> = screens.0.split(' ').collect();
        assert_eq!((names.len(), names[0], screens.last()), (64, "s36", "s99"));
    }
}
