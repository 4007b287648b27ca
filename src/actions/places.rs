//! Counties and sub-counties to choose from.

use crate::domain::{County, Place};
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::ussd::Outcome;

use super::choices::listed;
use super::work::{Action, ActionError, Work};

pub(super) const COUNTY: FieldSpec = FieldSpec::new("place_county", Kind::Name(20));
pub(super) const SUB_COUNTY: FieldSpec = FieldSpec::new("place_sub_county", Kind::Name(20));

/// The sub-county that was found by its own letters; empty where a county was.
const FOUND: FieldSpec = FieldSpec::new("place_found", Kind::Hidden);

pub(super) const FIND: Action = Action {
    spec: ActionSpec {
        name: "places.find",
        about: "lists the counties, and the sub-counties with their county behind, that begin \
                with the letters typed",
        inputs: &[FieldSpec::new("place_letters", Kind::Name(60))],
        outcomes: &[
            OutcomeSpec::new(ActionSpec::LISTED, "there is at least one", &[]),
            OutcomeSpec::new("none", "no name begins so", &[]),
        ],
        item: &[COUNTY, FOUND, FieldSpec::new("place_shown", Kind::Name(42))],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(async move { find(work) }),
};

pub(super) const CHOOSE: Action = Action {
    spec: ActionSpec {
        name: "places.choose",
        about: "tells whether what was picked is a sub-county already",
        inputs: &[COUNTY, FOUND],
        outcomes: &[
            OutcomeSpec::new("sub_county", "it is", &[SUB_COUNTY]),
            OutcomeSpec::new(
                "county",
                "it is a county; one of its parts is to be picked",
                &[],
            ),
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(async move { choose(work) }),
};

pub(super) const SUB_COUNTIES: Action = Action {
    spec: ActionSpec {
        name: "places.sub_counties",
        about: "lists the sub-counties of the county chosen",
        inputs: &[COUNTY],
        outcomes: &[OutcomeSpec::new(ActionSpec::LISTED, "here they are", &[])],
        item: &[SUB_COUNTY],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(async move { sub_counties(work) }),
};

fn find(work: &Work<'_>) -> Result<Outcome, ActionError> {
    let found = Place::beginning_with(work.name("place_letters")?);
    if found.is_empty() {
        return Ok(Outcome::of("none"));
    }
    let items = found.into_iter().map(|place| {
        let county = place.county.name;
        let shown = match place.sub_county {
            Some(sub_county) => format!("{sub_county}, {county}"),
            None => county.to_owned(),
        };
        let found = place.sub_county.unwrap_or_default().to_owned();
        vec![
            (COUNTY.name, Value::name(county)),
            (FOUND.name, Value::Hidden(found)),
            ("place_shown", Value::name(&shown)),
        ]
    });
    Ok(listed(work.page, items))
}

fn choose(work: &Work<'_>) -> Result<Outcome, ActionError> {
    Ok(match work.hidden(FOUND.name)? {
        "" => Outcome::of("county"),
        name => Outcome::of("sub_county").with(SUB_COUNTY.name, Value::name(name)),
    })
}

fn sub_counties(work: &Work<'_>) -> Result<Outcome, ActionError> {
    let county = County::named(work.name(COUNTY.name)?);
    let county = county.ok_or(ActionError::NoField(COUNTY.name))?;
    let items = county
        .sub_counties
        .iter()
        .map(|name| vec![(SUB_COUNTY.name, Value::name(name))]);
    Ok(listed(work.page, items))
}
