//! What was asked and told of the SIM cards behind lines.

use std::time::Duration;

use crate::domain::{CardSwap, Msisdn, Timestamp};

use super::tx::{count, decode};
use super::{StoreError, Tx};

/// What is known of the card behind a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimCheck {
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// What was told; nothing yet where none.
    pub told: Option<CardSwap>,
}

/// A question that one worker has in hand.
#[derive(Debug, Clone)]
pub struct Question {
    /// About which line.
    pub line: Msisdn,
    /// Through which channel.
    pub channel: String,
}

/// What became of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked<'a> {
    /// The verdict will come under this reference.
    Reference(&'a str),
    /// None will come.
    Untold,
}

/// What is known of the card behind a line; none where nobody has asked.
pub async fn of(tx: &mut Tx, line: &Msisdn) -> Result<Option<SimCheck>, StoreError> {
    const SQL: &str = "SELECT sim_checks.asked_at, sim_checks.state, sim_verdicts.swap \
        FROM sim_checks LEFT JOIN sim_verdicts ON sim_verdicts.channel = sim_checks.channel \
        AND sim_verdicts.reference = sim_checks.reference WHERE sim_checks.msisdn = $1";
    let row: Option<(i64, String, Option<String>)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(line.as_str())
        .fetch_optional(conn).await)?;
    let Some((asked_at, state, swap)) = row else {
        return Ok(None);
    };
    let told = match swap {
        Some(swap) => Some(swap_of(&swap)?),
        None if state == "untold" => Some(CardSwap::Untold),
        None => None,
    };
    let asked_at = Timestamp::from_millis(asked_at);
    Ok(Some(SimCheck { asked_at, told }))
}

/// Asks about the card behind a line: a worker takes it from here.
pub async fn ask(
    tx: &mut Tx,
    line: &Msisdn,
    channel: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO sim_checks (msisdn, channel, state, asked_at) \
        VALUES ($1, $2, 'due', $3) ON CONFLICT (msisdn) DO UPDATE SET channel = $2, \
        state = 'due', reference = NULL, asked_at = $3";
    on!(tx, conn => sqlx::query(SQL)
        .bind(line.as_str())
        .bind(channel)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Takes questions that are due. Each is asked once: it costs money, and one that is lost
/// is asked anew when its time is over.
pub async fn claim(tx: &mut Tx, limit: usize) -> Result<Vec<Question>, StoreError> {
    // The outer condition keeps a second worker from what the first has just taken.
    const SQL: &str = "UPDATE sim_checks SET state = 'asking' WHERE state = 'due' AND msisdn IN \
        (SELECT msisdn FROM sim_checks WHERE state = 'due' ORDER BY asked_at LIMIT $1) \
        RETURNING msisdn, channel";
    let rows: Vec<(String, String)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(count(limit))
        .fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(line, channel)| {
            let line = Msisdn::parse(&line).map_err(decode)?;
            Ok(Question { line, channel })
        })
        .collect()
}

/// Writes down what became of asking.
pub async fn settle(tx: &mut Tx, line: &Msisdn, asked: Asked<'_>) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE sim_checks SET state = $2, reference = $3 \
                       WHERE msisdn = $1 AND state = 'asking'";
    let (state, reference) = match asked {
        Asked::Reference(reference) => ("asked", Some(reference)),
        Asked::Untold => ("untold", None),
    };
    on!(tx, conn => sqlx::query(SQL)
        .bind(line.as_str())
        .bind(state)
        .bind(reference)
        .execute(conn).await.map(drop))
}

/// Keeps a verdict; the first one under a reference counts.
pub async fn keep_verdict(
    tx: &mut Tx,
    channel: &str,
    reference: &str,
    swap: CardSwap,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO sim_verdicts (channel, reference, swap, told_at) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (channel, reference) DO NOTHING";
    on!(tx, conn => sqlx::query(SQL)
        .bind(channel)
        .bind(reference)
        .bind(word_of(swap))
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Forgets what was asked and told that long ago.
pub async fn forget(tx: &mut Tx, after: Duration, now: Timestamp) -> Result<(), StoreError> {
    const CHECKS: &str = "DELETE FROM sim_checks WHERE asked_at < $1";
    const VERDICTS: &str = "DELETE FROM sim_verdicts WHERE told_at < $1";
    let before = now.minus(after).as_millis();
    for sql in [CHECKS, VERDICTS] {
        on!(&mut *tx, conn => sqlx::query(sql).bind(before).execute(conn).await.map(drop))?;
    }
    Ok(())
}

fn word_of(swap: CardSwap) -> String {
    match swap {
        CardSwap::Never => "never".into(),
        CardSwap::On(day) => day.to_string(),
        CardSwap::Untold => "untold".into(),
    }
}

fn swap_of(word: &str) -> Result<CardSwap, StoreError> {
    Ok(match word {
        "never" => CardSwap::Never,
        "untold" => CardSwap::Untold,
        day => CardSwap::On(day.parse().map_err(decode)?),
    })
}
