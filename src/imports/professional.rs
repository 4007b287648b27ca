//! A row about a person.

use super::cell::Cells;
use super::fault::{Fault, Reason};
use crate::domain::{
    County, Email, Gender, KraPin, Msisdn, Name, NationalId, Qualification, TscNumber,
};

/// The years that people at work were born in, as far as anybody can tell.
const BIRTH_YEARS: std::ops::RangeInclusive<u16> = 1930..=2015;

/// What a file says about a person. Where it says nothing, nothing changes.
#[derive(Debug, Clone)]
pub struct ProfessionalRow {
    /// By which they are known.
    pub national_id: NationalId,
    /// As on the identity card.
    pub name: Name,
    /// Their line.
    pub phone: Option<Msisdn>,
    /// Teachers only.
    pub tsc_number: Option<TscNumber>,
    /// Their tax number.
    pub kra_pin: Option<KraPin>,
    /// Where letters address them.
    pub town: Option<String>,
    /// Their gender.
    pub gender: Option<Gender>,
    /// The year they were born in.
    pub birth_year: Option<u16>,
    /// Their highest qualification.
    pub qualification: Option<Qualification>,
    /// Where they work between exams.
    pub workstation: Option<String>,
    /// Its county.
    pub county: Option<&'static str>,
    /// Its sub-county.
    pub sub_county: Option<String>,
    /// Their e-mail address.
    pub email: Option<Email>,
}

impl ProfessionalRow {
    pub(super) fn read(cells: &Cells<'_>) -> Result<Self, Fault> {
        let national_id = cells.digits("national_id", NationalId::parse)?;
        let name = cells.read("name", Name::parse)?;
        let birth_year = cells.number("birth_year")?;
        if birth_year.is_some_and(|year| !BIRTH_YEARS.contains(&year)) {
            return Err(cells.fault("birth_year", Reason::BirthYear));
        }
        Ok(Self {
            national_id: cells.needed("national_id", national_id)?,
            name: cells.needed("name", name)?,
            phone: cells.digits("phone", Msisdn::parse)?,
            tsc_number: cells.digits("tsc_number", TscNumber::parse)?,
            kra_pin: cells.read("kra_pin", KraPin::parse)?,
            town: cells.words("town", 60)?,
            gender: cells.read("gender", gender)?,
            birth_year,
            qualification: cells.read("qualification", qualification)?,
            workstation: cells.words("workstation", 60)?,
            county: county(cells)?,
            sub_county: cells.words("sub_county", 40)?,
            email: cells.read("email", Email::parse)?,
        })
    }
}

/// The county of a row, as the council writes it.
pub(super) fn county(cells: &Cells<'_>) -> Result<Option<&'static str>, Fault> {
    cells.read("county", |text| {
        let name = text.trim_end_matches(" County").trim_end_matches(" COUNTY");
        County::named(name)
            .map(|county| county.name)
            .ok_or(Reason::County)
    })
}

fn gender(text: &str) -> Result<Gender, Reason> {
    match text.to_ascii_uppercase().as_str() {
        "F" | "FEMALE" => Ok(Gender::Female),
        "M" | "MALE" => Ok(Gender::Male),
        _ => Err(Reason::Gender),
    }
}

fn qualification(text: &str) -> Result<Qualification, Reason> {
    Qualification::parse(&text.to_ascii_lowercase()).ok_or(Reason::Qualification)
}
