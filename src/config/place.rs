//! Where a setting stands in the file, for the one who has to mend it.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::source::PREFIX;

/// Line and column, from 1, of a byte of the text.
pub(crate) fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..byte];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

/// Where a setting such as `server.public_url` or `channel.at.secret` stands, or the
/// section that it is missing from. None when not even that is there.
pub(super) fn of(text: &str, setting: &str) -> Option<(usize, usize)> {
    let file = DeTable::parse(text).ok()?;
    let mut table = file.get_ref();
    let mut found = None;
    let mut names = setting.split('.');
    while let Some(name) = names.next() {
        let Some((key, value)) = table.iter().find(|(key, _)| key.get_ref() == name) else {
            break;
        };
        found = Some(key.span().start);
        table = match value.get_ref() {
            DeValue::Table(inner) => inner,
            DeValue::Array(elements) => {
                let Some(element) = names.next().and_then(|name| named(elements, name)) else {
                    break;
                };
                found = Some(element.span().start);
                let DeValue::Table(inner) = element.get_ref() else {
                    break;
                };
                inner
            }
            _ => break,
        };
    }
    found.map(|byte| position(text, byte))
}

/// The variable that sets it, or all of it where it is a section.
pub(super) fn variable_of<'a>(setting: &str, variables: &'a [String]) -> Option<&'a String> {
    let name = setting.replace('.', "__").replace('-', "_");
    let wanted = format!("{PREFIX}{name}").to_uppercase();
    let sets = |variable: &&String| {
        let rest = variable.to_uppercase();
        rest.strip_prefix(&wanted)
            .is_some_and(|rest| rest.is_empty() || rest == "_FILE" || rest.starts_with("__"))
    };
    variables.iter().find(sets)
}

/// The table of an array that has this name; the last one, for it is the second that is
/// wrong when there are two.
fn named<'a, 'i>(
    elements: &'a [Spanned<DeValue<'i>>],
    name: &str,
) -> Option<&'a Spanned<DeValue<'i>>> {
    let has_name = |element: &&Spanned<DeValue<'_>>| {
        let DeValue::Table(table) = element.get_ref() else {
            return false;
        };
        table.iter().any(|(key, value)| {
            key.get_ref() == "name"
                && matches!(value.get_ref(), DeValue::String(own) if own == name)
        })
    };
    elements.iter().rfind(has_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
[server]
public_url = \"http://x\"
[keys]
key.k1 = \"é\" # two bytes
  current = \"k1\"
[[channel]]
name = \"at\"
secret = \"a\"
[[channel]]
name = \"two\"
secret = \"b\"
[[channel]]
name = \"two\"
";

    #[test]
    fn a_setting_is_found_by_its_name() {
        for (setting, place) in [
            ("server.public_url", (2, 1)),
            ("keys.current", (5, 3)),
            ("keys.key", (4, 1)),
            ("keys.key.k1", (4, 5)),
            ("channel.at.secret", (8, 1)),
        ] {
            assert_eq!(of(TEXT, setting), Some(place), "{setting}");
        }
    }

    #[test]
    fn of_two_channels_with_one_name_the_second_is_meant() {
        assert_eq!(of(TEXT, "channel.two.name"), Some((13, 1)));
    }

    #[test]
    fn a_setting_that_is_missing_is_looked_for_in_its_section() {
        for (setting, place) in [
            ("server.listen", Some((1, 2))),
            ("channel.two.secret", Some((12, 1))),
            ("channel.none.secret", Some((6, 3))),
            ("outbox.lease_s", None),
        ] {
            assert_eq!(of(TEXT, setting), place, "{setting}");
        }
    }
}
