//! All that is kept about a person, as JSON to hand to them.

use std::cmp::Reverse;

use serde_json::{Map, Value, json};

use crate::actions::decider::Decider;
use crate::actions::work::{ActionError, Tools};
use crate::crypto::{self, Keys};
use crate::domain::{Msisdn, PersonId, Timestamp};
use crate::store::personal::{self, Closed, PARTS, Part, Sealed};
use crate::store::{Tx, audit, conversations, people};

use super::shown;

/// More sessions than a line has while they are kept.
const ALL_SESSIONS: usize = 100_000;

/// Gathers all of it, and writes down who did; None when there is no such person.
///
/// What only proves who somebody is stays here: hashes of passwords, PINs and tokens.
pub async fn export(
    tx: &mut Tx,
    tools: &Tools,
    by: Decider<'_>,
    id: &PersonId,
    now: Timestamp,
) -> Result<Option<Value>, ActionError> {
    let Some(person) = people::by_id(tx, id).await? else {
        return Ok(None);
    };
    let line = person.msisdn.as_ref().map_or("", Msisdn::as_str);
    let mut all = Map::new();
    all.insert("about".into(), id.as_str().into());
    all.insert("written".into(), clock(now).into());
    for part in &PARTS {
        let rows = personal::part(tx, part, id, line).await?.into_iter();
        let rows = rows.map(|row| object(part, row)).collect();
        all.insert(part.name.to_owned(), rows);
    }
    for (kind, name) in [
        (Sealed::Changes, "changes"),
        (Sealed::Problems, "problems"),
        (Sealed::Incoming, "sms_received"),
        (Sealed::Registrations, "registrations"),
    ] {
        let rows = personal::closed(tx, kind, id, line).await?;
        let rows = rows.iter().map(|row| opened(&tools.keys, kind, row));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        all.insert(name.to_owned(), rows.into());
    }
    let mut lines = personal::earlier_lines(tx, id).await?;
    lines.extend(person.msisdn.clone());
    all.insert(
        "conversations".into(),
        conversations(tx, tools, &lines).await?,
    );
    let entry = audit::Entry {
        actor: by.name,
        subject: Some(id),
        what: "person.exported",
        way: by.way.name(),
        detail: None,
    };
    audit::add(tx, &entry, now).await?;
    Ok(Some(all.into()))
}

/// Which screens these lines have seen, the newest session first.
async fn conversations(tx: &mut Tx, tools: &Tools, lines: &[Msisdn]) -> Result<Value, ActionError> {
    let mut found = Vec::new();
    for mark in lines.iter().flat_map(|line| tools.keys.line_marks(line)) {
        found.extend(conversations::of_line(tx, &mark, ALL_SESSIONS).await?);
    }
    found.sort_by_key(|told| Reverse(told.began_at));
    Ok(found
        .iter()
        .map(|told| {
            json!({
                "channel": told.channel,
                "began": clock(told.began_at),
                "ended": clock(told.last_at),
                "screens": told.screens,
                "how": told.ending.name(),
            })
        })
        .collect())
}

fn clock(at: Timestamp) -> String {
    let local = at.datetime_in_kenya();
    local.strftime("%Y-%m-%d %H:%M").to_string()
}

/// A row, without what it does not hold.
pub(super) fn object(part: &Part, row: Vec<Option<String>>) -> Value {
    let cells = row.into_iter().zip(part.columns);
    let known = cells.filter(|(cell, _)| cell.is_some());
    let pairs = known.map(|(cell, (name, kind))| ((*name).to_owned(), shown(*kind, cell).into()));
    Value::Object(pairs.collect())
}

fn opened(keys: &Keys, kind: Sealed, row: &Closed) -> Result<Value, ActionError> {
    let (id, word, at, one, other) = row;
    let columns = match kind {
        Sealed::Changes => ["changes.old", "changes.new"],
        Sealed::Problems => ["problems.sealed", "problems.answer"],
        Sealed::Incoming => ["inbound.body", ""],
        Sealed::Registrations => ["registrations.sealed", ""],
    };
    let names = match kind {
        Sealed::Changes => ["before", "after"],
        Sealed::Problems | Sealed::Registrations => ["told", "answer"],
        Sealed::Incoming => ["text", ""],
    };
    let mut value = json!({"what": word, "at": clock(Timestamp::from_millis(*at))});
    for ((sealed, column), name) in [one, other].into_iter().zip(columns).zip(names) {
        let Some(sealed) = sealed else { continue };
        let clear = crypto::Sealed { column, row: id }.open(keys, sealed)?;
        let text = String::from_utf8_lossy(&clear).into_owned();
        value[name] = serde_json::from_str(&text).unwrap_or(Value::String(text));
    }
    Ok(value)
}
