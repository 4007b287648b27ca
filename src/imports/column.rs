//! The columns of each kind of file, with the names that people give them.

/// What a file lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Examination centres.
    Centres,
    /// People.
    Professionals,
    /// Who works where.
    Deployments,
}

/// A column that is read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Our name for it, which exports write.
    pub(super) name: &'static str,
    /// What else people call it; case, spaces and signs do not matter.
    pub(super) others: &'static [&'static str],
    /// Whether a file of its kind can't be without it.
    pub(super) is_needed: bool,
    /// Whether its values must not be shown in full.
    pub(super) is_private: bool,
}

const fn column(name: &'static str, others: &'static [&'static str]) -> Column {
    Column {
        name,
        others,
        is_needed: false,
        is_private: false,
    }
}

impl Column {
    const fn needed(mut self) -> Self {
        self.is_needed = true;
        self
    }

    const fn private(mut self) -> Self {
        self.is_private = true;
        self
    }
}

const NATIONAL_ID: Column = column(
    "national_id",
    &[
        "National ID No",
        "National ID Number",
        "ID No",
        "ID Number",
        "ID",
        "Identity Card No",
        "Identity Card Number",
    ],
)
.needed()
.private();

const COUNTY: Column = column("county", &["County Name"]);

const SUB_COUNTY: Column = column("sub_county", &["Subcounty Name", "SubCounty/District"]);

const PROFESSIONALS: &[Column] = &[
    NATIONAL_ID,
    column(
        "name",
        &[
            "Names",
            "Full Name",
            "Full Names",
            "Name in Full",
            "Professional",
        ],
    )
    .needed(),
    column(
        "phone",
        &[
            "Phone No",
            "Phone Number",
            "Mobile",
            "Mobile No",
            "Mobile Number",
            "Mobile Phone",
            "Cell",
            "Cell Phone",
            "Tel",
            "Tel No",
            "Telephone",
            "Telephone No",
            "Telephone Number",
            "MSISDN",
        ],
    )
    .private(),
    column("tsc_number", &["TSC", "TSC No", "Teacher No"]).private(),
    column(
        "kra_pin",
        &["KRA", "KRA PIN No", "KRA PIN Number", "PIN No"],
    )
    .private(),
    column("town", &["Postal Town", "Home Town"]),
    column("gender", &["Sex"]),
    column("birth_year", &["Year of Birth", "YOB", "Born"]),
    column(
        "qualification",
        &["Highest Qualification", "Academic Qualification"],
    ),
    column("workstation", &["Station", "Current Station", "School"]),
    COUNTY,
    SUB_COUNTY,
    column("email", &["E-mail Address", "Mail"]).private(),
];

const CENTRES: &[Column] = &[
    column(
        "centre_code",
        &[
            "Code",
            "Center Code",
            "Centre No",
            "Center No",
            "Centre Number",
        ],
    )
    .needed(),
    column(
        "name",
        &[
            "Centre Name",
            "Center Name",
            "Centre",
            "School",
            "School Name",
        ],
    )
    .needed(),
    COUNTY.needed(),
    SUB_COUNTY.needed(),
    column(
        "distribution_centre",
        &[
            "Distribution Center",
            "Container",
            "Distribution Point",
            "Collection Point",
        ],
    )
    .needed(),
    column("location", &["Place", "Locality"]),
    column(
        "candidates",
        &["Candidature", "No of Candidates", "Number of Candidates"],
    ),
    column("distance_km", &["Distance", "Distance in km", "km"]),
];

const DEPLOYMENTS: &[Column] = &[
    NATIONAL_ID,
    column(
        "centre_code",
        &[
            "Center Code",
            "Centre No",
            "Center No",
            "Centre Number",
            "Centre",
        ],
    )
    .needed(),
    column("series", &["Exam Series", "Examination Series"]),
    column("exam", &["Examination", "Exam Code"]),
    column("year", &["Exam Year"]),
    column("role", &["Designation", "Position", "Duty", "Deployed As"]).needed(),
    column(
        "reports_on",
        &[
            "Reporting Date",
            "Report Date",
            "Date of Reporting",
            "Reports At",
            "Reporting",
        ],
    )
    .needed(),
    column(
        "reports_hour",
        &["Reporting Time", "Report Time", "Time", "Hour"],
    ),
    column("starts_on", &["Start Date", "Starts", "From"]).needed(),
    column("ends_on", &["End Date", "Ends", "To", "Until"]).needed(),
    column(
        "rate_kes",
        &["Rate", "Daily Rate", "Rate per Day", "Daily Rate (KES)"],
    )
    .needed(),
    column("state", &["Status"]),
    column("paper", &["Paper Code", "Subject Paper"]),
    column("examiner_number", &["Examiner No", "EXMNO"]),
    column(
        "answer_by",
        &["Reply By", "Deadline", "Accept By", "Accept or Decline By"],
    ),
];

impl Kind {
    /// Every kind, in the order in which they are imported.
    pub const ALL: [Self; 3] = [Self::Centres, Self::Professionals, Self::Deployments];

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its name, as commands and the audit log write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Centres => "centres",
            Self::Professionals => "professionals",
            Self::Deployments => "deployments",
        }
    }

    pub(super) fn columns(self) -> &'static [Column] {
        match self {
            Self::Centres => CENTRES,
            Self::Professionals => PROFESSIONALS,
            Self::Deployments => DEPLOYMENTS,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::header::plain;
    use super::*;

    #[test]
    fn no_two_columns_of_a_kind_share_a_name() {
        for kind in Kind::ALL {
            let mut seen = HashSet::new();
            for column in kind.columns() {
                for name in std::iter::once(&column.name).chain(column.others) {
                    assert!(seen.insert(plain(name)), "{name} twice in {}", kind.name());
                }
            }
        }
    }
}
