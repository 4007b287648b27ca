//! Who works where: read, taken over.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::{CentreCode, DeploymentId, PersonId};
use crate::imports::Kind;
use crate::store::deployments::{self, Deployment, Of};

use super::endpoint::{Call, Endpoint, Json, Nothing, Unit};
use super::paging::{
    ById, CHANGES, Change, ChangesWanted, Code, Id, Limit, Page, SOME_ID, example_of_changes,
    moment,
};
use super::problem::{Kind as ProblemKind, Problem, Refusal};
use super::rows::{self, Rows, Written};
use super::whole::whole;

/// Somebody's work at a centre.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Deployment")]
pub(in crate::web) struct Shown {
    /// By which this service knows it.
    id: String,
    /// Whose.
    person: String,
    /// Where.
    centre_code: String,
    /// For which exam, such as `KCSE 2026`.
    series: String,
    /// As what: the code of the role, such as `INV`.
    role: String,
    /// `posted`, `invited`, `declined` or `cancelled`.
    state: String,
    /// The number at the end of the letter's reference; a change makes a new one.
    serial: u32,
    /// When to be there first.
    reports_at: String,
    /// The first day of work.
    starts_on: String,
    /// The last day of work.
    ends_on: String,
    /// What a day pays, in shillings.
    rate_kes: u32,
}

impl From<Deployment> for Shown {
    fn from(deployment: Deployment) -> Self {
        Self {
            id: deployment.id.to_string(),
            person: deployment.person.to_string(),
            centre_code: deployment.centre.code.as_str().to_owned(),
            series: deployment.series.to_string(),
            role: deployment.role.code().to_owned(),
            state: deployment.state.name().to_owned(),
            serial: deployment.serial,
            reports_at: moment(deployment.reports_at),
            starts_on: deployment.starts_on.to_string(),
            ends_on: deployment.ends_on.to_string(),
            rate_kes: deployment.rate.0,
        }
    }
}

fn example() -> Value {
    json!({
        "id": SOME_ID,
        "person": SOME_ID,
        "centre_code": "99208105",
        "series": "KCSE 2026",
        "role": "INV",
        "state": "posted",
        "serial": 100_001,
        "reports_at": "2026-10-16T07:00:00+03:00",
        "starts_on": "2026-10-19",
        "ends_on": "2026-11-20",
        "rate_kes": 550,
    })
}

pub(in crate::web) struct ReadDeployment;

impl Endpoint for ReadDeployment {
    const SUMMARY: &'static str = "Read how a deployment stands";
    const PROBLEMS: &'static [ProblemKind] = &[ProblemKind::NotFound];
    type Wanted = ById<DeploymentId>;
    type Sent = Nothing;
    type Given = Json<Shown>;

    fn example_given() -> Value {
        example()
    }

    async fn run(
        call: &mut Call,
        wanted: ById<DeploymentId>,
        _: Nothing,
    ) -> Result<Json<Shown>, Refusal> {
        let Unit { tx, .. } = call.unit().await?;
        let found = deployments::by_id(tx, &wanted.id).await?;
        let found = found.ok_or_else(|| Problem::not_found("deployment"))?;
        Ok(Json(found.into()))
    }
}

/// Which part of which list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Listed {
    /// Of this person alone.
    #[schemars(with = "Id")]
    person: Option<PersonId>,
    /// At this centre alone; not together with `person`.
    #[schemars(with = "Code")]
    centre_code: Option<CentreCode>,
    /// What `next` of the page before said.
    #[schemars(with = "Id")]
    after: Option<DeploymentId>,
    /// The most deployments on the page.
    #[serde(default)]
    limit: Limit,
}

pub(in crate::web) struct ListDeployments;

impl Endpoint for ListDeployments {
    const SUMMARY: &'static str = "Read who works where, page by page";
    const PROBLEMS: &'static [ProblemKind] = &[ProblemKind::Refused];
    type Wanted = Listed;
    type Sent = Nothing;
    type Given = Json<Page<Shown>>;

    fn example_given() -> Value {
        json!({ "items": [example()], "next": SOME_ID })
    }

    async fn run(
        call: &mut Call,
        wanted: Listed,
        _: Nothing,
    ) -> Result<Json<Page<Shown>>, Refusal> {
        let of = match (&wanted.person, &wanted.centre_code) {
            (None, None) => Of::All,
            (Some(person), None) => Of::Person(person),
            (None, Some(code)) => Of::Centre(code),
            (Some(_), Some(_)) => {
                let detail = "ask for one person or for one centre, not for both";
                return Err(Problem::new(ProblemKind::Refused, detail).into());
            }
        };
        let Unit { tx, .. } = call.unit().await?;
        let (after, limit) = (wanted.after.as_ref(), wanted.limit);
        let found = deployments::after(tx, of, after, limit.and_one()).await?;
        let cursor = |deployment: &Deployment| deployment.id.to_string();
        Ok(Json(Page::of(found, limit, cursor, Shown::from)))
    }
}

pub(in crate::web) struct ListChangedDeployments;

impl Endpoint for ListChangedDeployments {
    const SUMMARY: &'static str = "Read which deployments are new or have changed since";
    const MORE: &'static str = CHANGES;
    type Wanted = ChangesWanted<DeploymentId>;
    type Sent = Nothing;
    type Given = Json<Page<Change<Shown>>>;

    fn example_given() -> Value {
        example_of_changes(&example())
    }

    async fn run(
        call: &mut Call,
        wanted: ChangesWanted<DeploymentId>,
        _: Nothing,
    ) -> Result<Json<Page<Change<Shown>>>, Refusal> {
        let Unit { tx, .. } = call.unit().await?;
        let (from, limit) = (wanted.from(), wanted.limit);
        let found = deployments::changed(tx, &from, limit.and_one()).await?;
        Ok(Json(Page::of_changes(found, limit, |one: &Deployment| {
            one.id.as_str()
        })))
    }
}

/// What is known about somebody's work. Person, series and role tell which it is.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DeploymentRow")]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Row {
    /// The number of the person's identity card.
    national_id: String,
    /// Where: eight digits.
    centre_code: String,
    /// For which exam, such as `KCSE 2026`.
    series: String,
    /// As what: a code such as `INV`, or the name of the role.
    role: String,
    /// The day to be there first, such as `2026-10-16`.
    reports_on: String,
    /// The hour to be there first, such as `07:00`.
    reports_hour: String,
    /// The first day of work.
    starts_on: String,
    /// The last day of work.
    ends_on: String,
    /// What a day pays, in shillings.
    #[serde(deserialize_with = "whole")]
    #[schemars(range(max = u32::MAX))]
    rate_kes: u32,
    /// `posted`, `invited` or `cancelled`; where it is left out, posted unless it stands
    /// otherwise.
    state: Option<String>,
}

pub(in crate::web) struct PutDeployments;

impl Endpoint for PutDeployments {
    const SUMMARY: &'static str = "Deploy people, move them, take it back";
    const MORE: &'static str = "By the rules of `cp2 import deployments`. The same rows twice change nothing. Whoever is concerned is told by SMS, as the configuration has it.";
    const ONCE: bool = true;
    const PROBLEMS: &'static [ProblemKind] = &[ProblemKind::Refused];
    type Wanted = Nothing;
    type Sent = Json<Rows<Row>>;
    type Given = Json<Written>;

    fn example_sent() -> Value {
        json!({
            "rows": [{
                "national_id": "90000004",
                "centre_code": "99208105",
                "series": "KCSE 2026",
                "role": "INV",
                "reports_on": "2026-10-16",
                "reports_hour": "07:00",
                "starts_on": "2026-10-19",
                "ends_on": "2026-11-20",
                "rate_kes": 550,
                "state": "posted",
            }],
            "dry_run": true,
            "tell": false,
        })
    }

    fn example_given() -> Value {
        json!(Written::example())
    }

    async fn run(
        call: &mut Call,
        _: Nothing,
        Json(sent): Json<Rows<Row>>,
    ) -> Result<Json<Written>, Refusal> {
        Ok(Json(rows::take(call, Kind::Deployments, &sent).await?))
    }
}
