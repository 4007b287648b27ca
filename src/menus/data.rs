//! Real data held against what actions declare: a proof for names of 60 septets says
//! nothing about one of 63.

use std::collections::BTreeMap;

use crate::text;

use super::catalogue::Catalogue;
use super::finding::{Finding, Findings};
use super::kind::Kind;

/// Finds values in the database that are longer than menus are proven for.
pub fn hold_against(
    catalogue: &Catalogue,
    values: &[(&'static str, Vec<String>)],
) -> Result<(), Findings> {
    let declared = declared(catalogue);
    let findings: Vec<_> = values
        .iter()
        .filter_map(|(field, values)| {
            let most = declared.get(field)?;
            let longest = values.iter().map(|value| septets(value)).max()?;
            let surplus = longest.checked_sub(*most).filter(|surplus| *surplus > 0)?;
            Some(Finding {
                file: "database".to_owned(),
                line: 1,
                column: 1,
                message: format!(
                    "`{field}` holds a value of {longest} septets, {surplus} more than the menus \
                     are proven for: shorten it in the data"
                ),
            })
        })
        .collect();
    if findings.is_empty() {
        Ok(())
    } else {
        Err(Findings(findings))
    }
}

/// The most septets of each name, as the least of the actions that fill it in declares.
fn declared(catalogue: &Catalogue) -> BTreeMap<&'static str, usize> {
    let mut declared = BTreeMap::new();
    for action in catalogue.actions {
        let fields = action.outcomes.iter().flat_map(|outcome| outcome.fields);
        for field in fields.chain(action.item) {
            if let Kind::Name(most) = field.kind {
                let known = declared.entry(field.name).or_insert(most);
                *known = most.min(*known);
            }
        }
    }
    declared
}

fn septets(value: &str) -> usize {
    text::septets(&text::fold(value)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::CATALOGUE;
    use super::*;

    #[test]
    fn a_name_that_is_longer_than_declared_is_found() {
        let name = |count: usize| vec![("name", vec!["M".to_owned(), "M".repeat(count)])];
        assert_eq!(hold_against(&CATALOGUE, &name(60)), Ok(()));
        let findings = hold_against(&CATALOGUE, &name(63)).unwrap_err().to_string();
        assert!(findings.starts_with("database:1:1: `name` holds a value of 63 septets, 3 more"));
        assert_eq!(
            hold_against(&CATALOGUE, &[("other", vec!["x".repeat(99)])]),
            Ok(())
        );
    }
}
