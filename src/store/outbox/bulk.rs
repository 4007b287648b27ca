//! Many messages at once.

use crate::domain::{PersonId, Timestamp};
use crate::store::{StoreError, Tx};

use super::{Lane, NewMessage};

/// Adds messages in one statement; those whose cause has one already are left out. Says
/// how many were added.
pub async fn add_many(
    tx: &mut Tx,
    messages: &[NewMessage<'_>],
    now: Timestamp,
) -> Result<u64, StoreError> {
    macro_rules! sql {
        ($rows:literal, $bytes:literal) => {
            concat!(
                "INSERT INTO outbox (id, cause, lane, channel, recipient, person_id, body, ",
                "segments, state, attempt, unanswered, due_at, expires_at, created_at, updated_at) ",
                "SELECT value ->> 0, value ->> 1, CAST(value ->> 2 AS BIGINT), value ->> 3, ",
                "value ->> 4, value ->> 5, ",
                $bytes,
                ", CAST(value ->> 7 AS BIGINT), 'queued', 0, 0, $2, ",
                "CAST(value ->> 8 AS BIGINT), $2, $2 FROM ",
                $rows,
                " WHERE TRUE ON CONFLICT (cause) DO NOTHING"
            )
        };
    }
    const SQLITE: &str = sql!("json_each($1)", "unhex(value ->> 6)");
    const POSTGRES: &str = sql!(
        "json_array_elements($1::json) AS rows (value)",
        "decode(value ->> 6, 'hex')"
    );
    let sql = match tx {
        Tx::Sqlite(_) => SQLITE,
        Tx::Postgres(_) => POSTGRES,
    };
    let rows: Vec<_> = messages.iter().map(row).collect();
    let rows = serde_json::Value::Array(rows).to_string();
    on!(tx, conn => sqlx::query(sql)
        .bind(rows)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))
}

fn row(message: &NewMessage<'_>) -> serde_json::Value {
    serde_json::json!([
        message.id.as_str(),
        message.cause,
        message.lane.number(),
        message.channel,
        message.recipient.as_str(),
        message.person.map(PersonId::as_str),
        data_encoding::HEXLOWER.encode(message.body),
        message.segments,
        message.expires_at.as_millis(),
    ])
}

/// How many messages of a lane wait for their turn.
pub async fn queued(tx: &mut Tx, lane: Lane) -> Result<u64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM outbox WHERE state = 'queued' AND lane = $1";
    let queued: i64 =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(lane.number()).fetch_one(conn).await)?;
    Ok(queued.unsigned_abs())
}
