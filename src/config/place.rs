//! Where a setting stands in the text of the file.

use toml::de::{DeTable, DeValue};

/// The line, from 1, of a setting such as `server.public_url` or `channel.at.secret`;
/// where the file does not name it, of the section it belongs to.
pub(super) fn line_of(text: &str, setting: &str) -> Option<usize> {
    let file = DeTable::parse(text).ok()?;
    let keys: Vec<_> = setting.split('.').collect();
    let byte = find(file.get_ref(), &keys)?;
    Some(text[..byte].matches('\n').count() + 1)
}

fn find(table: &DeTable<'_>, keys: &[&str]) -> Option<usize> {
    let (first, rest) = keys.split_first()?;
    let (name, value) = table.iter().find(|(name, _)| name.get_ref() == first)?;
    let inside = match value.get_ref() {
        DeValue::Table(inner) => find(inner, rest),
        DeValue::Array(blocks) => rest.split_first().and_then(|(called, rest)| {
            let mut blocks = blocks.iter().filter_map(|block| block.get_ref().as_table());
            find(blocks.find(|block| is_called(block, called))?, rest)
        }),
        _ => None,
    };
    inside.or(Some(name.span().start))
}

fn is_called(block: &DeTable<'_>, name: &str) -> bool {
    let known = block.get("name").and_then(|value| value.get_ref().as_str());
    known == Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[server]\nlisten = 1\n\n[[channel]]\nname = \"at\"\n\n\
                        [[channel]]\nname = \"xy\"\nsecret = \"a\"\n";

    #[test]
    fn a_setting_is_found_in_its_section_or_channel() {
        for (setting, line) in [("server.listen", 2), ("channel.xy.secret", 9)] {
            assert_eq!(line_of(FILE, setting), Some(line), "{setting}");
        }
    }

    #[test]
    fn a_setting_that_is_not_there_is_looked_for_in_its_section() {
        assert_eq!(line_of(FILE, "server.public_url"), Some(1));
        assert_eq!(line_of(FILE, "keys.current"), None);
    }
}
