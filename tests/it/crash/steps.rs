//! The power goes at each step of the work, just before it is written down and just after.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::sync::Arc;

use cp2::domain::{Clock, SystemClock};
use serde_json::Value;
use tokio::task::{JoinSet, block_in_place};

use super::oracle::{
    each_reset_has_one_password_and_its_sms, nothing_private_is_left_behind,
    texts_came_twice_only_where_an_answer_was_lost, the_newest_password_is_the_one_that_works,
};
use super::town::{Town, sent_to};
use crate::harness::program::{Program, cp2, run};
use crate::harness::service::happens;
use crate::harness::{Database, with_each_database};

with_each_database!(whatever_step_the_power_goes_at_nothing_is_lost_or_doubled);

/// The places where the program lets it go (`src/failpoints.rs`).
const STEPS: [&str; 13] = [
    "turn.commits",
    "turn.committed",
    "outbox.claims",
    "outbox.claimed",
    "send.answered",
    "settle.commits",
    "settle.committed",
    "report.commits",
    "report.committed",
    "sms.commits",
    "sms.committed",
    "inbox.commits",
    "inbox.committed",
];

const CAMPAIGN_STEPS: [&str; 2] = ["campaign.commits", "campaign.committed"];

const SIGABRT: i32 = 6;

async fn whatever_step_the_power_goes_at_nothing_is_lost_or_doubled(database: Database) {
    let town = Town::build(&database, STEPS.len()).await;
    let (mut said, mut kills) = (String::new(), Vec::new());
    let mut asking = JoinSet::new();
    for (index, step) in STEPS.iter().enumerate() {
        let mut service = town.start_with(&format!("{step}=return"));
        asking.spawn(asks(Arc::clone(&town), index));
        dies(&mut service, step);
        kills.push(SystemClock.now());
        said += &service.said();
    }
    let mut campaigns = Vec::new();
    for step in CAMPAIGN_STEPS {
        campaigns.push(start_a_campaign(&town, step));
        let mut service = town.start_with(&format!("{step}=return"));
        dies(&mut service, step);
        kills.push(SystemClock.now());
        said += &service.said();
    }
    let mut service = town.start();
    asking.join_all().await;
    for campaign in &campaigns {
        is_over(&town, campaign).await;
    }
    town.everything_is_delivered().await;

    each_reset_has_one_password_and_its_sms(&town, STEPS.len());
    the_newest_password_is_the_one_that_works(&town).await;
    each_sms_is_answered(&town);
    each_of_the_chosen_has_the_text(&town);
    assert_eq!(block_in_place(|| service.stop()).code(), Some(0));
    said += &service.said();
    texts_came_twice_only_where_an_answer_was_lost(&town, &kills, &said);
    nothing_private_is_left_behind(&town, &said, &database).await;
    town.sandbox.shutdown().await;
    database.remove().await;
}

/// One person resets the password; another asks by SMS.
async fn asks(town: Arc<Town>, index: usize) {
    town.sends_sms(town.people + index, "KITUO").await;
    town.resets(index).await;
}

fn dies(service: &mut Program, step: &str) {
    let status = block_in_place(|| service.end());
    assert_eq!(status.signal(), Some(SIGABRT), "{step}: {}", service.said());
}

/// Makes and starts a campaign; gives its reference.
fn start_a_campaign(town: &Town, name: &str) -> String {
    let text = text_of(name);
    let made = campaign(
        town,
        &[
            "new",
            name,
            "--en",
            &text,
            "--sw",
            &text,
            "--series",
            "KCSE 2026",
            "--json",
        ],
    );
    let made: Value = serde_json::from_str(&made).unwrap();
    let reference = made["reference"].as_str().unwrap().to_owned();
    campaign(town, &["start", &reference]);
    reference
}

fn text_of(name: &str) -> String {
    format!("CP2: {name}")
}

/// Has the council's office do something; gives what it prints.
fn campaign(town: &Town, arguments: &[&str]) -> String {
    let mut command = cp2(["campaign"]);
    command.args(arguments).arg("--config").arg(&town.config);
    if !arguments.contains(&"show") {
        command.args(["--by", "wanjiku"]);
    }
    let said = block_in_place(|| run(&mut command));
    assert_eq!(said.code, Some(0), "{arguments:?}: {}", said.err);
    said.out
}

async fn is_over(town: &Town, reference: &str) {
    let mut last = String::new();
    let over = happens(async || {
        last = campaign(town, &["show", reference, "--json"]);
        serde_json::from_str::<Value>(&last).unwrap()["state"] == "done"
    });
    assert!(over.await, "{last}");
}

fn each_sms_is_answered(town: &Town) {
    let messages = town.sandbox.messages();
    for index in town.people..2 * town.people {
        let answers = sent_to(index, &messages).into_iter();
        let answers: BTreeSet<_> = answers
            .filter(|sms| !CAMPAIGN_STEPS.iter().any(|name| sms.text == text_of(name)))
            .map(|sms| &sms.text)
            .collect();
        assert_eq!(answers.len(), 1, "{answers:?}");
    }
}

/// Everybody with work: those who reset and those beside them are among them.
fn each_of_the_chosen_has_the_text(town: &Town) {
    let messages = town.sandbox.messages();
    for name in CAMPAIGN_STEPS {
        for index in 0..2 * town.people {
            let sent = sent_to(index, &messages).into_iter();
            assert!(
                sent.filter(|sms| sms.text == text_of(name)).count() >= 1,
                "{name} {index}"
            );
        }
    }
}
