//! What the letter of a deployment says.

use crate::domain::Timestamp;
use crate::letters::{Check, LetterData};
use crate::store::deployments::Deployment;
use crate::store::people::Person;

use super::work::Tools;

/// What it says; none for a person without a line: their links closed when it went.
#[must_use]
pub fn letter_data(tools: &Tools, person: &Person, deployment: &Deployment) -> Option<LetterData> {
    let reports = deployment.reports_at.datetime_in_kenya();
    Some(LetterData {
        serial: deployment.serial,
        issued_on: deployment.issued_on,
        name: person.name.clone(),
        national_id: person.national_id.clone(),
        tsc_number: person.tsc_number.clone(),
        mobile: person.msisdn.clone()?,
        town: person.town.clone(),
        role: deployment.role,
        series: deployment.series,
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
        paper: deployment.paper.clone(),
        examiner_number: deployment.examiner_number.clone(),
        reply_by: deployment.answer_by.map(Timestamp::date_in_kenya),
        accepted_on: deployment.answered_at.map(Timestamp::date_in_kenya),
        check: Check {
            code: tools.keys.check_code(deployment.serial),
            place: format!("{}/v", tools.public_url),
        },
    })
}
