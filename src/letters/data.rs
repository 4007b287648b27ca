//! What a letter says, and who says it.

use jiff::civil::{Date, Time};

use super::fonts::Weight;
use crate::domain::{
    Accent, CentreCode, CheckCode, Crest, Kes, Msisdn, Name, NationalId, Role, Series, TscNumber,
};

/// One person's appointment, or invitation, to one exam series.
#[derive(Clone, Debug)]
pub struct LetterData {
    /// The number at the end of the letter's reference, printed at the foot of each page.
    pub serial: u32,
    /// The date on the letter.
    pub issued_on: Date,
    /// To whom the letter is addressed.
    pub name: Name,
    /// The addressee's national ID.
    pub national_id: NationalId,
    /// Only teachers have one.
    pub tsc_number: Option<TscNumber>,
    /// The addressee's phone.
    pub mobile: Msisdn,
    /// The addressee's town.
    pub town: Option<String>,
    /// As what the person serves; it chooses the template.
    pub role: Role,
    /// The exam and its year.
    pub series: Series,
    /// The centre, or the marking centre of an examiner.
    pub centre_code: CentreCode,
    /// The centre's name.
    pub centre_name: String,
    /// The centre's sub-county.
    pub sub_county: String,
    /// The centre's county.
    pub county: String,
    /// The day of the rehearsal, or of the briefing.
    pub report_on: Date,
    /// The hour to be there, in Kenya.
    pub report_at: Time,
    /// First day of service.
    pub from: Date,
    /// Last day of service.
    pub to: Date,
    /// What a day of service pays; missing where the pay is not by the day.
    pub rate_per_day: Option<Kes>,
    /// The container the centre's papers come from.
    pub distribution_centre: Option<String>,
    /// An examiner's paper, such as `565/2`.
    pub paper: Option<String>,
    /// An examiner's number.
    pub examiner_number: Option<String>,
    /// The last day to accept an invitation.
    pub reply_by: Option<Date>,
    /// The day it was accepted.
    pub accepted_on: Option<Date>,
    /// What tells the letter from a forged one.
    pub check: Check,
}

/// What tells a letter from a forged one.
#[derive(Clone, Debug)]
pub struct Check {
    /// The code that people type.
    pub code: CheckCode,
    /// The address where letters are checked, such as `https://cp2.example.org/v`.
    pub place: String,
}

/// The council as it appears on its letters; a setting.
#[derive(Clone, Debug)]
pub struct Council {
    /// What stands on top of the first page.
    pub crest: Crest,
    /// The colour of its name and of rules.
    pub accent: Accent,
    /// The full name, set in capitals in the letterhead.
    pub name: String,
    /// The lines below the name: address, telephone, web site.
    pub address: Vec<String>,
    /// Who signs.
    pub signatory: String,
    /// The office of the person who signs.
    pub signatory_title: String,
    /// The code to dial for this service, such as `*384*2026#`.
    pub service_code: Option<String>,
    /// What the references of appointments begin with, such as `KNEC/GEN/EA/FA/SI/APP`.
    pub reference: String,
    /// What those of examiners' invitations begin with.
    pub invitation_reference: String,
}

/// What stands in every letter besides its template.
const ALWAYS: [(Weight, &str); 3] = [
    (Weight::Bold, "REF: DATE: TO THROUGH RE:"),
    (
        Weight::Regular,
        "National ID No. TSC Mobile Serial Page 1 2 of continued",
    ),
    (
        Weight::Regular,
        "Anybody can check this letter: scan the square, open or dial Check code",
    ),
];

impl Council {
    /// What stands in every letter of the council's besides its template.
    pub(super) fn texts(&self) -> Vec<(Weight, String)> {
        let always = ALWAYS.map(|(weight, text)| (weight, text.to_owned()));
        let bold = [&self.name, &self.signatory].map(|text| (Weight::Bold, text.to_uppercase()));
        let plain = self.address.iter().chain([&self.signatory_title]);
        let plain = plain.map(|text| (Weight::Regular, text.clone()));
        always.into_iter().chain(bold).chain(plain).collect()
    }

    /// The whole reference of a letter, such as `KNEC/GEN/EA/FA/SI/APP/KCSE/INV/2026/9900001`.
    pub(super) fn reference_of(&self, data: &LetterData) -> String {
        let Series { exam, year } = data.series;
        let (exam, role, serial) = (exam.code(), data.role.code(), data.serial);
        match data.role {
            Role::Examiner => format!("{}/{exam}/{year}/{serial:07}", self.invitation_reference),
            _ => format!("{}/{exam}/{role}/{year}/{serial:07}", self.reference),
        }
    }
}
