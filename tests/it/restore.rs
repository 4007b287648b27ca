//! The machine is lost: a new one is set up from the backup, as docs/operations.md says.

use std::process::Command;

use crate::harness::program::run;
use crate::harness::service::person;
use crate::harness::{Database, Office, TestService, with_each_database};
use crate::staff::{at_the_console, with_staff};

with_each_database!(a_service_on_a_restored_database_works_and_sends_nothing_again);

async fn a_service_on_a_restored_database_works_and_sends_nothing_again(database: Database) {
    let service = with_staff(database, |_| {}).await;
    service.phone(1).walk(&["1", "1"]).await;
    service.outbox_comes_to(&[("delivered", 1)]).await;
    at_the_console(&service, "helpdesk").await;
    // When the backup is made, one SMS waits; it leaves right after.
    service
        .execute("INSERT INTO channel_states VALUES ('at', 'stopped', 'wrong key', 1, NULL)")
        .await;
    service.worker_looks().await;
    service.phone(2).walk(&["3", "1"]).await;
    service
        .outbox_comes_to(&[("delivered", 1), ("parked", 1)])
        .await;
    let restored = restored(&service).await;
    let office = Office::at(&service);
    let resume = ["outbox", "resume", "at", "--by", "wanjiku"];
    assert_eq!(run(&mut office.command(&resume)).code, Some(0));
    service.outbox_comes_to(&[("delivered", 2)]).await;
    let sent = service.sandbox.messages().len();

    let url = restored.url();
    let service = service
        .restart(|config| config.database.url = url.into())
        .await;
    let screen = service.phone(1).walk(&["1"]).await;
    assert!(screen.contains("99208105"), "{screen}");
    service.phone(3).walk(&["3", "1"]).await;
    service.sms_of(&person(3), 1).await;
    service
        .outbox_comes_to(&[("delivered", 2), ("expired", 1)])
        .await;
    assert_eq!(service.sandbox.messages().len(), sent + 1);
    // Nobody is in who was.
    let inside = "SELECT COUNT(*) FROM staff_sessions";
    assert_eq!(restored.count(inside).await, 0);
    let told = "SELECT COUNT(*) FROM audit WHERE what = 'database.restored' \
                AND actor = 'operator:wanjiku' AND detail LIKE '1 SMS given up%'";
    assert_eq!(restored.count(told).await, 1);
    service.stop().await;
    restored.remove().await;
}

/// Backs a service up and restores it into a database of its own.
async fn restored(service: &TestService) -> Database {
    let office = Office::at(service);
    let copy = office.file("copy");
    let copy = copy.to_str().unwrap();
    let url = service.database_url();
    if url.starts_with("sqlite:") {
        let elsewhere = Database::sqlite();
        assert_eq!(
            run(&mut office.command(&["db", "backup", copy])).code,
            Some(0)
        );
        let new = Office::with_database(&elsewhere.url());
        let mut restore = new.command(&["db", "restore", copy, "--by", "wanjiku"]);
        let said = run(&mut restore);
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert!(
            said.out.contains("1  SMS waited and are given up"),
            "{}",
            said.out
        );
        let again = run(&mut restore);
        assert!(again.err.contains("move it away first"), "{}", again.err);
        return elsewhere;
    }
    let elsewhere = Database::postgres().await;
    let dumped = Command::new("pg_dump")
        .args(["--format=custom", "--file", copy, &url])
        .status();
    assert!(dumped.unwrap().success());
    let filled = Command::new("pg_restore")
        .args(["--no-owner", "--dbname", &elsewhere.url(), copy])
        .status();
    assert!(filled.unwrap().success());
    let new = Office::with_database(&elsewhere.url());
    let said = run(&mut new.command(&["db", "restore", "--by", "wanjiku"]));
    assert_eq!(said.code, Some(0), "{}", said.err);
    elsewhere
}
