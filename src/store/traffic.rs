//! How many sessions went through each screen. No turn writes here: a row that every
//! session raised would let one at a time in.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::Timestamp;

use super::sessions::Shown;
use super::{StoreError, Tx};

/// What went on at a screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many sessions showed it.
    pub sessions: u64,
    /// How many showed nothing after it.
    pub ended: u64,
}

/// What went on, by the name of the screen.
pub type Traffic = BTreeMap<String, Tally>;

/// Adds up sessions that are forgotten, under the day in Kenya on which they expired.
pub(super) async fn add_up(tx: &mut Tx, gone: &[(Shown, Timestamp)]) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO traffic (day, screen, sessions, ended) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (day, screen) DO UPDATE SET sessions = traffic.sessions + excluded.sessions, \
        ended = traffic.ended + excluded.ended";
    // In the same order in every process, so that no two wait for each other.
    let mut days: BTreeMap<Date, Traffic> = BTreeMap::new();
    for (shown, at) in gone {
        tally(days.entry(at.date_in_kenya()).or_default(), shown);
    }
    for (day, traffic) in days {
        for (screen, tally) in traffic {
            on!(&mut *tx, conn => sqlx::query(SQL)
                .bind(day.to_string())
                .bind(&screen)
                .bind(signed(tally.sessions))
                .bind(signed(tally.ended))
                .execute(conn).await.map(drop))?;
        }
    }
    Ok(())
}

/// What went on from a day on, sessions that are still remembered included.
pub async fn since(tx: &mut Tx, day: Option<Date>) -> Result<Traffic, StoreError> {
    const KEPT: &str = "SELECT screen, CAST(SUM(sessions) AS BIGINT), CAST(SUM(ended) AS BIGINT) \
        FROM traffic WHERE day >= $1 GROUP BY screen";
    const LIVE: &str = "SELECT shown FROM sessions";
    let day = day.map_or_else(String::new, |day| day.to_string());
    let kept: Vec<(String, i64, i64)> =
        on!(&mut *tx, conn => sqlx::query_as(KEPT).bind(&day).fetch_all(conn).await)?;
    let live: Vec<String> = on!(&mut *tx, conn => sqlx::query_scalar(LIVE).fetch_all(conn).await)?;
    let mut traffic: Traffic = kept
        .into_iter()
        .map(|(screen, sessions, ended)| {
            let tally = Tally {
                sessions: sessions.unsigned_abs(),
                ended: ended.unsigned_abs(),
            };
            (screen, tally)
        })
        .collect();
    for shown in live {
        tally(&mut traffic, &Shown(shown));
    }
    Ok(traffic)
}

fn tally(traffic: &mut Traffic, shown: &Shown) {
    for screen in shown.screens() {
        traffic.entry(screen.to_owned()).or_default().sessions += 1;
    }
    if let Some(last) = shown.screens().next_back() {
        traffic.entry(last.to_owned()).or_default().ended += 1;
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
