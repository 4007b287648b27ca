//! Handing a campaign to the outbox, a few hundred people at a time.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Time;

use crate::actions::parcel::{self, Address, Parcel};
use crate::actions::work::{ActionError, Tools};
use crate::domain::{Lane, Msisdn, PersonId, Timestamp};
use crate::menus::{Fields, Value};
use crate::store::Tx;
use crate::store::campaigns::{self, Addressee, Campaign, Class, HANDED_OVER, Stage, cause};

use super::plan::wording;

/// People who are looked at in one unit of work while it is written down whom it goes to.
const LOOKED_AT: usize = 5_000;

/// How long news are worth sending.
const NEWS_LIFE: Duration = Duration::from_hours(24);

const A_MINUTE: Duration = Duration::from_mins(1);

/// Who sends, and when promotion may be sent.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The name that phones show, which people opt out from.
    pub name: String,
    /// Promotion is sent from this hour on.
    pub from_hour: i8,
    /// And before this one.
    pub until_hour: i8,
}

/// Takes a campaign one step on, with at most so many messages. False when there is
/// nothing to do for it now.
pub async fn feed(
    tx: &mut Tx,
    tools: &Tools,
    sender: &Sender,
    reference: &str,
    room: usize,
    now: Timestamp,
) -> Result<bool, ActionError> {
    let Some(campaign) = campaigns::take(tx, reference).await? else {
        return Ok(false);
    };
    if campaigns::gather(tx, &campaign, LOOKED_AT, now).await? {
        return Ok(true);
    }
    let Some(expires_at) = last_moment(campaign.class, sender, now) else {
        return Ok(false);
    };
    if room == 0 {
        return Ok(false);
    }
    let people = match campaign.county_pace {
        None => campaigns::addressees(tx, &campaign, &sender.name, None, room).await?,
        Some(pace) => {
            let since = now.minus(A_MINUTE);
            let counties = campaigns::counties(tx, &campaign, since).await?;
            let mut people = Vec::new();
            for (county, lately) in &counties {
                let free = pace.saturating_sub(*lately).min(room - people.len());
                let county = Some(county.as_str());
                people.extend(
                    campaigns::addressees(tx, &campaign, &sender.name, county, free).await?,
                );
            }
            if people.is_empty() && !counties.is_empty() {
                return Ok(false);
            }
            people
        }
    };
    if people.is_empty() {
        campaigns::move_on(tx, reference, &[Stage::Running], Stage::Done, now).await?;
        return Ok(false);
    }
    hand_over(tx, tools, &campaign, &people, expires_at, now).await?;
    Ok(true)
}

/// Until when messages that are handed over now may leave; none where none may.
fn last_moment(class: Class, sender: &Sender, now: Timestamp) -> Option<Timestamp> {
    if class == Class::News {
        return Some(now.plus(NEWS_LIFE));
    }
    let local = now.datetime_in_kenya();
    let is_time = (sender.from_hour..sender.until_hour).contains(&local.hour());
    let end = Time::new(sender.until_hour.min(23), 0, 0, 0).ok()?;
    is_time.then(|| Timestamp::from_kenya(local.date().to_datetime(end)))
}

async fn hand_over(
    tx: &mut Tx,
    tools: &Tools,
    campaign: &Campaign,
    people: &[Addressee],
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), ActionError> {
    // It was read when the campaign was made; the texts can't be changed since.
    let wording = wording(campaign).map_err(|_| ActionError::NoField("text"))?;
    let mut parcels = Vec::with_capacity(people.len());
    let mut settled: BTreeMap<&str, Vec<&PersonId>> = BTreeMap::new();
    for one in people {
        let state = match to_whom(campaign, one) {
            Ok(to) => {
                let text = wording.fill(&fields(tools, one), one.language);
                let address = Address {
                    lane: Lane::Bulk,
                    to,
                    about: Some(&one.person),
                    expires_at,
                };
                let parcel = Parcel::seal(tools, address, &text);
                parcels.push(parcel.caused_by(cause(campaign, &one.person)));
                HANDED_OVER
            }
            Err(reason) => reason,
        };
        settled.entry(state).or_default().push(&one.person);
    }
    parcel::queue(tx, tools, &campaign.channel, &parcels, now).await?;
    for (state, people) in settled {
        campaigns::settle(tx, campaign, &people, state, now).await?;
    }
    Ok(())
}

/// The line that a message goes to, or why there is none.
fn to_whom<'a>(campaign: &Campaign, one: &'a Addressee) -> Result<&'a Msisdn, &'static str> {
    let chosen = &campaign.chosen;
    let state = one.work.as_ref().map(|work| work.state);
    if chosen.is_by_work() && !state.is_some_and(|state| chosen.takes(state)) {
        return Err("passed over: the work is not what it was");
    }
    if campaign.class == Class::Promotion && one.opted_out {
        return Err("passed over: opted out");
    }
    one.line.as_ref().ok_or("passed over: no line")
}

fn fields(tools: &Tools, one: &Addressee) -> Fields {
    let mut fields = vec![
        ("name", Value::name(one.name.as_deref().unwrap_or_default())),
        ("code", Value::Code(tools.service_code.clone())),
    ];
    if let Some(work) = &one.work {
        let reports_at = work.reports_at.datetime_in_kenya();
        fields.extend([
            ("series", Value::Series(work.series)),
            ("role", Value::Role(work.role)),
            ("centre_code", Value::Centre(work.centre.clone())),
            ("centre_name", Value::name(&work.centre_name)),
            ("county", Value::name(&work.county)),
            ("report_day", Value::Date(reports_at.date())),
            ("report_hour", Value::Time(reports_at.time())),
        ]);
    }
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn promotion_leaves_in_its_hours_and_news_at_any() {
        let sender = Sender {
            name: "COUNCIL".into(),
            from_hour: 8,
            until_hour: 20,
        };
        let at = |hour, minute| Timestamp::from_kenya(date(2026, 10, 5).at(hour, minute, 0, 0));
        let last = |class, now| last_moment(class, &sender, now);
        assert_eq!(last(Class::Promotion, at(7, 59)), None);
        assert_eq!(last(Class::Promotion, at(8, 0)), Some(at(20, 0)));
        assert_eq!(last(Class::Promotion, at(19, 59)), Some(at(20, 0)));
        assert_eq!(last(Class::Promotion, at(20, 0)), None);
        assert!(last(Class::News, at(3, 0)).is_some());
    }
}
