//! `cp2 load`, on a service that runs: what it counts is what the service has seen.

use std::process::Command;

use serde_json::Value;

use crate::harness::program::{cp2, run};
use crate::harness::service::{SECRET, TestService};
use crate::harness::{Database, with_each_database};

with_each_database!(
    phones_that_dial_again_and_again_are_all_answered,
    sessions_of_transcripts_begin_at_their_times,
);

fn load(service: &TestService, arguments: &[&str]) -> Command {
    let always = [
        "load",
        "--json",
        "--url",
        service.base.as_str(),
        "--secret",
        SECRET,
    ];
    cp2(always.iter().chain(arguments))
}

/// Runs it beside the service, which needs this thread; its summary.
async fn summary(mut command: Command) -> Value {
    let said = tokio::task::spawn_blocking(move || run(&mut command));
    let said = said.await.unwrap();
    assert_eq!(said.code, Some(0), "{} {}", said.out, said.err);
    serde_json::from_str(&said.out).unwrap()
}

async fn phones_that_dial_again_and_again_are_all_answered(database: Database) {
    let service = TestService::start_among(20, database, |_| {}).await;
    let few = [
        "--people",
        "20",
        "--phones",
        "3",
        "--repeats",
        "30",
        "--drops",
        "10",
    ];
    let short = ["--end-notices", "--warm-up", "0", "--seconds", "1"];
    let arguments: Vec<_> = few.into_iter().chain(short).collect();
    let summary = summary(load(&service, &arguments)).await;
    let count = |name: &str| summary[name].as_u64().unwrap();
    assert!(count("repeats") > 0, "{summary}");
    assert!(count("sessions_completed") > 0, "{summary}");
    assert!(count("sessions_completed") < count("sessions"), "{summary}");
    assert_eq!(count("most_sessions_at_once"), 3);
    assert_eq!(summary["errors"], serde_json::json!({}));
    // Each hop that was measured is one that the service took; its repeats came besides.
    let metrics = service.get("/metrics").await.text().await.unwrap();
    let answered = "cp2_ussd_hops_total{outcome=\"answered\"} ";
    let line = metrics.lines().find_map(|line| line.strip_prefix(answered));
    let taken: u64 = line.unwrap().parse().unwrap();
    assert!(taken >= count("hops"), "{taken} {summary}");
    service.stop().await;
}

async fn sessions_of_transcripts_begin_at_their_times(database: Database) {
    let service = TestService::start_among(20, database, |_| {}).await;
    let transcript = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/ussd_menus/transcripts/language.txt"
    );
    let some = [
        "--people",
        "20",
        "--rate",
        "20",
        "--transcripts",
        transcript,
    ];
    let short = ["--warm-up", "0", "--seconds", "1"];
    let arguments: Vec<_> = some.into_iter().chain(short).collect();
    let summary = summary(load(&service, &arguments)).await;
    assert_eq!(
        summary["sessions"], 20,
        "one each fiftieth of a second: {summary}"
    );
    service.stop().await;
}

#[test]
fn who_is_not_answered_is_told_why() {
    let nowhere = [
        "load",
        "--url",
        "http://127.0.0.1:1",
        "--phones",
        "1",
        "--warm-up",
        "0",
    ];
    let said = run(&mut cp2(nowhere.iter().chain(&["--seconds", "1"])));
    assert_eq!(said.code, Some(1));
    assert!(said.out.contains("no connection"), "{}", said.out);
    let said = run(&mut cp2(["load", "--drops", "101"]));
    assert_eq!(said.code, Some(2), "{}", said.err);
}
