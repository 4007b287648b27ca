//! What is kept about people is handed to them, erased when they ask, and forgotten in time.

use std::fs;
use std::time::Duration;

use cp2::actions::audit::{Verified, verify};
use cp2::domain::JointDeed;
use serde_json::Value;

use crate::harness::program::run;
use crate::harness::service::{SECRET, TestService, happens, person};
use crate::harness::{Database, Office, Surfer, with_each_database};
use crate::staff::{at_the_console, leads_to, with_staff};

with_each_database!(
    somebody_gets_all_that_is_kept_about_them,
    whoever_is_erased_leaves_no_trace_but_sealed_work,
    two_have_to_want_it_where_four_eyes_are_set,
    what_was_kept_long_enough_is_forgotten,
);

/// What names the first person of the demo; no part of it may be left.
const CANARIES: [&str; 5] = [
    "90000001",
    "254700000001",
    "0700000001",
    "Achieng Mercy Odhiambo",
    "A009998887Z",
];

const PAGE: &str = "SELECT COUNT(*) FROM people WHERE national_id = '90000001'";

/// Somebody of whom there is something in every corner.
async fn lives(service: &TestService) {
    let text = |id: &'static str, words: &'static str| async move {
        let fields = [
            ("id", id),
            ("from", "+254700000001"),
            ("to", "22026"),
            ("text", words),
            ("date", "2026-10-05 08:00:00"),
        ];
        assert_eq!(service.callback("sms", &fields).await.status(), 200);
    };
    service.phone(1).walk(&["1", "1"]).await;
    service.phone(1).walk(&["3", "1"]).await;
    service
        .phone(1)
        .walk(&["4", "1", "A009998887Z", "1", "1234"])
        .await;
    service
        .phone(1)
        .walk(&["6", "2", "My town is Maragua", "1"])
        .await;
    text("sms-1", "KITUO").await;
    service
        .count_comes_to(
            "SELECT COUNT(*) FROM inbound WHERE handled_at IS NOT NULL",
            1,
        )
        .await;
    let sms = service.sms_of(&person(1), 5).await;
    let given = sms
        .iter()
        .find(|sms| sms.text.contains("password "))
        .unwrap();
    let password = crate::harness::service::password_in(&given.text);
    assert!(service.can_log_in(&person(1), password).await);
    service
        .execute(
            "INSERT INTO guesses SELECT 'identity:' || id, 1, 0, 4000000000000 FROM people \
             WHERE national_id = '90000001'",
        )
        .await;
    service
        .execute(
            "INSERT INTO attendance SELECT id, '2026-10-19', 1, 'x', 0 FROM deployments \
             WHERE person_id = (SELECT id FROM people WHERE national_id = '90000001')",
        )
        .await;
    service
        .execute("INSERT INTO opt_outs VALUES ('COUNCIL', '254700000001', 0)")
        .await;
    service
        .execute("INSERT INTO blocked_lines VALUES ('254700000001', 'blocked', 0)")
        .await;
}

async fn page_of(surfer: &mut Surfer<'_>) -> String {
    let found = surfer
        .post("/operator/people", &[("number", "90000001")])
        .await;
    let page = found.text().await.unwrap();
    let (_, rest) = page.split_once("href=\"/operator/people/").unwrap();
    format!("/operator/people/{}", rest.split('"').next().unwrap())
}

async fn erases(surfer: &mut Surfer<'_>, page: &str) -> String {
    let answer = surfer
        .post(&format!("{page}/erase"), &[("meant", "yes")])
        .await;
    let (_, word) = leads_to(&answer).split_once("?said=").unwrap();
    word.to_owned()
}

/// Where any of them stands: tables, and files of SQLite.
async fn traces(service: &TestService) -> Vec<String> {
    let mut found = Vec::new();
    let holds = |text: &str| {
        CANARIES
            .iter()
            .find(|canary| text.contains(**canary))
            .copied()
    };
    for (table, rows) in service.contents().await {
        let hit = rows.iter().find_map(|row| holds(row));
        found.extend(hit.map(|canary| format!("{canary} in {table}")));
    }
    if let Some(file) = service.database_url().strip_prefix("sqlite:") {
        for end in ["", "-wal"] {
            let bytes = fs::read(format!("{file}{end}")).unwrap_or_default();
            let hit = holds(&String::from_utf8_lossy(&bytes));
            found.extend(hit.map(|canary| format!("{canary} in the file{end}")));
        }
    }
    found
}

async fn somebody_gets_all_that_is_kept_about_them(database: Database) {
    let service = with_staff(database, |_| {}).await;
    lives(&service).await;
    let told = "SELECT COUNT(*) FROM conversations WHERE ending = 'finished'";
    assert!(happens(async || service.count(told).await > 0).await);
    let office = Office::at(&service);
    let said = run(&mut office.command(&["person", "export", "90000001", "--by", "wanjiku"]));
    assert_eq!(said.code, Some(0), "{}", said.err);
    let all: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(all["record"][0]["national_id"], "90000001");
    assert_eq!(all["record"][0]["kra_pin"], "A009998887Z");
    assert_eq!(all["work"][0]["centre"], "99208105");
    assert_eq!(all["attendance"][0]["present"], "yes");
    assert_eq!(all["problems"][0]["told"]["words"], "My town is Maragua");
    assert_eq!(all["sms_received"][0]["text"], "KITUO");
    assert_eq!(all["changes"][0]["after"], "A009998887Z");
    let seen = all["conversations"].as_array().unwrap();
    assert!(seen.iter().any(|one| one["how"] == "finished"), "{seen:?}");
    for (part, least) in [("sms_sent", 4), ("links", 1), ("visits", 1), ("audit", 5)] {
        let rows = all[part].as_array().unwrap().len();
        assert!(rows >= least, "{part}: {rows}");
    }
    // Neither what others have nor what only proves who somebody is.
    for secret in ["90000002", "$argon2", SECRET] {
        assert!(!said.out.contains(secret), "{secret}");
    }
    let mut data = at_the_console(&service, "data").await;
    let page = page_of(&mut data).await;
    let file = data.get(&format!("{page}/data.json")).await;
    let again: Value = serde_json::from_str(&file.text().await.unwrap()).unwrap();
    assert_eq!(again["record"], all["record"]);
    let written =
        "SELECT COUNT(*) FROM audit WHERE what = 'person.exported' AND subject IS NOT NULL";
    assert_eq!(service.count(written).await, 2);
    let nobody = run(&mut office.command(&["person", "export", "99999999", "--by", "wanjiku"]));
    assert_eq!(nobody.code, Some(1));
    service.stop().await;
}

async fn whoever_is_erased_leaves_no_trace_but_sealed_work(database: Database) {
    let service = with_staff(database, |_| {}).await;
    lives(&service).await;
    let mut data = at_the_console(&service, "data").await;
    let page = page_of(&mut data).await;
    let not_meant = data.post(&format!("{page}/erase"), &[]).await;
    assert!(leads_to(&not_meant).ends_with("?said=not_meant"));
    assert_eq!(erases(&mut data, &page).await, "has_work");
    assert_eq!(service.count(PAGE).await, 1);

    // After the exams, and after the last session was forgotten.
    service.clock.advance(Duration::from_hours(24 * 100));
    let mut data = at_the_console(&service, "data").await;
    assert!(!traces(&service).await.is_empty());
    assert_eq!(erases(&mut data, &page).await, "erased");
    assert_eq!(traces(&service).await, [""; 0]);
    let screen = service.phone(1).dial().await;
    assert!(screen.contains("not registered"), "{screen}");
    assert_eq!(data.get(&page).await.status(), 404);

    // The log tells that somebody was erased, and is as it was.
    let kept = "SELECT COUNT(*) FROM audit WHERE what = 'person.erased' AND subject IS NOT NULL";
    assert_eq!(service.count(kept).await, 1);
    assert_sound(&service).await;

    // What was paid can be read by those who have the key, for as long as it is kept.
    let office = Office::at(&service);
    let mut kept = office.command(&["person", "kept", "90000001", "--by", "wanjiku"]);
    // The key that it was sealed with has been replaced since.
    kept.env("CP2__KEYS__CURRENT", "newer");
    kept.env("CP2__KEYS__KEY__NEWER", "7b".repeat(32));
    let said = run(&mut kept);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let work: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(work[0]["kra_pin"], "A009998887Z");
    assert_eq!(work[0]["attendance"][0]["day"], "2026-10-19");
    service.clock.advance(Duration::from_hours(24 * 366 * 7));
    let service = service.restart(|_| {}).await;
    service
        .count_comes_to("SELECT COUNT(*) FROM kept_work", 0)
        .await;
    service.stop().await;
}

async fn two_have_to_want_it_where_four_eyes_are_set(database: Database) {
    let service = with_staff(database, |config| {
        config.operator.four_eyes = vec![JointDeed::Erasure];
    })
    .await;
    service.clock.advance(Duration::from_hours(24 * 100));
    let mut data = at_the_console(&service, "data").await;
    let mut manager = at_the_console(&service, "operator").await;
    let page = page_of(&mut data).await;
    assert_eq!(erases(&mut data, &page).await, "first");
    assert_eq!(erases(&mut data, &page).await, "first");
    assert_eq!(service.count(PAGE).await, 1);
    assert_eq!(erases(&mut manager, &page).await, "erased");
    assert_eq!(service.count(PAGE).await, 0);
    service.stop().await;
}

async fn what_was_kept_long_enough_is_forgotten(database: Database) {
    let service = with_staff(database, |_| {}).await;
    lives(&service).await;
    let count = async |service: &TestService| {
        let mut counts = Vec::new();
        for table in [
            "SELECT COUNT(*) FROM outbox",
            "SELECT COUNT(*) FROM inbound",
            "SELECT COUNT(*) FROM links",
            "SELECT COUNT(*) FROM changes",
            "SELECT COUNT(*) FROM attendance",
            "SELECT COUNT(*) FROM deployments WHERE ends_on < '2030'",
        ] {
            counts.push(service.count(table).await);
        }
        counts
    };
    service.contents().await;
    let before = count(&service).await;
    assert!(before.iter().all(|rows| *rows > 0), "{before:?}");
    // A day before the first of them goes, all are there; what is not answered stays for ever.
    service.clock.advance(Duration::from_hours(24 * 89));
    let service = service.restart(|_| {}).await;
    let looked = "SELECT COUNT(*) FROM sessions";
    service.count_comes_to(looked, 0).await;
    assert_eq!(count(&service).await, before);
    service.clock.advance(Duration::from_hours(24 * 3_700));
    let service = service.restart(|_| {}).await;
    for table in [
        "SELECT COUNT(*) FROM outbox",
        "SELECT COUNT(*) FROM inbound",
        "SELECT COUNT(*) FROM links",
        "SELECT COUNT(*) FROM changes",
        "SELECT COUNT(*) FROM attendance",
        "SELECT COUNT(*) FROM deployments WHERE ends_on < '2030'",
        "SELECT COUNT(*) FROM audit WHERE what <> 'audit.forgotten'",
    ] {
        service.count_comes_to(table, 0).await;
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM problems").await, 1);
    assert_eq!(service.count(PAGE).await, 1);
    assert_sound(&service).await;
    service.stop().await;
}

/// The chain of the audit log holds, and nothing waits to be chained.
async fn assert_sound(service: &TestService) {
    service.contents().await;
    let mut tx = service.store.begin_read().await.unwrap();
    let verified = verify(&mut tx, None).await.unwrap();
    assert!(matches!(verified, Verified::Sound { .. }), "{verified:?}");
}
