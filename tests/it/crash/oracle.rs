//! What must hold once the power stays.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cp2::demo::sandbox::LedgerEntry;
use cp2::domain::Timestamp;

use super::town::{LEASE, Town, msisdn, passwords};
use crate::harness::Database;
use crate::harness::service::can_log_in;

pub(super) fn each_reset_has_one_password_and_its_sms(town: &Town, confirmed: usize) {
    let written = fs::read_to_string(&town.ledger).unwrap();
    let entries = written
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let entries: Vec<LedgerEntry> = entries.collect();
    assert_eq!(entries.len(), town.sandbox.messages().len());
    let mut seen = 0;
    for index in 0..town.people {
        let passwords = passwords(index, &entries);
        for (at, password) in passwords.iter().enumerate() {
            let again = passwords[at + 1..].contains(password);
            assert!(!again, "an old password came after a newer one");
        }
        seen += passwords.len();
    }
    assert_eq!(seen, confirmed, "passwords sent, resets confirmed");
}

pub(super) fn texts_came_twice_only_where_an_answer_was_lost(
    town: &Town,
    kills: &[Timestamp],
    said: &str,
) {
    let mut times: BTreeMap<_, Vec<Timestamp>> = BTreeMap::new();
    for message in town.sandbox.messages() {
        times
            .entry((message.to, message.text))
            .or_default()
            .push(message.at);
    }
    let killed = |sent: &Timestamp| {
        let apart = |kill: &Timestamp| kill.since(*sent).max(sent.since(*kill));
        kills.iter().any(|kill| apart(kill) <= LEASE)
    };
    // Only what was sent again counts: the last of each text stands.
    let repeated = times.values().flat_map(|times| &times[..times.len() - 1]);
    let without_a_kill = repeated.filter(|sent| !killed(sent)).count();
    // A machine that is slow enough loses answers by itself.
    let lost = said.matches(r#""state":"unknown""#).count();
    assert!(without_a_kill <= lost, "sent twice without a reason");
}

pub(super) async fn the_newest_password_is_the_one_that_works(town: &Town) {
    for index in 0..town.people {
        let passwords = passwords(index, &town.sandbox.messages());
        for (age, password) in passwords.iter().rev().take(3).enumerate() {
            let works = can_log_in(&town.client, &town.base, &msisdn(index), password).await;
            assert_eq!(works, age == 0, "the password {age} before the newest");
        }
    }
}

/// Neither in what the service has said nor in its database.
pub(super) async fn nothing_private_is_left_behind(town: &Town, said: &str, database: &Database) {
    let mut stored: Vec<String> = database.contents().await.into_values().flatten().collect();
    if let Database::Sqlite(folder) = database {
        stored.extend(files_in(folder.path()));
    }
    for index in 0..town.people {
        assert!(!said.contains(&msisdn(index)[3..]), "a number in the log");
        for password in passwords(index, &town.sandbox.messages()) {
            assert!(!said.contains(&password), "a password in the log");
            let kept = stored.iter().any(|text| text.contains(&password));
            assert!(!kept, "a password in the database");
        }
    }
}

fn files_in(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    let texts = files.map(|file| {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    });
    texts.collect()
}
