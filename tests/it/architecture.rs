//! The arrows of the house: a room names only rooms below it in the list of `lib.rs`.

use std::fs;
use std::path::{Path, PathBuf};

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn rooms() -> Vec<String> {
    let lib = fs::read_to_string(source().join("lib.rs")).unwrap();
    lib.lines()
        .filter_map(|line| {
            line.strip_prefix("pub mod ")?
                .strip_suffix(';')
                .map(str::to_owned)
        })
        .collect()
}

/// Every Rust file of a room, with its text.
fn files(room: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![source().join(room)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let file = source().join(format!("{room}.rs"));
    if let Ok(text) = fs::read_to_string(&file) {
        found.push((file, text));
    }
    assert!(!found.is_empty(), "the room {room} has no file");
    found
}

/// The rooms named after `crate::`, also inside `crate::{…}`.
fn named(text: &str) -> Vec<String> {
    let word = |text: &str| {
        text.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    let mut names = Vec::new();
    for rest in text.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => names.extend(
                group
                    .split('}')
                    .next()
                    .unwrap()
                    .split(',')
                    .map(|name| word(name.trim())),
            ),
            None => names.push(word(rest)),
        }
    }
    names
}

#[test]
fn a_room_names_only_rooms_below_it() {
    let rooms = rooms();
    let mut wrong = Vec::new();
    for (floor, room) in rooms.iter().enumerate() {
        for (path, text) in files(room) {
            // Tests beside the code may use what stands above.
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            for name in named(text) {
                if rooms
                    .iter()
                    .position(|other| *other == name)
                    .is_some_and(|other| other > floor)
                {
                    wrong.push(format!("{} names {name}", path.display()));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn only_the_store_names_sqlx() {
    let rooms = rooms();
    let outside = rooms
        .iter()
        .filter(|room| *room != "store")
        .flat_map(|room| files(room));
    let wrong: Vec<_> = outside
        .filter(|(_, text)| text.contains("sqlx::"))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(wrong, Vec::<PathBuf>::new());
}

#[test]
fn only_the_outbox_sends_http() {
    let rooms = rooms();
    // The sandbox aggregator reports deliveries; it is the other side.
    let outside = rooms
        .iter()
        .filter(|room| !["outbox", "service", "demo"].contains(&room.as_str()));
    let outside = outside.flat_map(|room| files(room));
    let wrong: Vec<_> = outside
        .filter(|(_, text)| text.contains("reqwest::"))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(wrong, Vec::<PathBuf>::new());
}

/// `scripts/test` runs no examples that stand in comments: to run none takes minutes.
#[test]
fn no_example_in_the_documentation_goes_unrun() {
    for room in rooms() {
        for (file, text) in files(&room) {
            let comments = text.lines().map(str::trim_start);
            let mut is_open = false;
            for line in comments.filter(|line| line.starts_with("//!") || line.starts_with("///")) {
                let Some(kind) = line[3..].trim_start().strip_prefix("```") else {
                    continue;
                };
                let is_example = !is_open && kind != "text";
                assert!(!is_example, "{}: {line}", file.display());
                is_open = !is_open;
            }
        }
    }
}
