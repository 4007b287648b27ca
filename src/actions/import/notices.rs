//! Telling people by SMS what an import has changed about their work.

use std::time::Duration;

use crate::actions::parcel::{self, Address, Parcel};
use crate::actions::work::ActionError;
use crate::domain::{Lane, Language, Msisdn};
use crate::menus::{FieldSpec, Fields, Kind, SmsSpec, Value};
use crate::store::Tx;
use crate::store::bulk::people;
use crate::store::deployments::State;

use super::Import;
use super::deployments::Move;

/// How long such news are worth sending.
const LIFE: Duration = Duration::from_hours(24);

const FIELDS: &[FieldSpec] = &[
    FieldSpec::new("series", Kind::Series),
    FieldSpec::new("role", Kind::Role),
    FieldSpec::new("centre_code", Kind::Centre),
    FieldSpec::new("centre_name", Kind::Name(60)),
    FieldSpec::new("report_day", Kind::Date),
    FieldSpec::new("report_hour", Kind::Time),
    FieldSpec::new("code", Kind::Code(14)),
];

const fn notice(name: &'static str) -> SmsSpec {
    SmsSpec {
        name,
        fields: FIELDS,
    }
}

pub(in crate::actions) const NEW: SmsSpec = notice("deployment_new");
pub(in crate::actions) const CHANGED: SmsSpec = notice("deployment_changed");
pub(in crate::actions) const CANCELLED: SmsSpec = notice("deployment_cancelled");
pub(in crate::actions) const INVITED: SmsSpec = notice("deployment_invited");

/// What a person is told; nothing where a record of theirs is put right that concerns them
/// no more.
fn wording_of(one: &Move<'_>) -> Option<&'static SmsSpec> {
    match (one.was, one.is.state) {
        (None | Some(State::Cancelled), State::Posted) => Some(&NEW),
        (None | Some(State::Cancelled), State::Invited) => Some(&INVITED),
        (Some(_), State::Posted | State::Invited) => Some(&CHANGED),
        (Some(State::Posted | State::Invited), State::Cancelled) => Some(&CANCELLED),
        _ => None,
    }
}

impl Import<'_> {
    /// Queues one SMS for each person of the import, about the first change of their work,
    /// and says how many; where nothing is to be written, how many there would be.
    pub(super) async fn tell(
        &mut self,
        tx: &mut Tx,
        moves: &[Move<'_>],
    ) -> Result<u64, ActionError> {
        let told: Vec<_> = moves
            .iter()
            .filter_map(|one| Some((one, wording_of(one)?, one.person.msisdn.as_ref()?)))
            .filter(|(one, ..)| self.seen.twice(("told", &one.person.id), 0).is_none())
            .collect();
        let count = told.len() as u64;
        if !self.plan.writes || told.is_empty() {
            return Ok(count);
        }
        let lines: Vec<_> = told.iter().map(|(.., line)| *line).collect();
        let languages = people::languages(tx, &lines).await?;
        let notices = told.into_iter().map(|(one, spec, to)| {
            let language = languages.get(to.as_str()).copied().unwrap_or_default();
            self.notice(one, spec, to, language)
        });
        let notices = notices.collect::<Result<Vec<_>, _>>()?;
        parcel::queue(tx, self.tools, self.by.channel, &notices, self.now).await?;
        Ok(count)
    }

    fn notice<'m>(
        &self,
        about: &'m Move<'m>,
        spec: &SmsSpec,
        to: &'m Msisdn,
        language: Language,
    ) -> Result<Parcel<'m>, ActionError> {
        let current = self.tools.menu.get();
        let wording = current
            .menu
            .sms
            .get(spec.name)
            .ok_or(ActionError::NoSuchAction)?;
        let fields = self.fields(about);
        let text = wording.it.of(language).fill(&fields, language, usize::MAX);
        let address = Address {
            lane: Lane::Notice,
            to,
            about: Some(&about.person.id),
            expires_at: self.now.plus(LIFE),
        };
        let cause = format!("import:{}:{}", self.run, about.person.id.as_str());
        Ok(Parcel::seal(self.tools, address, &text).caused_by(cause))
    }

    fn fields(&self, about: &Move<'_>) -> Fields {
        let reports_at = about.is.reports_at.datetime_in_kenya();
        let fields = [
            ("series", Value::Series(about.is.series)),
            ("role", Value::Role(about.is.role)),
            ("centre_code", Value::Centre(about.is.centre.code.clone())),
            ("centre_name", Value::name(&about.is.centre.name)),
            ("report_day", Value::Date(reports_at.date())),
            ("report_hour", Value::Time(reports_at.time())),
            ("code", Value::Code(self.tools.service_code.clone())),
        ];
        fields.map(|(name, value)| (name.to_owned(), value)).into()
    }
}
