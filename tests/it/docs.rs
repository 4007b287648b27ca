//! What the guides promise is what the program does.

use std::collections::BTreeSet;

use cp2::actions::CATALOGUE;
use cp2::menus::{self, MenuFile};

use crate::harness::program::{cp2, run};

const GUIDE: &str = include_str!("../../docs/menus.md");

#[test]
fn the_menu_in_the_guide_is_proven() {
    let blocks = GUIDE.split("```toml\n").skip(1);
    let text = blocks
        .filter_map(|block| block.split("```").next())
        .find(|block| block.contains("\nstart = "));
    let file = MenuFile {
        name: "docs/menus.md".to_owned(),
        text: text.unwrap().to_owned(),
    };
    let proven = menus::prove(&[file], &CATALOGUE).map(|menu| menu.screens.len());
    assert_eq!(proven.map_err(|findings| findings.to_string()), Ok(9));
}

#[test]
fn the_page_of_actions_is_what_the_program_would_write() {
    let page = include_str!("../../docs/actions.md");
    assert!(
        page == menus::guide(&CATALOGUE),
        "docs/actions.md is old: cp2 menus actions > docs/actions.md"
    );
}

/// What is run on a bad day must be there.
const FOR_BAD_DAYS: [&str; 3] = [
    include_str!("../../docs/runbook.md"),
    include_str!("../../docs/upgrading.md"),
    include_str!("../../docs/operations.md"),
];

/// The lines of a guide that are code.
fn code(guide: &str) -> impl Iterator<Item = &str> {
    let parts = guide.split("```").enumerate();
    parts.flat_map(|(place, part)| {
        let is_block = place % 2 == 1;
        let pieces = part.split(if is_block { '\n' } else { '`' }).enumerate();
        let wanted = pieces.filter(move |(place, _)| is_block || place % 2 == 1);
        wanted.map(|(_, piece)| piece)
    })
}

/// The words of each call of the program up to the first that is an option or a value.
fn calls(line: &str) -> impl Iterator<Item = Vec<&str>> {
    let is_word = |word: &&str| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    // `sudo -u cp2`, `journalctl -u cp2` and `alter database cp2` name a user, a unit, a database.
    let names_another = |before: &str| ["-u ", "database "].iter().any(|it| before.ends_with(it));
    let pieces: Vec<_> = line.split("cp2 ").collect();
    let pairs = pieces.windows(2).map(|pair| (pair[0], pair[1]));
    let calls = pairs.filter(|(before, _)| !names_another(before));
    let calls: Vec<_> = calls.map(|(_, rest)| rest).collect();
    let words = calls.into_iter().map(move |rest| {
        let words = rest.split_whitespace().take_while(is_word);
        words.take_while(|word| !word.starts_with('-')).collect()
    });
    words.filter(|words: &Vec<_>| !words.is_empty())
}

#[test]
fn every_command_of_the_runbook_is_one() {
    let lines = FOR_BAD_DAYS.iter().flat_map(|guide| code(guide));
    let called: BTreeSet<_> = lines.flat_map(calls).collect();
    assert!(called.len() > 20, "{called:?}");
    for words in called {
        let said = run(&mut cp2(words.iter().chain(["--help"].iter())));
        assert_eq!(said.code, Some(0), "cp2 {}: {}", words.join(" "), said.err);
    }
}
