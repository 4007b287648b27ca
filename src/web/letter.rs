//! The appointment letter of a deployment, drawn.

use tokio::task::spawn_blocking;

use crate::actions;
use crate::letters::{Check, LetterData};
use crate::store::deployments::Deployment;
use crate::store::people::Person;

use super::app::App;

/// Draws a letter, which takes too long for a unit of work. None for a person without a
/// line.
pub(super) async fn draw(
    app: &App,
    person: &Person,
    deployment: &Deployment,
) -> Result<Option<Vec<u8>>, LetterFailed> {
    let Some(data) = data(app, person, deployment) else {
        return Ok(None);
    };
    let drawer = app.clone();
    Ok(Some(
        spawn_blocking(move || drawer.letters.render(&data)).await??,
    ))
}

/// Why there is no letter.
#[derive(Debug, thiserror::Error)]
pub(super) enum LetterFailed {
    #[error(transparent)]
    Action(#[from] actions::ActionError),
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    #[error(transparent)]
    Letter(#[from] crate::letters::LetterError),
    #[error("the letter was not drawn")]
    Cut(#[from] tokio::task::JoinError),
}

/// None for a person without a line: their links closed when it went.
fn data(app: &App, person: &Person, deployment: &Deployment) -> Option<LetterData> {
    let reports = deployment.reports_at.datetime_in_kenya();
    let series = deployment.series;
    Some(LetterData {
        reference: format!(
            "KNEC/GEN/EA/FA/SI/APP/{}/{}/{}/{:07}",
            series.exam.code(),
            deployment.role.code(),
            series.year,
            deployment.serial
        ),
        serial: deployment.serial,
        issued_on: deployment.issued_on,
        name: person.name.clone(),
        national_id: person.national_id.clone(),
        tsc_number: person.tsc_number.clone(),
        mobile: person.msisdn.clone()?,
        town: person.town.clone(),
        role: deployment.role,
        series,
        centre_code: deployment.centre.code.clone(),
        centre_name: deployment.centre.name.clone(),
        sub_county: deployment.centre.sub_county.clone(),
        county: deployment.centre.county.clone(),
        report_on: reports.date(),
        report_at: reports.time(),
        from: deployment.starts_on,
        to: deployment.ends_on,
        rate_per_day: Some(deployment.rate),
        distribution_centre: Some(deployment.centre.distribution_centre.clone()),
        paper: None,
        reply_by: None,
        check: Check {
            code: app.tools.keys.check_code(deployment.serial),
            place: format!("{}/v", app.tools.public_url),
        },
    })
}
