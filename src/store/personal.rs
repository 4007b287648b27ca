//! Everything that is kept about one person, wherever it stands: to hand it to them, and to
//! erase it. Statements take the person's id as `$1` and one of their lines as `$2`.

use crate::domain::{Msisdn, PersonId, Timestamp};

use super::exports::Cell::{self, Lane, Moment, Text};
use super::exports::Line;
use super::tx::in_time;
use super::{StoreError, Tx};

/// A part of what is kept in clear.
#[derive(Debug)]
pub struct Part {
    /// What people call it.
    pub name: &'static str,
    /// The names of its columns and what stands in them.
    pub columns: &'static [(&'static str, Cell)],
    sql: &'static str,
}

/// Every part that is kept in clear.
pub const PARTS: [Part; 14] = [
    Part {
        name: "record",
        columns: &[
            ("national_id", Text),
            ("name", Text),
            ("phone", Text),
            ("tsc_number", Text),
            ("kra_pin", Text),
            ("town", Text),
            ("birth_year", Text),
            ("gender", Text),
            ("qualification", Text),
            ("workstation", Text),
            ("county", Text),
            ("sub_county", Text),
            ("email", Text),
            ("known_since", Moment),
            ("changed", Moment),
        ],
        sql: "SELECT national_id, name, msisdn, tsc_number, kra_pin, town, \
              CAST(birth_year AS TEXT), gender, qualification, workstation, county, sub_county, \
              email, CAST(created_at AS TEXT), CAST(updated_at AS TEXT) FROM people \
              WHERE id = $1 AND $2 = $2",
    },
    Part {
        name: "language",
        columns: &[("phone", Text), ("language", Text), ("since", Moment)],
        sql: "SELECT msisdn, language, CAST(updated_at AS TEXT) FROM lines \
              WHERE $1 = $1 AND msisdn = $2",
    },
    Part {
        name: "password",
        columns: &[("set", Moment), ("ends", Moment)],
        sql: "SELECT CAST(issued_at AS TEXT), CAST(expires_at AS TEXT) FROM passwords \
              WHERE person_id = $1 AND $2 = $2",
    },
    Part {
        name: "pin",
        columns: &[("set", Moment)],
        sql: "SELECT CAST(set_at AS TEXT) FROM pins WHERE person_id = $1 AND $2 = $2",
    },
    Part {
        name: "work",
        columns: &[
            ("serial", Text),
            ("series", Text),
            ("role", Text),
            ("centre", Text),
            ("state", Text),
            ("reports", Moment),
            ("starts_on", Text),
            ("ends_on", Text),
            ("rate_kes", Text),
            ("answered", Moment),
            ("reason", Text),
        ],
        sql: "SELECT CAST(serial AS TEXT), exam || ' ' || CAST(year AS TEXT), role, centre_code, \
              state, CAST(reports_at AS TEXT), starts_on, ends_on, CAST(rate_kes AS TEXT), \
              CAST(answered_at AS TEXT), answer_reason FROM deployments \
              WHERE person_id = $1 AND $2 = $2 ORDER BY id",
    },
    Part {
        name: "attendance",
        columns: &[
            ("serial", Text),
            ("day", Text),
            ("present", Text),
            ("marked", Moment),
        ],
        sql: "SELECT CAST(d.serial AS TEXT), a.day, \
              CASE a.present WHEN 1 THEN 'yes' ELSE 'no' END, CAST(a.marked_at AS TEXT) \
              FROM attendance a JOIN deployments d ON d.id = a.deployment_id \
              WHERE d.person_id = $1 AND $2 = $2 ORDER BY a.deployment_id, a.day",
    },
    Part {
        name: "numbers_asked_for",
        columns: &[
            ("reference", Text),
            ("phone", Text),
            ("state", Text),
            ("at", Moment),
        ],
        sql: "SELECT reference, new_msisdn, state, CAST(created_at AS TEXT) FROM number_changes \
              WHERE person_id = $1 AND $2 = $2 ORDER BY created_at",
    },
    Part {
        name: "sms_sent",
        columns: &[
            ("at", Moment),
            ("phone", Text),
            ("lane", Lane),
            ("state", Text),
            ("reason", Text),
        ],
        sql: "SELECT CAST(created_at AS TEXT), recipient, CAST(lane AS TEXT), state, reason \
              FROM outbox WHERE person_id = $1 OR recipient = $2 ORDER BY created_at, id",
    },
    Part {
        name: "links",
        columns: &[("sent", Moment), ("ends", Moment), ("opened", Moment)],
        sql: "SELECT CAST(created_at AS TEXT), CAST(expires_at AS TEXT), \
              CAST(redeemed_at AS TEXT) FROM links WHERE person_id = $1 AND $2 = $2 \
              ORDER BY created_at",
    },
    Part {
        name: "visits",
        columns: &[("begun", Moment), ("ends", Moment)],
        sql: "SELECT CAST(created_at AS TEXT), CAST(expires_at AS TEXT) FROM web_sessions \
              WHERE person_id = $1 AND $2 = $2 ORDER BY created_at",
    },
    Part {
        name: "campaigns",
        columns: &[("reference", Text), ("state", Text), ("at", Moment)],
        sql: "SELECT campaign, state, CAST(settled_at AS TEXT) FROM campaign_people \
              WHERE person_id = $1 AND $2 = $2 ORDER BY campaign",
    },
    Part {
        name: "opt_outs",
        columns: &[("sender", Text), ("phone", Text), ("at", Moment)],
        sql: "SELECT sender, msisdn, CAST(created_at AS TEXT) FROM opt_outs \
              WHERE $1 = $1 AND msisdn = $2",
    },
    Part {
        name: "events",
        columns: &[("what", Text), ("at", Moment), ("state", Text)],
        sql: "SELECT kind, CAST(at AS TEXT), state FROM webhook_events \
              WHERE person_id = $1 AND $2 = $2 ORDER BY at, id",
    },
    Part {
        name: "audit",
        columns: &[
            ("at", Moment),
            ("what", Text),
            ("by", Text),
            ("way", Text),
            ("detail", Text),
        ],
        sql: "SELECT CAST(at AS TEXT), what, CASE actor WHEN $1 THEN 'themselves' ELSE actor END, \
              way, detail FROM audit WHERE subject = $1 AND $2 = $2 ORDER BY id",
    },
];

/// The rows of a part.
pub async fn part(
    tx: &mut Tx,
    part: &Part,
    person: &PersonId,
    line: &str,
) -> Result<Vec<Vec<Option<String>>>, StoreError> {
    let lines: Vec<Line> = on!(tx, conn => sqlx::query_as(part.sql)
        .bind(person.as_str())
        .bind(line)
        .fetch_all(conn).await)?;
    Ok(lines.into_iter().map(|Line(cells)| cells).collect())
}

/// Something that is kept sealed: the row that it is bound to, a word about it, when it came,
/// and one or two texts.
pub type Closed = (String, String, i64, Option<Vec<u8>>, Option<Vec<u8>>);

/// What is kept sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    /// Fields of the record before and after each change.
    Changes,
    /// Problems and their answers.
    Problems,
    /// SMS that came from the line.
    Incoming,
    /// What the line asked to be registered with.
    Registrations,
}

/// The sealed rows of a kind.
pub async fn closed(
    tx: &mut Tx,
    kind: Sealed,
    person: &PersonId,
    line: &str,
) -> Result<Vec<Closed>, StoreError> {
    const CHANGES: &str = "SELECT id, field, at, old, new FROM changes \
        WHERE person_id = $1 AND $2 = $2 ORDER BY at, id";
    const PROBLEMS: &str = "SELECT id, reference, created_at, sealed, answer FROM problems \
        WHERE person_id = $1 OR msisdn = $2 ORDER BY created_at, id";
    const INCOMING: &str = "SELECT id, channel, received_at, body, CAST(NULL AS BYTEA) FROM inbound \
        WHERE $1 = $1 AND sender = $2 ORDER BY received_at, id";
    const REGISTRATIONS: &str = "SELECT id, reference, created_at, sealed, CAST(NULL AS BYTEA) \
        FROM registrations WHERE $1 = $1 AND msisdn = $2 ORDER BY created_at, id";
    let sql = match kind {
        Sealed::Changes => CHANGES,
        Sealed::Problems => PROBLEMS,
        Sealed::Incoming => INCOMING,
        Sealed::Registrations => REGISTRATIONS,
    };
    on!(tx, conn => sqlx::query_as(sql)
        .bind(person.as_str())
        .bind(line)
        .fetch_all(conn).await)
}

/// Lines that were once the person's, as far as requests tell, and that nobody else holds now.
pub async fn earlier_lines(tx: &mut Tx, person: &PersonId) -> Result<Vec<Msisdn>, StoreError> {
    const SQL: &str = "SELECT DISTINCT new_msisdn FROM number_changes n WHERE person_id = $1 \
        AND state = 'made' AND NOT EXISTS (SELECT 1 FROM people p WHERE p.msisdn = n.new_msisdn)";
    let lines: Vec<String> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(person.as_str()).fetch_all(conn).await)?;
    Ok(lines
        .iter()
        .filter_map(|line| Msisdn::parse(line).ok())
        .collect())
}

/// What is erased with a line. What somebody else reported or asked for when it was theirs is
/// theirs still.
const OF_LINE: [&str; 11] = [
    "DELETE FROM outbox WHERE recipient = $1",
    "DELETE FROM inbound WHERE sender = $1",
    "DELETE FROM inbound_parts WHERE sender = $1",
    "DELETE FROM reports WHERE recipient = $1",
    "DELETE FROM problems WHERE msisdn = $1 AND person_id IS NULL",
    "DELETE FROM number_changes WHERE new_msisdn = $1 AND state <> 'open'",
    "DELETE FROM registrations WHERE msisdn = $1",
    "DELETE FROM lines WHERE msisdn = $1",
    "DELETE FROM opt_outs WHERE msisdn = $1",
    "DELETE FROM blocked_lines WHERE msisdn = $1",
    "DELETE FROM sim_checks WHERE msisdn = $1",
];

/// The same with a person, their record last: nothing may point to what is gone.
const OF_PERSON: [&str; 17] = [
    "DELETE FROM web_sessions WHERE person_id = $1",
    "DELETE FROM links WHERE person_id = $1",
    "DELETE FROM passwords WHERE person_id = $1",
    "DELETE FROM pins WHERE person_id = $1",
    "DELETE FROM attendance WHERE deployment_id IN \
     (SELECT id FROM deployments WHERE person_id = $1)",
    "DELETE FROM deployments WHERE person_id = $1",
    "DELETE FROM changes WHERE person_id = $1",
    "DELETE FROM number_changes WHERE person_id = $1",
    "DELETE FROM problems WHERE person_id = $1",
    "DELETE FROM campaign_people WHERE person_id = $1",
    "DELETE FROM outbox WHERE person_id = $1",
    // Labels such as `pin:` and the person's id.
    "DELETE FROM guesses WHERE bucket LIKE '%:' || $1",
    "DELETE FROM uses WHERE bucket LIKE '%:' || $1",
    "DELETE FROM kept_work WHERE person_id = $1",
    "DELETE FROM approvals WHERE subject = $1",
    "DELETE FROM webhook_events WHERE person_id = $1",
    "DELETE FROM people WHERE id = $1",
];

/// Erases everything about a person and these lines; `national_ids` are the keyed hashes, one
/// for each key, that requests to be registered have.
pub async fn erase(
    tx: &mut Tx,
    person: &PersonId,
    lines: &[Msisdn],
    national_ids: impl Iterator<Item = [u8; 32]>,
) -> Result<(), StoreError> {
    const ASKED: &str = "DELETE FROM registrations WHERE national_id = $1";
    // Pages that become free are overwritten too; it costs, so only now.
    scrub(tx, true).await?;
    for line in lines {
        for sql in OF_LINE {
            on!(&mut *tx, conn => sqlx::query(sql)
                .bind(line.as_str())
                .execute(conn).await.map(drop))?;
        }
    }
    for id in national_ids {
        on!(&mut *tx, conn => sqlx::query(ASKED)
            .bind(id.as_slice())
            .execute(conn).await.map(drop))?;
    }
    for sql in OF_PERSON {
        on!(&mut *tx, conn => sqlx::query(sql)
            .bind(person.as_str())
            .execute(conn).await.map(drop))?;
    }
    scrub(tx, false).await
}

async fn scrub(tx: &mut Tx, overwrites: bool) -> Result<(), StoreError> {
    let sql = if overwrites {
        "PRAGMA secure_delete = ON"
    } else {
        "PRAGMA secure_delete = FAST"
    };
    if let Tx::Sqlite(tx) = tx {
        in_time(sqlx::query(sql).execute(tx.open().await?)).await?;
    }
    Ok(())
}

/// The work of somebody who was erased.
pub struct KeptWork<'a> {
    /// Who it was.
    pub person: &'a PersonId,
    /// A keyed hash of the ID number, by which it is found.
    pub national_id: &'a [u8],
    /// What was worked, and who was paid.
    pub sealed: &'a [u8],
    /// How long the law wants it.
    pub until: Timestamp,
}

/// Keeps the work of somebody who was erased.
pub async fn keep_work(tx: &mut Tx, work: &KeptWork<'_>) -> Result<(), StoreError> {
    const SQL: &str =
        "INSERT INTO kept_work (person_id, national_id, sealed, until) VALUES ($1, $2, $3, $4)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(work.person.as_str())
        .bind(work.national_id)
        .bind(work.sealed)
        .bind(work.until.as_millis())
        .execute(conn).await.map(drop))
}

/// The work that is kept of whoever had that ID number, with the row that it is bound to.
pub async fn kept_work(
    tx: &mut Tx,
    national_id: &[u8],
) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    const SQL: &str = "SELECT person_id, sealed FROM kept_work WHERE national_id = $1";
    on!(tx, conn => sqlx::query_as(SQL).bind(national_id).fetch_all(conn).await)
}
