//! What stands in the appointment letter, as an SMS: for those who can't open a letter at all.
//! It is a notice and says so.

use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, SmsSpec, Value};
use crate::store::outbox::Lane;
use crate::ussd::Outcome;

use super::admission::admitted_outcomes;
use super::deployments::{self, FIELDS};
use super::letter::{DEPLOYMENT, Lettered, SERIES, lettered};
use super::sms::Letterbox;
use super::work::{Action, ActionError, Work};

const WHAT: &str = "letter.notice";

pub(super) const SEND_NOTICE: Action = Action {
    spec: ActionSpec {
        name: "letter.send_notice",
        about: "sends what stands in the appointment letter as an SMS",
        writes: true,
        inputs: &[DEPLOYMENT],
        outcomes: admitted_outcomes![
            OutcomeSpec::new("sent", "the SMS is on its way", &[SERIES]),
            OutcomeSpec::new("too_many", "the limit of a day is reached", &[]),
            OutcomeSpec::new("gone", "the deployment is no longer theirs", &[]),
        ],
        sends: &[&LETTER_NOTICE],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(send_notice(work)),
};

pub(super) const LETTER_NOTICE: SmsSpec = SmsSpec {
    name: "letter_notice",
    fields: &NOTICED,
};

/// What a deployment shows, whose letter it is, and how to check it.
const NOTICED: [FieldSpec; FIELDS.len() + 4] = {
    let mut fields = [FieldSpec::new("name", Kind::Name(60)); FIELDS.len() + 4];
    let mut place = 0;
    while place < FIELDS.len() {
        fields[place] = FIELDS[place];
        place += 1;
    }
    fields[place + 1] = FieldSpec::new("serial", Kind::Code(7));
    fields[place + 2] = FieldSpec::new("check_code", Kind::Code(17));
    fields[place + 3] = FieldSpec::new("code", Kind::Code(14));
    fields
};

async fn send_notice(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let (person, deployment) = match lettered(work, WHAT).await? {
        Lettered::Yes(person, deployment) => (*person, *deployment),
        Lettered::No(outcome) => return Ok(outcome),
    };
    work.log(&person, WHAT, Some(deployment.id.to_string()))
        .await?;
    let check_code = work.tools.keys.check_code(deployment.serial);
    let mut said = deployments::fields(&deployment);
    said.extend([
        ("name", Value::name(person.name.as_str())),
        ("serial", Value::Code(format!("{:07}", deployment.serial))),
        ("check_code", Value::Code(check_code.in_groups())),
        ("code", Value::Code(work.tools.service_code.clone())),
    ]);
    let sms = Letterbox {
        spec: &LETTER_NOTICE,
        to: work.caller,
        about: &person,
        lane: Lane::Transaction,
    };
    work.send(sms, said).await?;
    Ok(Outcome::of("sent")
        .with(SERIES.name, Value::Series(deployment.series))
        .having_changed())
}
