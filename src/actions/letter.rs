//! The appointment letter: a one-time link by SMS, and what it opens.

use sha2::{Digest, Sha256};

use crate::config::Policy;
use crate::crypto::{ShortCode, Token};
use crate::domain::{DeploymentId, Timestamp};
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, SmsSpec, Value};
use crate::store::deployments::{self, Deployment, State};
use crate::store::links::{self, Link, NewLink};
use crate::store::outbox::Lane;
use crate::store::people::{self, Person};
use crate::store::{Tx, audit};
use crate::ussd::Outcome;

use super::admission::{Admission, Deed, admitted_outcomes};
use super::limits::DAY;
use super::sms::Letterbox;
use super::work::{Action, ActionError, Way, Work};

const WHAT: &str = "letter.link";
const OPENED: &str = "letter.opened";
const DOWNLOADED: &str = "letter.downloaded";
const HOURS: FieldSpec = FieldSpec::new("hours", Kind::Number(3));
pub(super) const SERIES: FieldSpec = FieldSpec::new("series", Kind::Series);
pub(super) const DEPLOYMENT: FieldSpec = FieldSpec::new("deployment", Kind::Hidden);

pub(super) const SEND_LINK: Action = Action {
    spec: ActionSpec {
        name: "letter.send_link",
        about: "sends a one-time link to the appointment letter by SMS, and a code to type instead",
        writes: true,
        inputs: &[DEPLOYMENT],
        outcomes: admitted_outcomes![
            OutcomeSpec::new("sent", "the SMS is on its way", &[HOURS, SERIES]),
            OutcomeSpec::new("too_many", "the limit of links is reached", &[]),
            OutcomeSpec::new("gone", "the deployment is no longer theirs", &[]),
        ],
        sends: &[&LETTER_LINK],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(send_link(work)),
};

pub(super) const LETTER_LINK: SmsSpec = SmsSpec {
    name: "letter_link",
    fields: &[
        SERIES,
        FieldSpec::new("role", Kind::Role),
        // An address of at most 50 characters, `/l/` and 26 of token.
        FieldSpec::new("link", Kind::Code(79)),
        FieldSpec::new("letter_code", Kind::Code(9)),
        HOURS,
    ],
};

async fn send_link(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let (person, deployment) = match lettered(work, WHAT).await? {
        Lettered::Yes(person, deployment) => (*person, *deployment),
        Lettered::No(outcome) => return Ok(outcome),
    };
    let policy = &work.tools.policy;
    let (token, code) = (Token::fresh(), ShortCode::fresh());
    let link = NewLink {
        token_hash: token.hash(),
        code_hash: code.hash(&work.tools.keys),
        person: &person.id,
        deployment: &deployment.id,
        about_hash: about(&deployment),
        expires_at: work.now.plus(policy.link_life()),
    };
    links::insert(work.tx, &link, work.now).await?;
    work.log(&person, WHAT, Some(deployment.id.to_string()))
        .await?;
    let hours = Value::Number(u32::try_from(policy.link_hours).unwrap_or(u32::MAX));
    let fields = vec![
        ("series", Value::Series(deployment.series)),
        ("role", Value::Role(deployment.role)),
        (
            "link",
            Value::Code(format!("{}/l/{}", work.tools.public_url, token.reveal())),
        ),
        ("letter_code", Value::Code(code.in_groups())),
        ("hours", hours.clone()),
    ];
    let sms = Letterbox {
        spec: &LETTER_LINK,
        to: work.caller,
        about: &person,
        lane: Lane::Link,
    };
    work.send(sms, fields).await?;
    Ok(Outcome::of("sent")
        .with("hours", hours)
        .with("series", Value::Series(deployment.series))
        .having_changed())
}

/// Whether a person may have the letter of the deployment that a session stands at.
pub(super) enum Lettered {
    Yes(Box<Person>, Box<Deployment>),
    No(Outcome),
}

/// The same, for something that a person may have as often in a day as links.
pub(super) async fn lettered(
    work: &mut Work<'_>,
    what: &'static str,
) -> Result<Lettered, ActionError> {
    let wanted = DeploymentId::parse(work.hidden(DEPLOYMENT.name)?)
        .map_err(|_| ActionError::NoField(DEPLOYMENT.name))?;
    let person = match work.admission(Deed::GetLetter).await? {
        Admission::Granted(person) => person,
        Admission::Refused(outcome) => return Ok(Lettered::No(outcome)),
    };
    let found = deployments::by_id(work.tx, &wanted).await?;
    let Some(deployment) = found.filter(|found| is_for(found, &person)) else {
        return Ok(Lettered::No(Outcome::of("gone")));
    };
    let since = work.now.minus(DAY);
    let had = audit::count(work.tx, &person.id, what, since).await?;
    if had >= work.tools.policy.links_in_a_day {
        return Ok(Lettered::No(Outcome::of("too_many")));
    }
    Ok(Lettered::Yes(person, Box::new(deployment)))
}

fn is_for(deployment: &Deployment, person: &Person) -> bool {
    deployment.person == person.id && deployment.state == State::Posted
}

/// The deployment whose letter somebody who is logged in may have now, under the demands
/// that its link is sent under. None where they may not, or where it is not theirs.
pub async fn own_letter(
    mut work: Work<'_>,
    wanted: &DeploymentId,
) -> Result<Option<(Person, Deployment)>, ActionError> {
    let Admission::Granted(person) = work.admission(Deed::GetLetter).await? else {
        return Ok(None);
    };
    let found = deployments::by_id(work.tx, wanted).await?;
    let Some(deployment) = found.filter(|found| is_for(found, &person)) else {
        return Ok(None);
    };
    work.log(&person, DOWNLOADED, Some(deployment.id.to_string()))
        .await?;
    Ok(Some((*person, deployment)))
}

/// A hash of what a letter is about: everything that is decided about the work.
fn about(deployment: &Deployment) -> [u8; 32] {
    let decided = [
        deployment.centre.code.as_str(),
        &deployment.series.to_string(),
        deployment.role.code(),
        &deployment.serial.to_string(),
        &deployment.reports_at.as_millis().to_string(),
        &deployment.starts_on.to_string(),
        &deployment.ends_on.to_string(),
        &deployment.rate.0.to_string(),
    ];
    Sha256::digest(decided.join("|")).into()
}

/// What a link opens.
pub struct Opened {
    /// Whose letter.
    pub person: Person,
    /// About which work.
    pub deployment: Deployment,
    /// Whether it was redeemed by the browser that asks, and is open to it still.
    pub redeemed: bool,
}

/// What a link would open now, to this browser. Changes nothing: robots look at links too.
pub async fn behind_link(
    tx: &mut Tx,
    token: &Token,
    browser: Option<&Token>,
    now: Timestamp,
) -> Result<Option<Opened>, ActionError> {
    let browser = browser.map(Token::hash);
    let browser = browser.as_ref().map(<[u8; 32]>::as_slice);
    match links::open(tx, &token.hash(), browser, now).await? {
        Some(link) => opened(tx, &link).await,
        None => Ok(None),
    }
}

/// What a link is about, while that is as it was when the link was sent.
pub(super) async fn opened(tx: &mut Tx, link: &Link) -> Result<Option<Opened>, ActionError> {
    let person = people::by_id(tx, &link.person).await?;
    // Asked for in any case: what a link of nobody costs must be what another does.
    let found = deployments::by_id(tx, &link.deployment).await?;
    let Some(person) = person else {
        return Ok(None);
    };
    // It may have been taken back or decided anew since the link was sent.
    let same = |found: &Deployment| {
        let about_hash = link.about_hash.as_deref();
        about_hash.is_none_or(|then| then == about(found).as_slice())
    };
    let deployment = found.filter(|found| is_for(found, &person) && same(found));
    Ok(deployment.map(|deployment| Opened {
        person,
        deployment,
        redeemed: link.redeemed,
    }))
}

/// Uses a link up: from then on it is open to this browser alone, and not for long. True
/// for one of any number of browsers, however often that one presses.
pub async fn redeem_link(
    tx: &mut Tx,
    policy: &Policy,
    token: &Token,
    browser: &Token,
    now: Timestamp,
) -> Result<bool, ActionError> {
    let first = redeem(tx, policy, &token.hash(), browser, now).await?;
    let Some(opened) = behind_link(tx, token, Some(browser), now).await? else {
        return Ok(false);
    };
    if first {
        write_opened(tx, "link", &opened, now).await?;
    }
    Ok(true)
}

/// Gives a link to a browser for a while. True for one of any number of browsers.
pub(super) async fn redeem(
    tx: &mut Tx,
    policy: &Policy,
    token_hash: &[u8],
    browser: &Token,
    now: Timestamp,
) -> Result<bool, ActionError> {
    let closes_at = now.plus(policy.link_window());
    Ok(links::redeem(tx, token_hash, &browser.hash(), now, closes_at).await?)
}

/// Writes down by what a letter was opened.
pub(super) async fn write_opened(
    tx: &mut Tx,
    by: &str,
    opened: &Opened,
    now: Timestamp,
) -> Result<(), ActionError> {
    let entry = audit::Entry {
        actor: by,
        subject: Some(&opened.person.id),
        what: OPENED,
        way: Way::Web.name(),
        detail: Some(opened.deployment.id.to_string()),
    };
    Ok(audit::add(tx, &entry, now).await?)
}
