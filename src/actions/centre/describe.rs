//! What is known of a centre, and how far its container is.

use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::store::centres;
use crate::ussd::Outcome;

use super::super::admission::{admit, admitted_outcomes};
use super::super::work::{Action, ActionError, Work};
use super::{MANAGED, NOT_MANAGER, managed};

const DISTANCE: FieldSpec = FieldSpec::new("km", Kind::Number(3));

pub(in super::super) const DESCRIBE: Action = Action {
    spec: ActionSpec {
        name: "centre.describe",
        about: "looks up what is known of a centre that the caller manages",
        inputs: &[MANAGED],
        outcomes: admitted_outcomes![
            OutcomeSpec::new(
                "found",
                "here it is",
                &[
                    FieldSpec::new("centre_code", Kind::Centre),
                    FieldSpec::new("centre_name", Kind::Name(60)),
                    FieldSpec::new("location", Kind::Name(60)),
                    FieldSpec::new("distribution_centre", Kind::Name(60)),
                    FieldSpec::new("distance", Kind::Code(3)),
                    FieldSpec::new("candidates", Kind::Code(5)),
                ],
            ),
            NOT_MANAGER,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(describe(work)),
};

pub(in super::super) const SET_DISTANCE: Action = Action {
    spec: ActionSpec {
        name: "centre.set_distance",
        about: "keeps how far a centre is from its distribution centre",
        writes: true,
        inputs: &[MANAGED, DISTANCE],
        outcomes: admitted_outcomes![OutcomeSpec::new("saved", "it is kept", &[]), NOT_MANAGER,],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(set_distance(work)),
};

/// What is shown where nothing is known.
const NOTHING: &str = "-";

async fn describe(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, DescribeCentre);
    let centre = managed!(work, &person).centre;
    let location = centre.location.as_deref().unwrap_or(&centre.sub_county);
    let distance = centre.distance_km.map(u32::from);
    Ok(Outcome::of("found")
        .with("location", Value::name(location))
        .with(
            "distribution_centre",
            Value::name(&centre.distribution_centre),
        )
        .with("distance", number(distance))
        .with("candidates", number(centre.candidates))
        .with("centre_name", Value::name(&centre.name))
        .with("centre_code", Value::Centre(centre.code)))
}

fn number(known: Option<u32>) -> Value {
    Value::Code(known.map_or_else(|| NOTHING.to_owned(), |number| number.to_string()))
}

async fn set_distance(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let Value::Number(km) = *work.field("km")? else {
        return Err(ActionError::NoField("km"));
    };
    let km = u16::try_from(km).map_err(|_| ActionError::NoField("km"))?;
    let person = admit!(work, DescribeCentre);
    let centre = managed!(work, &person).centre;
    centres::set_distance(work.tx, &centre.code, km).await?;
    let before = centre
        .distance_km
        .map_or(NOTHING.to_owned(), |km| km.to_string());
    let detail = format!("{}: {before} to {km}", centre.code.as_str());
    work.log(&person, "centre.distance", Some(detail)).await?;
    Ok(Outcome::of("saved").having_changed())
}
