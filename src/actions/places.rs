//! Counties and sub-counties to choose from.

use crate::domain::County;
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::ussd::Outcome;

use super::choices::listed;
use super::work::{Action, ActionError, Work};

pub(super) const COUNTY: FieldSpec = FieldSpec::new("place_county", Kind::Name(20));
pub(super) const SUB_COUNTY: FieldSpec = FieldSpec::new("place_sub_county", Kind::Name(20));

pub(super) const COUNTIES: Action = Action {
    spec: ActionSpec {
        name: "places.counties",
        about: "lists the counties that begin with the letters typed",
        inputs: &[FieldSpec::new("place_letters", Kind::Name(60))],
        outcomes: &[
            OutcomeSpec::new(ActionSpec::LISTED, "there is at least one", &[]),
            OutcomeSpec::new("none", "no county begins so", &[]),
        ],
        item: &[COUNTY],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(async move { counties(work) }),
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

fn counties(work: &Work<'_>) -> Result<Outcome, ActionError> {
    let typed = work.name("place_letters")?;
    let found = County::beginning_with(typed);
    if found.is_empty() {
        return Ok(Outcome::of("none"));
    }
    let items = found
        .into_iter()
        .map(|county| vec![(COUNTY.name, Value::name(county.name))]);
    Ok(listed(work.page, items))
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
