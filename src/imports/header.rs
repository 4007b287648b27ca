//! Which cell of a row is which column.

use super::column::{Column, Kind};

/// The columns of a file, each with its place in a row.
#[derive(Debug, Clone)]
pub(super) struct Header {
    columns: Vec<(&'static Column, usize)>,
    /// How many cells a row may have.
    pub(super) width: usize,
    /// The names of columns that are not read.
    pub(super) unread: Vec<String>,
}

/// Why a row is no header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoHeader {
    /// A column that must be there is not.
    Without {
        column: &'static str,
        /// How many others are there.
        known: usize,
    },
    /// Two columns are named alike.
    Twice(&'static str),
}

impl Header {
    /// That of a file of which no row was read yet.
    pub(super) fn none() -> Self {
        Self {
            columns: Vec::new(),
            width: 0,
            unread: Vec::new(),
        }
    }

    /// Reads the names of columns as people write them.
    pub(super) fn read(kind: Kind, cells: &[String]) -> Result<Self, NoHeader> {
        let mut columns: Vec<(&'static Column, usize)> = Vec::new();
        let mut unread = Vec::new();
        for (place, cell) in cells.iter().enumerate() {
            let wanted = plain(cell);
            let is_named = |name: &&str| plain(name) == wanted;
            let found = kind
                .columns()
                .iter()
                .find(|column| is_named(&column.name) || column.others.iter().any(is_named));
            match found {
                Some(column) if columns.iter().any(|(known, _)| known.name == column.name) => {
                    return Err(NoHeader::Twice(column.name));
                }
                Some(column) => columns.push((column, place)),
                None if cell.is_empty() => {}
                None => unread.push(cell.clone()),
            }
        }
        let header = Self {
            columns,
            width: cells.len(),
            unread,
        };
        let is_there = |name| header.place(name).is_some();
        let without = |column| NoHeader::Without {
            column,
            known: header.columns.len(),
        };
        let needed = kind.columns().iter().filter(|column| column.is_needed);
        if let Some(column) = needed.into_iter().find(|column| !is_there(column.name)) {
            return Err(without(column.name));
        }
        if kind == Kind::Deployments
            && !is_there("series")
            && !(is_there("exam") && is_there("year"))
        {
            return Err(without("series"));
        }
        Ok(header)
    }

    /// Whether the cells of that place are read.
    pub(super) fn reads(&self, place: usize) -> bool {
        self.columns.iter().any(|(_, read)| *read == place)
    }

    /// The names of the columns, each in its place.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = vec![String::new(); self.width];
        for (column, place) in &self.columns {
            column.name.clone_into(&mut names[*place]);
        }
        names
    }

    /// Where a column stands.
    pub(super) fn place(&self, name: &str) -> Option<(&'static Column, usize)> {
        self.columns
            .iter()
            .copied()
            .find(|(column, _)| column.name == name)
    }
}

/// The letters and digits of a name, in lower case.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: Kind, names: &[&str]) -> Result<Header, NoHeader> {
        let cells: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        Header::read(kind, &cells)
    }

    #[test]
    fn columns_are_known_by_what_people_call_them() {
        let header = read(
            Kind::Professionals,
            &["No.", "FULL NAMES", "I.D. No.", "Mobile No.", "T.S.C. No"],
        )
        .unwrap();
        let place = |name| header.place(name).map(|(_, place)| place);
        assert_eq!(place("name"), Some(1));
        assert_eq!(place("national_id"), Some(2));
        assert_eq!(place("phone"), Some(3));
        assert_eq!(place("tsc_number"), Some(4));
        assert_eq!(header.unread, ["No."]);
    }

    #[test]
    fn what_is_missing_or_there_twice_is_named() {
        let missing = read(Kind::Professionals, &["Name", "Phone"]).unwrap_err();
        let without = |column, known| NoHeader::Without { column, known };
        assert_eq!(missing, without("national_id", 2));
        let twice = read(Kind::Professionals, &["Name", "ID", "ID No"]).unwrap_err();
        assert_eq!(twice, NoHeader::Twice("national_id"));
    }

    #[test]
    fn a_series_may_stand_in_two_columns() {
        let rest = ["ID", "Centre", "Role", "Reporting", "From", "To", "Rate"];
        let with = |more: &[&'static str]| read(Kind::Deployments, &[&rest[..], more].concat());
        assert!(with(&["Series"]).is_ok());
        assert!(with(&["Exam", "Year"]).is_ok());
        let without_year = with(&["Exam"]).unwrap_err();
        assert!(matches!(
            without_year,
            NoHeader::Without {
                column: "series",
                ..
            }
        ));
    }
}
