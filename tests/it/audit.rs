//! The audit log: whatever is done to it afterwards is found.

use crate::harness::program::{Said, run};
use crate::harness::service::person;
use crate::harness::{Office, TestService, on_each_database};

on_each_database!(whatever_is_done_to_the_audit_log_is_found);

const CHAINED: &str = "SELECT COUNT(*) FROM audit WHERE number IS NOT NULL";

/// Each column of an entry is changed, and put back.
const CHANGES: [(&str, &str); 6] = [
    (
        "UPDATE audit SET at = at + 1 WHERE number = 2",
        "UPDATE audit SET at = at - 1 WHERE number = 2",
    ),
    (
        "UPDATE audit SET actor = actor || 'x' WHERE number = 2",
        "UPDATE audit SET actor = substr(actor, 1, length(actor) - 1) WHERE number = 2",
    ),
    (
        "UPDATE audit SET subject = subject || 'x' WHERE number = 2",
        "UPDATE audit SET subject = substr(subject, 1, length(subject) - 1) WHERE number = 2",
    ),
    (
        "UPDATE audit SET what = what || 'x' WHERE number = 2",
        "UPDATE audit SET what = substr(what, 1, length(what) - 1) WHERE number = 2",
    ),
    (
        "UPDATE audit SET way = way || 'x' WHERE number = 2",
        "UPDATE audit SET way = substr(way, 1, length(way) - 1) WHERE number = 2",
    ),
    (
        "UPDATE audit SET detail = 'x' WHERE number = 2",
        "UPDATE audit SET detail = NULL WHERE number = 2",
    ),
];

/// What else is refused.
const REFUSED: [&str; 6] = [
    "UPDATE audit SET number = 9 WHERE number = 2",
    "UPDATE audit SET number = NULL, hash = NULL WHERE number = 2",
    "INSERT INTO audit (id, at, actor, what, way, number, hash) \
     SELECT 'x', at, actor, what, way, 9, hash FROM audit WHERE number = 2",
    "UPDATE audit_head SET number = 1",
    "DELETE FROM audit_head",
    "INSERT INTO audit_head (one, number, hash) SELECT 2, number, hash FROM audit_head",
];

async fn whatever_is_done_to_the_audit_log_is_found(service: &TestService) {
    for _ in 0..4 {
        assert!(service.can_log_in(&person(1), "karibu2026").await);
    }
    service.count_comes_to(CHAINED, 4).await;
    let desk = Office::at(service);
    let said = |more: &[&str]| -> Said { run(&mut desk.command(&[&["audit"], more].concat())) };
    let sound = said(&["verify"]);
    assert_eq!(sound.code, Some(0), "{}", sound.err);
    let link = sound.out.lines().last().unwrap();
    assert!(link.starts_with("4:"), "{}", sound.out);
    assert_eq!(said(&["verify", "--expect", link]).code, Some(0));
    let exported = said(&["export"]).out;
    assert_eq!(exported.lines().count(), 5);
    assert!(exported.contains(link.split_once(':').unwrap().1));

    let wrong = |number: &str, what: &str, more: &[&str]| {
        let verified = said(&[&["verify"], more].concat());
        assert_eq!(verified.code, Some(1));
        let expected = format!("entry {number} of the audit log: {what}");
        assert!(verified.err.contains(&expected), "{}", verified.err);
    };
    // The database itself refuses, whoever asks.
    for sql in CHANGES.iter().map(|(change, _)| *change).chain(REFUSED) {
        let refusal = service.refusal(sql).await;
        assert!(
            refusal.contains("the audit log only grows"),
            "{sql}: {refusal}"
        );
    }
    service.refusal("DELETE FROM audit WHERE number = 2").await;
    assert_eq!(said(&["verify"]).code, Some(0));
    // Whoever may alter the schema takes that away first, and that is told too.
    service.unguard_the_audit_log().await;
    let is_as_before = || {
        let verified = said(&["verify"]);
        verified.code == Some(1)
            && verified
                .err
                .contains("the triggers that keep the audit log")
    };
    assert!(is_as_before());
    for (change, back) in CHANGES {
        service.execute(change).await;
        wrong("2", "an entry was changed", &[]);
        service.execute(back).await;
        assert!(is_as_before(), "{back}");
    }
    // Two entries change places.
    for sql in [
        "UPDATE audit SET number = -2 WHERE number = 2",
        "UPDATE audit SET number = 2 WHERE number = 3",
        "UPDATE audit SET number = 3 WHERE number = -2",
    ] {
        service.execute(sql).await;
    }
    wrong("2", "an entry was changed, put in or moved", &[]);
    service.execute("DELETE FROM audit WHERE number = 2").await;
    wrong("2", "an entry was taken out", &[]);
    // With the head, the end can be cut off unseen, but for a link that is kept elsewhere.
    service.execute("DELETE FROM audit WHERE number > 1").await;
    wrong("2", "an entry was taken out", &[]);
    service
        .execute(
            "UPDATE audit_head SET number = 1, hash = (SELECT hash FROM audit WHERE number = 1)",
        )
        .await;
    assert!(is_as_before());
    wrong("4", "an entry was taken out", &["--expect", link]);
}
