//! Why a row can't be taken.

use crate::domain::{
    CentreCodeError, EmailError, KraPinError, MsisdnError, NameError, NationalIdError, RoleError,
    SeriesError, TscNumberError,
};

/// What is wrong with a row: the first fault that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The column; empty where it is the row as a whole.
    pub column: &'static str,
    /// The value, with all but its end hidden where it is private.
    pub value: String,
    /// Why.
    pub reason: Reason,
}

impl Fault {
    /// A fault of a value that must not be shown in full.
    #[must_use]
    pub fn of_private(column: &'static str, value: &str, reason: Reason) -> Self {
        Self {
            column,
            value: masked(value),
            reason,
        }
    }
}

/// Why a value can't be taken. No reason holds the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// An empty cell that may not be empty.
    #[error("nothing stands here")]
    Missing,
    /// `2.547E+11`.
    #[error("a spreadsheet has rounded this number; format the column as text, enter it anew")]
    Rounded,
    /// `#REF!`, `#####`.
    #[error("a spreadsheet could not show this cell")]
    NotShown,
    /// `12-May` where a number should be.
    #[error("a spreadsheet has made a date of this number; format the column as text")]
    MadeDate,
    /// Cells beyond the last column.
    #[error("the row has more cells than the header")]
    TooManyCells,
    /// Too long for the record, and for phones.
    #[error("this is too long; at most {0} characters")]
    TooLong(usize),
    /// Nothing a phone can show.
    #[error("this holds nothing that a phone can show")]
    Unreadable,
    /// Not a name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Not an ID number.
    #[error(transparent)]
    NationalId(#[from] NationalIdError),
    /// Not a mobile number.
    #[error(transparent)]
    Msisdn(#[from] MsisdnError),
    /// Not a TSC number.
    #[error(transparent)]
    Tsc(#[from] TscNumberError),
    /// Not a KRA PIN.
    #[error(transparent)]
    KraPin(#[from] KraPinError),
    /// Not an address.
    #[error(transparent)]
    Email(#[from] EmailError),
    /// Not a centre code.
    #[error(transparent)]
    Centre(#[from] CentreCodeError),
    /// Not a series.
    #[error(transparent)]
    Series(#[from] SeriesError),
    /// Not a role.
    #[error(transparent)]
    Role(#[from] RoleError),
    /// Not a county.
    #[error("this is none of the 47 counties")]
    County,
    /// Not a gender.
    #[error("a gender is F or M, Female or Male")]
    Gender,
    /// Not a qualification.
    #[error("a qualification is certificate, diploma, degree, masters or phd")]
    Qualification,
    /// Not a year somebody at work can be born in.
    #[error("a year of birth has four digits and is past")]
    BirthYear,
    /// Not a day.
    #[error("a day is written 2026-10-16 or 16/10/2026")]
    Day,
    /// Not an hour.
    #[error("an hour is written 07:00 or 7:00am")]
    Hour,
    /// The last day comes before the first.
    #[error("the last day comes before the first")]
    EndsFirst,
    /// Not a number.
    #[error("a whole number is wanted")]
    Number,
    /// Not a state.
    #[error("a state is posted, invited or cancelled")]
    State,
    /// The same thing stands further up.
    #[error("this stands in row {0} already")]
    Twice(u64),
    /// The ID number is somebody else's.
    #[error("the register has this ID number under another name")]
    OtherName,
    /// The person has another number.
    #[error(
        "the register has another number for this person; they change it by phone, or an operator decides"
    )]
    OtherNumber,
    /// Somebody else has the number.
    #[error("somebody else has this number")]
    NumberTaken,
    /// No such person.
    #[error("nobody in the register has this ID number; import professionals first")]
    NoPerson,
    /// No such centre.
    #[error("the register has no such centre; import centres first")]
    NoCentre,
    /// Nothing to take back.
    #[error("there is no such deployment to cancel")]
    NothingToCancel,
}

/// A value with all but its end hidden.
pub(super) fn masked(value: &str) -> String {
    let letters: Vec<char> = value.chars().collect();
    match letters.len() {
        0 => String::new(),
        length @ 1..=5 => "*".repeat(length),
        length => format!("***{}", letters[length - 3..].iter().collect::<String>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_what_is_private_shows() {
        assert_eq!(masked("90000001"), "***001");
        assert_eq!(masked("1234"), "****");
        assert_eq!(masked(""), "");
    }
}
