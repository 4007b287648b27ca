//! A row about an examination centre.

use super::cell::Cells;
use super::fault::Fault;
use super::professional::county;
use crate::domain::CentreCode;

/// What a file says about a centre. Where it says nothing, nothing changes.
#[derive(Debug, Clone)]
pub struct CentreRow {
    /// By which it is known.
    pub code: CentreCode,
    /// The school.
    pub name: String,
    /// Its county.
    pub county: &'static str,
    /// Its sub-county.
    pub sub_county: String,
    /// The container its papers come from.
    pub distribution_centre: String,
    /// Where the school lies.
    pub location: Option<String>,
    /// How many candidates are registered.
    pub candidates: Option<u32>,
    /// How far the container is, in kilometres.
    pub distance_km: Option<u16>,
}

impl CentreRow {
    pub(super) fn read(cells: &Cells<'_>) -> Result<Self, Fault> {
        let code = cells.digits("centre_code", CentreCode::parse)?;
        let needed = |name, longest| cells.needed(name, cells.words(name, longest)?);
        Ok(Self {
            code: cells.needed("centre_code", code)?,
            name: needed("name", 60)?,
            county: cells.needed("county", county(cells)?)?,
            sub_county: needed("sub_county", 40)?,
            distribution_centre: needed("distribution_centre", 60)?,
            location: cells.words("location", 60)?,
            candidates: cells.number("candidates")?,
            distance_km: cells.number("distance_km")?,
        })
    }
}
