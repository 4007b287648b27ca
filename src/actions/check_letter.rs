//! Whether a letter is genuine. Anybody may ask, at the gate of a school too; who it is for
//! is told by the last digits of the ID number alone.

use crate::crypto::Keys;
use crate::domain::CheckCode;
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::store::deployments::{self, Deployment, State};
use crate::store::{Tx, people};
use crate::ussd::Outcome;

use super::work::{Action, ActionError, Work};

pub(super) const CHECK: Action = Action {
    spec: ActionSpec {
        name: "letter.check",
        about: "says whether a letter is genuine, for anybody who has its check code",
        inputs: &[FieldSpec::new("check_code", Kind::Code(15))],
        outcomes: &[
            OutcomeSpec::new(
                "genuine",
                "the council wrote it, and it holds",
                &[
                    FieldSpec::new("series", Kind::Series),
                    FieldSpec::new("role", Kind::Role),
                    FieldSpec::new("centre_code", Kind::Centre),
                    FieldSpec::new("centre_name", Kind::Name(60)),
                    FieldSpec::new("starts", Kind::Date),
                    FieldSpec::new("ends", Kind::Date),
                    FieldSpec::new("id_end", Kind::Code(3)),
                ],
            ),
            OutcomeSpec::new("withdrawn", "the council wrote it and took it back", &[]),
            OutcomeSpec::new("forged", "the council never wrote it", &[]),
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(check(work)),
};

async fn check(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let Value::Code(code) = work.field("check_code")? else {
        return Err(ActionError::NoField("check_code"));
    };
    let verdict = match CheckCode::parse(code) {
        Some(code) => check_letter(work.tx, &work.tools.keys, &code).await?,
        None => Verdict::Forged,
    };
    Ok(match verdict {
        Verdict::Forged => Outcome::of("forged"),
        Verdict::Withdrawn => Outcome::of("withdrawn"),
        Verdict::Genuine(letter) => Outcome::of("genuine")
            .with("series", Value::Series(letter.deployment.series))
            .with("role", Value::Role(letter.deployment.role))
            .with("centre_code", Value::Centre(letter.deployment.centre.code))
            .with("centre_name", Value::name(&letter.deployment.centre.name))
            .with("starts", Value::Date(letter.deployment.starts_on))
            .with("ends", Value::Date(letter.deployment.ends_on))
            .with("id_end", Value::Code(letter.id_end)),
    })
}

/// What a check code comes to.
pub enum Verdict {
    /// The letter holds.
    Genuine(Box<Genuine>),
    /// The council wrote it and took it back.
    Withdrawn,
    /// The council never wrote it.
    Forged,
}

/// A letter that holds.
pub struct Genuine {
    /// What it is about.
    pub deployment: Deployment,
    /// The last three digits of its holder's ID number.
    pub id_end: String,
}

/// Looks a check code up; a forged one costs no look into the database.
pub async fn check_letter(
    tx: &mut Tx,
    keys: &Keys,
    code: &CheckCode,
) -> Result<Verdict, ActionError> {
    if !keys.has_made(code) {
        return Ok(Verdict::Forged);
    }
    let Some(deployment) = deployments::by_serial(tx, code.serial()).await? else {
        return Ok(Verdict::Withdrawn);
    };
    let person = people::by_id(tx, &deployment.person).await?;
    let Some(person) = person.filter(|_| deployment.state == State::Posted) else {
        return Ok(Verdict::Withdrawn);
    };
    let digits = person.national_id.as_str();
    let id_end = digits[digits.len().saturating_sub(3)..].to_owned();
    Ok(Verdict::Genuine(Box::new(Genuine { deployment, id_end })))
}
