//! Making a campaign, counting it, and steering it.

use std::time::Duration;

use crate::actions::four_eyes::{Joint, wanted_by_two};
use crate::actions::parcel::{self, Address, Parcel};
use crate::actions::reference;
use crate::actions::work::{ActionError, Tools};
use crate::config::Operator;
use crate::domain::{JointDeed, Lane, Language, Msisdn, Timestamp};
use crate::menus::{Wording, sample_fields};
use crate::store::campaigns::{self, Audience, Campaign, Class, Selection, Stage};
use crate::store::{Tx, audit};

use super::{OF_PEOPLE, OF_WORK};

/// How long a test message is worth sending.
const TEST_LIFE: Duration = Duration::from_hours(1);

/// The most characters of the name of a campaign.
pub const LONGEST_NAME: usize = 80;

/// What somebody wants to send, and to whom.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What it is about.
    pub name: String,
    /// News or promotion.
    pub class: Class,
    /// What it says in English, with placeholders.
    pub text_en: String,
    /// The same in Kiswahili.
    pub text_sw: String,
    /// The most SMS that one text may take.
    pub segments: usize,
    /// Whom it goes to.
    pub chosen: Selection,
    /// The most messages a minute to one county.
    pub county_pace: Option<usize>,
    /// Through which channel.
    pub channel: String,
}

/// Why a plan can't be carried out.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Something in it is wrong: a line for each fault.
    #[error("{}", .0.join("\n"))]
    Wrong(Vec<String>),
    /// It could not be written down.
    #[error(transparent)]
    Action(#[from] ActionError),
}

/// What a campaign comes to, before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Estimate {
    /// Who will be sent it in English.
    pub english: u64,
    /// Who will be sent it in Kiswahili.
    pub kiswahili: u64,
    /// Who is chosen and has no line.
    pub without_line: u64,
    /// Who is chosen and wants no promotion.
    pub opted_out: u64,
    /// The most SMS that it takes.
    pub sms: u64,
    /// The most that it costs, in cents of a shilling.
    pub cents: u64,
}

/// The texts of a campaign, read.
pub(super) fn wording(campaign: &Campaign) -> Result<Wording, Vec<String>> {
    let by_work = campaign.chosen.is_by_work();
    let fields = if by_work { OF_WORK } else { OF_PEOPLE };
    Wording::read(
        &campaign.text_en,
        &campaign.text_sw,
        fields,
        campaign.segments,
    )
}

/// Makes a campaign. Nothing is sent before it is started.
pub async fn make(
    tx: &mut Tx,
    plan: Plan,
    by: &str,
    now: Timestamp,
) -> Result<Campaign, PlanError> {
    let campaign = Campaign {
        reference: reference::fresh('C'),
        name: plan.name.trim().to_owned(),
        class: plan.class,
        text_en: plan.text_en,
        text_sw: plan.text_sw,
        segments: plan.segments,
        chosen: plan.chosen,
        county_pace: plan.county_pace,
        channel: plan.channel,
        stage: Stage::Draft,
        created_by: by.to_owned(),
        created_at: now,
    };
    named(&campaign.name)?;
    wording(&campaign).map_err(PlanError::Wrong)?;
    let kept = campaigns::insert(tx, &campaign).await;
    kept.map_err(ActionError::from)?;
    log(tx, &campaign.reference, "campaign.made", by, now).await?;
    Ok(campaign)
}

/// Lists show the name in one line.
fn named(name: &str) -> Result<(), PlanError> {
    let length = name.trim().chars().count();
    if (1..=LONGEST_NAME).contains(&length) && !name.contains(char::is_control) {
        return Ok(());
    }
    let fault = format!("the name: between 1 and {LONGEST_NAME} characters in one line");
    Err(PlanError::Wrong(vec![fault]))
}

/// Counts whom a campaign would reach now, and what that costs.
pub async fn estimate(
    tx: &mut Tx,
    campaign: &Campaign,
    sender: &str,
    cents_per_sms: u64,
) -> Result<Estimate, ActionError> {
    let mut sum = Estimate::default();
    for part in campaigns::audience(tx, &campaign.chosen, sender).await? {
        *place_of(&mut sum, campaign.class, &part) += part.people;
    }
    sum.sms = (sum.english + sum.kiswahili) * u64::try_from(campaign.segments).unwrap_or(1);
    sum.cents = sum.sms * cents_per_sms;
    Ok(sum)
}

/// Where a part of the audience counts.
fn place_of<'a>(sum: &'a mut Estimate, class: Class, part: &Audience) -> &'a mut u64 {
    if !part.has_line {
        &mut sum.without_line
    } else if class == Class::Promotion && part.opted_out {
        &mut sum.opted_out
    } else if part.language == Language::Sw {
        &mut sum.kiswahili
    } else {
        &mut sum.english
    }
}

/// Sends the text with made-up data to a number, in both languages.
pub async fn try_out(
    tx: &mut Tx,
    tools: &Tools,
    campaign: &Campaign,
    to: &Msisdn,
    by: &str,
    now: Timestamp,
) -> Result<(), PlanError> {
    let wording = wording(campaign).map_err(PlanError::Wrong)?;
    let samples = sample_fields(OF_WORK);
    let address = Address {
        lane: Lane::Notice,
        to,
        about: None,
        expires_at: now.plus(TEST_LIFE),
    };
    let texts = Language::ALL.map(|language| wording.fill(&samples, language));
    let parcels = texts.map(|text| Parcel::seal(tools, address, &text));
    let queued = parcel::queue(tx, tools, &campaign.channel, &parcels, now).await;
    queued.map_err(ActionError::from)?;
    Ok(log(tx, &campaign.reference, "campaign.tried", by, now).await?)
}

/// What can be done with a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Sends one that is made.
    Start,
    /// Holds one that is being sent.
    Pause,
    /// Goes on with one that is held.
    Resume,
    /// Gives it up for good.
    Cancel,
}

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steered {
    /// It is taken.
    Done,
    /// The campaign is not where it is possible.
    NotThere,
    /// It is noted; another member of staff must want it too.
    NeedsAnother,
}

/// Steers a campaign.
pub async fn steer(
    tx: &mut Tx,
    rules: &Operator,
    reference: &str,
    step: Step,
    (by, now): (&str, Timestamp),
) -> Result<Steered, ActionError> {
    use Stage::{Cancelled, Draft, Paused, Running};
    if step == Step::Start && !may_start(tx, rules, reference, (by, now)).await? {
        return Ok(Steered::NeedsAnother);
    }
    let (from, to, what): (&[Stage], _, _) = match step {
        Step::Start => (&[Draft], Running, "campaign.started"),
        Step::Pause => (&[Running], Paused, "campaign.paused"),
        Step::Resume => (&[Paused], Running, "campaign.resumed"),
        Step::Cancel => (&[Draft, Running, Paused], Cancelled, "campaign.cancelled"),
    };
    let moved = campaigns::move_on(tx, reference, from, to, now).await?;
    if !moved {
        return Ok(Steered::NotThere);
    }
    log(tx, reference, what, by, now).await?;
    Ok(Steered::Done)
}

/// Whether as many want a draft to start as must, by how many people it goes to.
async fn may_start(
    tx: &mut Tx,
    rules: &Operator,
    reference: &str,
    (by, now): (&str, Timestamp),
) -> Result<bool, ActionError> {
    if !rules.four_eyes.contains(&JointDeed::Campaign) {
        return Ok(true);
    }
    let found = campaigns::by_reference(tx, reference).await?;
    let Some(campaign) = found.filter(|campaign| campaign.stage == Stage::Draft) else {
        return Ok(true);
    };
    let chosen = campaigns::audience(tx, &campaign.chosen, &campaign.channel).await?;
    let people: u64 = chosen.iter().map(|part| part.people).sum();
    let joint = Joint {
        deed: JointDeed::Campaign,
        subject: reference,
        about: None,
    };
    Ok(people < rules.four_eyes_from_people || wanted_by_two(tx, rules, joint, by, now).await?)
}

async fn log(
    tx: &mut Tx,
    reference: &str,
    what: &str,
    by: &str,
    now: Timestamp,
) -> Result<(), ActionError> {
    let entry = audit::Entry {
        actor: by,
        subject: None,
        what,
        way: crate::actions::Way::Operator.name(),
        detail: Some(reference.to_owned()),
    };
    Ok(audit::add(tx, &entry, now).await?)
}
