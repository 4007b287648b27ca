//! One text to one person, by a system of the council.

use std::time::Duration;

use crate::actions::campaign::OF_PEOPLE;
use crate::actions::parcel::{self, Address, Parcel};
use crate::actions::work::{ActionError, Tools};
use crate::domain::{Lane, MessageId, PersonId, Timestamp};
use crate::menus::{Fields, Value, Wording};
use crate::store::{Tx, lines, people};

use super::{Caller, write_down};

/// How long a notice is worth sending.
const LIFE: Duration = Duration::from_hours(24);

/// What is to be said, and to whom.
#[derive(Debug, Clone)]
pub struct Notice<'a> {
    /// To whom.
    pub person: &'a PersonId,
    /// In English, with placeholders.
    pub en: &'a str,
    /// In Kiswahili.
    pub sw: &'a str,
    /// The most SMS that it may take.
    pub segments: usize,
    /// The channel that it leaves by where no route says otherwise.
    pub channel: &'a str,
}

/// What became of a notice.
pub enum Noticed {
    /// It is on its way.
    Queued(MessageId),
    /// There is no such person.
    NoPerson,
    /// They have no line.
    NoLine,
    /// The text can't be sent: a line for each fault.
    Wrong(Vec<String>),
}

/// Sends a notice in the language that the person has chosen.
pub async fn send_notice(
    tx: &mut Tx,
    tools: &Tools,
    caller: &Caller,
    notice: &Notice<'_>,
    now: Timestamp,
) -> Result<Noticed, ActionError> {
    let wording = match Wording::read(notice.en, notice.sw, OF_PEOPLE, notice.segments) {
        Ok(wording) => wording,
        Err(faults) => return Ok(Noticed::Wrong(faults)),
    };
    let Some(person) = people::by_id(tx, notice.person).await? else {
        return Ok(Noticed::NoPerson);
    };
    let Some(line) = &person.msisdn else {
        return Ok(Noticed::NoLine);
    };
    let language = lines::language(tx, line).await?.unwrap_or_default();
    let fields: Fields = [
        ("name".to_owned(), Value::name(person.name.as_str())),
        ("code".to_owned(), Value::Code(tools.service_code.clone())),
    ]
    .into();
    let address = Address {
        lane: Lane::Notice,
        to: line,
        about: Some(&person.id),
        expires_at: now.plus(LIFE),
    };
    let parcels = [Parcel::seal(
        tools,
        address,
        &wording.fill(&fields, language),
    )];
    parcel::queue(tx, tools, notice.channel, &parcels, now).await?;
    let [parcel] = parcels;
    let detail = Some(parcel.id.to_string());
    write_down(tx, caller, ("notice.sent", Some(&person.id)), detail, now).await?;
    Ok(Noticed::Queued(parcel.id))
}
