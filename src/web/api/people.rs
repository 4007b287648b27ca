//! People: read, looked up, taken over.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::actions::api::{self, Numbers};
use crate::domain::{Email, KraPin, Msisdn, NationalId, PersonId, TscNumber};
use crate::imports::Kind;
use crate::store::people::Person;

use super::endpoint::{Call, Endpoint, Json, Nothing, Unit};
use super::paging::{
    ById, CHANGES, Change, ChangesWanted, Id, Limit, Page, SOME_ID, example_of_changes,
};
use super::problem::{Kind as ProblemKind, Problem, Refusal};
use super::rows::{self, Rows, Written};
use super::whole::maybe_whole;

/// A person's record.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Person")]
pub(in crate::web) struct Shown {
    /// By which this service knows them.
    id: String,
    /// The number of their identity card.
    national_id: String,
    /// As on the identity card.
    name: String,
    /// Their line, which is also their user name; nothing once it went to somebody else.
    phone: Option<String>,
    /// Teachers only.
    tsc_number: Option<String>,
    /// Their tax number.
    kra_pin: Option<String>,
    /// Where letters address them.
    town: Option<String>,
    /// `F` or `M`.
    gender: Option<String>,
    /// The year they were born in.
    birth_year: Option<u16>,
    /// `certificate`, `diploma`, `degree`, `masters` or `phd`.
    qualification: Option<String>,
    /// Where they work between exams.
    workstation: Option<String>,
    /// Its county.
    county: Option<String>,
    /// Its sub-county.
    sub_county: Option<String>,
    /// Their e-mail address.
    email: Option<String>,
}

impl From<Person> for Shown {
    fn from(person: Person) -> Self {
        let profile = person.profile;
        let text = str::to_owned;
        Self {
            id: person.id.to_string(),
            national_id: text(person.national_id.as_str()),
            name: text(person.name.as_str()),
            phone: person.msisdn.as_ref().map(Msisdn::as_str).map(text),
            tsc_number: person.tsc_number.as_ref().map(TscNumber::as_str).map(text),
            kra_pin: person.kra_pin.as_ref().map(KraPin::as_str).map(text),
            town: person.town,
            gender: profile.gender,
            birth_year: profile.birth_year,
            qualification: profile.qualification,
            workstation: profile.workstation,
            county: profile.county,
            sub_county: profile.sub_county,
            email: profile.email.as_ref().map(Email::as_str).map(text),
        }
    }
}

fn example() -> Value {
    json!({
        "id": SOME_ID,
        "national_id": "90000001",
        "name": "Achieng Mercy Odhiambo",
        "phone": "254700000001",
        "tsc_number": "500001",
        "kra_pin": null,
        "town": "Kisumu",
        "gender": "F",
        "birth_year": 1988,
        "qualification": "degree",
        "workstation": null,
        "county": "Kisumu",
        "sub_county": "Kisumu East",
        "email": null,
    })
}

pub(in crate::web) struct ReadPerson;

impl Endpoint for ReadPerson {
    const SUMMARY: &'static str = "Read a person's record";
    const MORE: &'static str = "Who read whose record stands in the audit log.";
    const PROBLEMS: &'static [ProblemKind] = &[ProblemKind::NotFound];
    type Wanted = ById<PersonId>;
    type Sent = Nothing;
    type Given = Json<Shown>;

    fn example_given() -> Value {
        example()
    }

    async fn run(
        call: &mut Call,
        wanted: ById<PersonId>,
        _: Nothing,
    ) -> Result<Json<Shown>, Refusal> {
        let Unit {
            tx, caller, now, ..
        } = call.unit().await?;
        let person = api::read_person(tx, caller, &wanted.id, now).await?;
        let person = person.ok_or_else(|| Problem::not_found("person"))?;
        Ok(Json(person.into()))
    }
}

/// Which part of the list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Listed {
    /// What `next` of the page before said.
    #[schemars(with = "Id")]
    after: Option<PersonId>,
    /// The most people on the page.
    #[serde(default)]
    limit: Limit,
}

pub(in crate::web) struct ListPeople;

impl Endpoint for ListPeople {
    const SUMMARY: &'static str = "Read the register, page by page";
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
        let Unit {
            tx, caller, now, ..
        } = call.unit().await?;
        let (after, limit) = (wanted.after.as_ref(), wanted.limit);
        let found = api::list_people(tx, caller, after, limit.and_one(), now).await?;
        let cursor = |person: &Person| person.id.to_string();
        Ok(Json(Page::of(found, limit, cursor, Shown::from)))
    }
}

pub(in crate::web) struct ListChangedPeople;

impl Endpoint for ListChangedPeople {
    const SUMMARY: &'static str = "Read whose records are new or have changed since";
    const MORE: &'static str = CHANGES;
    type Wanted = ChangesWanted<PersonId>;
    type Sent = Nothing;
    type Given = Json<Page<Change<Shown>>>;

    fn example_given() -> Value {
        example_of_changes(&example())
    }

    async fn run(
        call: &mut Call,
        wanted: ChangesWanted<PersonId>,
        _: Nothing,
    ) -> Result<Json<Page<Change<Shown>>>, Refusal> {
        let Unit {
            tx, caller, now, ..
        } = call.unit().await?;
        let (from, limit) = (wanted.from(), wanted.limit);
        let found = api::list_changed_people(tx, caller, &from, limit.and_one(), now).await?;
        Ok(Json(Page::of_changes(found, limit, |one: &Person| {
            one.id.as_str()
        })))
    }
}

/// What somebody is looked up by: one number at least, and they have all that are given.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Search {
    /// The number of their identity card.
    national_id: Option<String>,
    /// Their line.
    phone: Option<String>,
    /// Their TSC number.
    tsc_number: Option<String>,
}

/// Who was found.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "People")]
pub(in crate::web) struct Found {
    /// Nobody, or who has these numbers.
    items: Vec<Shown>,
}

pub(in crate::web) struct SearchPeople;

impl Endpoint for SearchPeople {
    const SUMMARY: &'static str = "Look people up by a number that is theirs";
    const MORE: &'static str =
        "A search is posted, for addresses are kept by proxies and logs, and numbers are private.";
    const PROBLEMS: &'static [ProblemKind] = &[ProblemKind::Refused];
    type Wanted = Nothing;
    type Sent = Json<Search>;
    type Given = Json<Found>;

    fn example_sent() -> Value {
        json!({ "phone": "254700000001" })
    }

    fn example_given() -> Value {
        json!({ "items": [example()] })
    }

    async fn run(
        call: &mut Call,
        _: Nothing,
        Json(sent): Json<Search>,
    ) -> Result<Json<Found>, Refusal> {
        fn read<T, E: std::fmt::Display>(
            field: &str,
            text: Option<&str>,
            parse: impl Fn(&str) -> Result<T, E>,
        ) -> Result<Option<T>, Problem> {
            let read = text.map(parse).transpose();
            read.map_err(|error| Problem::of_field(field, error.to_string()))
        }
        let numbers = Numbers {
            national_id: read(
                "national_id",
                sent.national_id.as_deref(),
                NationalId::parse,
            )?,
            phone: read("phone", sent.phone.as_deref(), Msisdn::parse)?,
            tsc_number: read("tsc_number", sent.tsc_number.as_deref(), TscNumber::parse)?,
        };
        if numbers.is_empty() {
            let detail = "say a national_id, a phone or a tsc_number";
            return Err(Problem::new(ProblemKind::Refused, detail).into());
        }
        let Unit {
            tx, caller, now, ..
        } = call.unit().await?;
        let found = api::search_people(tx, caller, &numbers, now).await?;
        Ok(Json(Found {
            items: found.into_iter().map(Shown::from).collect(),
        }))
    }
}

/// What is known about a person.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PersonRow")]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Row {
    /// The number of their identity card, by which they are known.
    national_id: String,
    /// As on the identity card, at most 60 characters.
    name: String,
    /// Their line. A line that the register has is changed by its owner, not here.
    phone: Option<String>,
    /// Teachers only.
    tsc_number: Option<String>,
    /// Their tax number.
    kra_pin: Option<String>,
    /// Where letters address them.
    town: Option<String>,
    /// `F` or `M`.
    gender: Option<String>,
    /// The year they were born in.
    #[serde(default, deserialize_with = "maybe_whole")]
    birth_year: Option<u16>,
    /// `certificate`, `diploma`, `degree`, `masters` or `phd`.
    qualification: Option<String>,
    /// Where they work between exams.
    workstation: Option<String>,
    /// Its county.
    county: Option<String>,
    /// Its sub-county.
    sub_county: Option<String>,
    /// Their e-mail address.
    email: Option<String>,
}

pub(in crate::web) struct PutPeople;

impl Endpoint for PutPeople {
    const SUMMARY: &'static str = "Add people, and change what is known about them";
    const MORE: &'static str =
        "By the rules of `cp2 import professionals`. The same rows twice change nothing.";
    const ONCE: bool = true;
    const PROBLEMS: &'static [ProblemKind] = &[ProblemKind::Refused];
    type Wanted = Nothing;
    type Sent = Json<Rows<Row>>;
    type Given = Json<Written>;

    fn example_sent() -> Value {
        json!({
            "rows": [{
                "national_id": "90000101",
                "name": "Kamau Peter Njoroge",
                "phone": "254700000101",
                "gender": "M",
                "birth_year": 1985,
                "county": "Nakuru",
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
        Ok(Json(rows::take(call, Kind::Professionals, &sent).await?))
    }
}
