//! Forgetting what was kept long enough, a bite at a time: nobody waits for it.

use jiff::civil::Date;

use crate::domain::Timestamp;

use super::tx::count;
use super::{StoreError, Tx};

/// What is forgotten by age: one statement each, that takes rows from before `$1` away, no
/// more than `$2`.
#[derive(Debug, Clone, Copy)]
pub struct Stale {
    /// What it is called in logs.
    pub name: &'static str,
    /// Which setting says how old it may get.
    pub setting: &'static str,
    sql: &'static str,
    is_by_day: bool,
}

macro_rules! stale {
    ($name:literal, $setting:literal, $sql:expr) => {
        Stale {
            name: $name,
            setting: $setting,
            sql: $sql,
            is_by_day: false,
        }
    };
}

macro_rules! stale_by_day {
    ($name:literal, $setting:literal, $sql:expr) => {
        Stale {
            is_by_day: true,
            ..stale!($name, $setting, $sql)
        }
    };
}

/// Imports that are over; what hangs on one goes before it.
macro_rules! imports_before {
    () => {
        "(SELECT id FROM imports WHERE state IN ('done', 'dropped') AND updated_at < $1)"
    };
}

/// A line that nobody in the register holds.
macro_rules! of_nobody {
    ($table:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM people WHERE people.msisdn = ",
            $table,
            ".msisdn)"
        )
    };
}

/// Everything that is forgotten by age, what hangs on something before that.
pub const STALE: [Stale; 19] = [
    stale!(
        "messages",
        "messages_days",
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE created_at < $1 \
         AND state NOT IN ('queued', 'sending') LIMIT $2)"
    ),
    stale!(
        "incoming SMS",
        "incoming_days",
        "DELETE FROM inbound WHERE (channel, id) IN (SELECT channel, id FROM inbound \
         WHERE received_at < $1 AND handled_at IS NOT NULL LIMIT $2)"
    ),
    stale!(
        "links",
        "links_days",
        "DELETE FROM links WHERE token_hash IN (SELECT token_hash FROM links \
         WHERE expires_at < $1 LIMIT $2)"
    ),
    stale!(
        "problems",
        "problems_days",
        "DELETE FROM problems WHERE id IN (SELECT id FROM problems WHERE state = 'closed' \
         AND updated_at < $1 LIMIT $2)"
    ),
    stale!(
        "registrations",
        "requests_days",
        "DELETE FROM registrations WHERE id IN (SELECT id FROM registrations \
         WHERE state <> 'open' AND decided_at < $1 LIMIT $2)"
    ),
    stale!(
        "number changes",
        "requests_days",
        "DELETE FROM number_changes WHERE id IN (SELECT id FROM number_changes WHERE \
         (state <> 'open' AND decided_at < $1) OR (state = 'open' AND expires_at < $1) LIMIT $2)"
    ),
    stale!(
        "changes of records",
        "changes_days",
        "DELETE FROM changes WHERE id IN (SELECT id FROM changes WHERE at < $1 LIMIT $2)"
    ),
    stale!(
        "people of campaigns",
        "campaigns_days",
        "DELETE FROM campaign_people WHERE (campaign, person_id) IN (SELECT p.campaign, \
         p.person_id FROM campaign_people p JOIN campaigns c ON c.reference = p.campaign \
         WHERE c.state IN ('done', 'cancelled') AND c.updated_at < $1 LIMIT $2)"
    ),
    stale!(
        "rejected rows",
        "imports_days",
        concat!(
            "DELETE FROM import_rejects WHERE (import, row_number) IN (SELECT import, row_number \
             FROM import_rejects WHERE import IN ",
            imports_before!(),
            " LIMIT $2)"
        )
    ),
    stale!(
        "imports",
        "imports_days",
        concat!(
            "DELETE FROM imports WHERE id IN (SELECT i.id FROM imports i WHERE i.id IN ",
            imports_before!(),
            " AND NOT EXISTS (SELECT 1 FROM import_parts p WHERE p.import = i.id) \
             AND NOT EXISTS (SELECT 1 FROM import_rejects r WHERE r.import = i.id) LIMIT $2)"
        )
    ),
    stale!(
        "guesses",
        "guesses_days",
        "DELETE FROM guesses WHERE bucket IN (SELECT bucket FROM guesses WHERE last_at < $1 \
         LIMIT $2)"
    ),
    stale!(
        "languages of lines",
        "lines_days",
        concat!(
            "DELETE FROM lines WHERE msisdn IN (SELECT msisdn FROM lines WHERE updated_at < $1 \
             AND ",
            of_nobody!("lines"),
            " LIMIT $2)"
        )
    ),
    stale!(
        "blocked lines",
        "lines_days",
        concat!(
            "DELETE FROM blocked_lines WHERE msisdn IN (SELECT msisdn FROM blocked_lines \
             WHERE since < $1 AND ",
            of_nobody!("blocked_lines"),
            " LIMIT $2)"
        )
    ),
    stale!(
        "opt-outs",
        "lines_days",
        concat!(
            "DELETE FROM opt_outs WHERE (sender, msisdn) IN (SELECT sender, msisdn FROM opt_outs \
             WHERE created_at < $1 AND ",
            of_nobody!("opt_outs"),
            " LIMIT $2)"
        )
    ),
    stale!(
        "conversations",
        "conversations_days",
        "DELETE FROM conversations WHERE (channel, id) IN (SELECT channel, id FROM conversations \
         WHERE last_at < $1 LIMIT $2)"
    ),
    stale!(
        "events",
        "events_days",
        // One that was written at the moment in which its address was removed has none.
        "DELETE FROM webhook_events WHERE id IN (SELECT id FROM webhook_events e WHERE at < $1 \
         OR NOT EXISTS (SELECT 1 FROM webhooks w WHERE w.id = e.webhook_id) LIMIT $2)"
    ),
    stale_by_day!(
        "traffic",
        "traffic_days",
        "DELETE FROM traffic WHERE (day, screen) IN (SELECT day, screen FROM traffic \
         WHERE day < $1 LIMIT $2)"
    ),
    stale_by_day!(
        "attendance",
        "work_days",
        "DELETE FROM attendance WHERE (deployment_id, day) IN (SELECT a.deployment_id, a.day \
         FROM attendance a JOIN deployments d ON d.id = a.deployment_id WHERE d.ends_on < $1 \
         LIMIT $2)"
    ),
    stale_by_day!(
        "deployments",
        "work_days",
        "DELETE FROM deployments WHERE id IN (SELECT d.id FROM deployments d WHERE d.ends_on < $1 \
         AND NOT EXISTS (SELECT 1 FROM attendance a WHERE a.deployment_id = d.id) \
         AND NOT EXISTS (SELECT 1 FROM links l WHERE l.deployment_id = d.id) LIMIT $2)"
    ),
];

/// Takes no more than that of what is older away; says how much.
pub async fn forget(
    tx: &mut Tx,
    stale: &Stale,
    before: Timestamp,
    most: usize,
) -> Result<usize, StoreError> {
    let day = before.date_in_kenya().to_string();
    let gone = on!(tx, conn => {
        let query = sqlx::query(stale.sql);
        let query = if stale.is_by_day {
            query.bind(&day)
        } else {
            query.bind(before.as_millis())
        };
        query.bind(count(most)).execute(conn).await.map(|done| done.rows_affected())
    })?;
    Ok(usize::try_from(gone).unwrap_or(usize::MAX))
}

/// Forgets the signatures below registers whose marks are gone.
pub async fn forget_signatures(tx: &mut Tx, before: Date) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM attendance_days WHERE day < $1 AND NOT EXISTS \
        (SELECT 1 FROM deployments d WHERE d.centre_code = attendance_days.centre_code \
         AND d.exam = attendance_days.exam AND d.year = attendance_days.year)";
    let before = before.to_string();
    on!(tx, conn => sqlx::query(SQL).bind(before).execute(conn).await.map(drop))
}

/// Forgets the work of people who were erased, once the law no longer wants it.
pub async fn forget_kept_work(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM kept_work WHERE until < $1";
    on!(tx, conn => sqlx::query(SQL).bind(now.as_millis()).execute(conn).await.map(drop))
}
