//! Centres: read, taken over.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::CentreCode;
use crate::imports::Kind;
use crate::store::bulk::centres;
use crate::store::centres::Centre;

use super::endpoint::{Call, Endpoint, Json, Nothing, Unit};
use super::paging::{Code, Limit, Page};
use super::problem::{Kind as ProblemKind, Problem, Refusal};
use super::rows::{self, Rows, Written};
use super::whole::maybe_whole;

/// An examination centre.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Centre")]
pub(in crate::web) struct Shown {
    /// Eight digits.
    code: String,
    /// The school.
    name: String,
    /// Its county.
    county: String,
    /// Its sub-county.
    sub_county: String,
    /// The container its papers come from.
    distribution_centre: String,
    /// Where the school lies.
    location: Option<String>,
    /// How many candidates are registered.
    candidates: Option<u32>,
    /// How far the container is, in kilometres.
    distance_km: Option<u16>,
}

impl From<Centre> for Shown {
    fn from(centre: Centre) -> Self {
        Self {
            code: centre.code.as_str().to_owned(),
            name: centre.name,
            county: centre.county,
            sub_county: centre.sub_county,
            distribution_centre: centre.distribution_centre,
            location: centre.location,
            candidates: centre.candidates,
            distance_km: centre.distance_km,
        }
    }
}

fn example() -> Value {
    json!({
        "code": "99208105",
        "name": "Mfano Secondary School",
        "county": "Murang'a",
        "sub_county": "Murang'a South",
        "distribution_centre": "Murang'a South",
        "location": null,
        "candidates": 180,
        "distance_km": 12,
    })
}

/// Which centre.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ByCode {
    /// The centre's code.
    #[schemars(with = "Code")]
    code: CentreCode,
}

pub(in crate::web) struct ReadCentre;

impl Endpoint for ReadCentre {
    const SUMMARY: &'static str = "Read about a centre";
    const PROBLEMS: &'static [ProblemKind] = &[ProblemKind::NotFound];
    type Wanted = ByCode;
    type Sent = Nothing;
    type Given = Json<Shown>;

    fn example_given() -> Value {
        example()
    }

    async fn run(call: &mut Call, wanted: ByCode, _: Nothing) -> Result<Json<Shown>, Refusal> {
        let Unit { tx, .. } = call.unit().await?;
        let found = centres::of_codes(tx, &[&wanted.code]).await?;
        let centre = found.into_iter().next();
        let centre = centre.ok_or_else(|| Problem::not_found("centre"))?;
        Ok(Json(centre.into()))
    }
}

/// Which part of the list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Listed {
    /// What `next` of the page before said.
    #[schemars(with = "Code")]
    after: Option<CentreCode>,
    /// The most centres on the page.
    #[serde(default)]
    limit: Limit,
}

pub(in crate::web) struct ListCentres;

impl Endpoint for ListCentres {
    const SUMMARY: &'static str = "Read about all centres, page by page";
    type Wanted = Listed;
    type Sent = Nothing;
    type Given = Json<Page<Shown>>;

    fn example_given() -> Value {
        json!({ "items": [example()], "next": null })
    }

    async fn run(
        call: &mut Call,
        wanted: Listed,
        _: Nothing,
    ) -> Result<Json<Page<Shown>>, Refusal> {
        let Unit { tx, .. } = call.unit().await?;
        let (after, limit) = (wanted.after.as_ref(), wanted.limit);
        let found = centres::after(tx, after, limit.and_one()).await?;
        let cursor = |centre: &Centre| centre.code.as_str().to_owned();
        Ok(Json(Page::of(found, limit, cursor, Shown::from)))
    }
}

/// What is known about a centre.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CentreRow")]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Row {
    /// Eight digits, by which it is known.
    centre_code: String,
    /// The school, at most 60 characters.
    name: String,
    /// One of the 47.
    county: String,
    /// Its sub-county.
    sub_county: String,
    /// The container its papers come from.
    distribution_centre: String,
    /// Where the school lies.
    location: Option<String>,
    /// How many candidates are registered.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[schemars(range(max = u32::MAX))]
    candidates: Option<u32>,
    /// How far the container is, in kilometres.
    #[serde(default, deserialize_with = "maybe_whole")]
    distance_km: Option<u16>,
}

pub(in crate::web) struct PutCentres;

impl Endpoint for PutCentres {
    const SUMMARY: &'static str = "Add centres, and change what is known about them";
    const MORE: &'static str =
        "By the rules of `cp2 import centres`. The same rows twice change nothing.";
    const ONCE: bool = true;
    const PROBLEMS: &'static [ProblemKind] = &[ProblemKind::Refused];
    type Wanted = Nothing;
    type Sent = Json<Rows<Row>>;
    type Given = Json<Written>;

    fn example_sent() -> Value {
        json!({
            "rows": [{
                "centre_code": "99208199",
                "name": "Mfano Girls High School",
                "county": "Nakuru",
                "sub_county": "Naivasha",
                "distribution_centre": "Naivasha",
                "candidates": 210,
            }],
            "dry_run": true,
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
        Ok(Json(rows::take(call, Kind::Centres, &sent).await?))
    }
}
