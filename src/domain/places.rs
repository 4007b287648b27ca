//! The counties of Kenya and their sub-counties, found by their first letters.
//!
//! The names are those of the administration (education offices and letters follow
//! them), not of the constituencies.

use std::sync::LazyLock;

use crate::text::fold;

/// One county with what it is divided into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct County {
    /// Its name.
    pub name: &'static str,
    /// The names of its sub-counties.
    pub sub_counties: Vec<&'static str>,
}

static COUNTIES: LazyLock<Vec<County>> = LazyLock::new(|| {
    let mut counties: Vec<County> = Vec::new();
    for line in include_str!("places.csv").lines().skip(1) {
        let mut cells = line.split(',').skip(1);
        let (Some(name), Some(sub_county)) = (cells.next(), cells.next()) else {
            continue;
        };
        match counties.last_mut().filter(|county| county.name == name) {
            Some(county) => county.sub_counties.push(sub_county),
            None => counties.push(County {
                name,
                sub_counties: vec![sub_county],
            }),
        }
    }
    counties
});

impl County {
    /// Every county, in the council's order.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &COUNTIES
    }

    /// The county of that name, however its letters are written.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let wanted = letters(name);
        COUNTIES
            .iter()
            .find(|county| letters(county.name) == wanted)
    }
}

/// A county, or a part of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The county.
    pub county: &'static County,
    /// Its part; none where the county as a whole is meant.
    pub sub_county: Option<&'static str>,
}

impl Place {
    /// The counties and then the sub-counties whose name begins with these letters; where
    /// none of a kind does, those of that kind that have a later word which does. Case,
    /// spaces, apostrophes and hyphens are all the same.
    #[must_use]
    pub fn beginning_with(typed: &str) -> Vec<Self> {
        let typed = letters(typed);
        if typed.is_empty() {
            return Vec::new();
        }
        let whole = COUNTIES.iter().map(|county| Self {
            county,
            sub_county: None,
        });
        let parts = COUNTIES.iter().flat_map(|county| {
            county.sub_counties.iter().map(|name| Self {
                county,
                sub_county: Some(name),
            })
        });
        let mut found = beginning(whole.collect(), &typed);
        found.extend(beginning(parts.collect(), &typed));
        found
    }

    fn name(&self) -> &'static str {
        self.sub_county.unwrap_or(self.county.name)
    }
}

fn beginning(places: Vec<Place>, typed: &str) -> Vec<Place> {
    let begins = |name: &str| letters(name).starts_with(typed);
    let (first, others): (Vec<_>, Vec<_>) =
        places.into_iter().partition(|place| begins(place.name()));
    if !first.is_empty() {
        return first;
    }
    let by_word = |place: &Place| place.name().split(' ').any(begins);
    others.into_iter().filter(by_word).collect()
}

/// The letters of a name and nothing else, in lower case.
fn letters(text: &str) -> String {
    fold(text)
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The counties found, and the sub-counties.
    fn both(typed: &str) -> (Vec<&str>, Vec<&str>) {
        let places = Place::beginning_with(typed);
        let (whole, parts): (Vec<Place>, Vec<Place>) = places
            .into_iter()
            .partition(|place| place.sub_county.is_none());
        let names = |places: Vec<Place>| places.iter().map(Place::name).collect();
        (names(whole), names(parts))
    }

    fn found(typed: &str) -> Vec<&str> {
        both(typed).0
    }

    #[test]
    fn there_are_47_counties_with_333_sub_counties() {
        let sub_counties = County::all().iter().map(|county| county.sub_counties.len());
        assert_eq!(County::all().len(), 47);
        assert_eq!(sub_counties.sum::<usize>(), 333);
    }

    #[test]
    fn every_name_is_short_and_plain() {
        for county in County::all() {
            for name in county.sub_counties.iter().chain([&county.name]) {
                assert_eq!(fold(name), **name);
                assert!((3..=20).contains(&name.len()), "{name}");
            }
        }
    }

    #[test]
    fn how_the_letters_are_written_is_all_the_same() {
        for typed in [
            "Mur",
            "mur",
            "MURANGA",
            "Murang’a",
            "mu rang'a",
            " Murang'a ",
        ] {
            assert_eq!(found(typed), ["Murang'a"], "{typed}");
        }
        assert_eq!(found("taita-taveta"), ["Taita Taveta"]);
        assert_eq!(found("homab"), ["Homa Bay"]);
    }

    #[test]
    fn a_later_word_is_found_where_no_name_begins_so() {
        assert_eq!(found("pokot"), ["West Pokot"]);
        assert_eq!(found("gishu"), ["Uasin Gishu"]);
        assert_eq!(found("ny"), ["Nyandarua", "Nyeri", "Nyamira"]);
    }

    #[test]
    fn a_sub_county_is_found_without_its_county() {
        let (counties, parts) = both("marag");
        assert_eq!((counties.len(), parts.len()), (0, 0), "{parts:?}");
        assert_eq!(both("muranga so").1, ["Murang'a South"]);
        assert_eq!(both("pokot").0, ["West Pokot"]);
        assert!(both("pokot").1.contains(&"Pokot North"));
        assert!(both("south").1.contains(&"Murang'a South"));
    }

    #[test]
    fn what_no_name_has_finds_nothing() {
        for typed in ["xyz", "?", "123", ""] {
            assert!(Place::beginning_with(typed).is_empty(), "{typed}");
        }
    }
}
