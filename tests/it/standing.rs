//! How the service stands: told to the platform, on the board, in the terminal.

use cp2::demo::sandbox::Behaviour;
use cp2::domain::Msisdn;
use serde_json::{Value, json};

use crate::harness::program::run;
use crate::harness::service::{PATIENCE, happens, person};
use crate::harness::{Database, Office, TestService, with_each_database};
use crate::staff::{at_the_console, with_staff};

with_each_database!(
    a_held_channel_is_told_and_does_not_take_the_process_out_of_service,
    a_key_that_is_not_the_one_of_its_name_is_unready_and_a_missing_one_is_told,
    the_board_adds_up_what_all_processes_have_counted,
    the_terminal_says_who_runs_and_what_waits,
);

async fn readiness(service: &TestService) -> (u16, Value) {
    let answer = service.get("/readyz").await;
    let status = answer.status().as_u16();
    let said = serde_json::from_slice(&answer.bytes().await.unwrap());
    (status, said.unwrap())
}

async fn a_held_channel_is_told_and_does_not_take_the_process_out_of_service(database: Database) {
    let service = TestService::start(database).await;
    let well = json!({
        "state": "ready", "database": "ok", "worker": "ok", "channels": {"at": "ok"}, "keys": "ok",
    });
    assert_eq!(readiness(&service).await, (200, well));
    let empty = Msisdn::parse(&person(2)).unwrap();
    service.sandbox.behave(&empty, Behaviour::NoBalance);
    service.phone(2).walk(&["3", "1"]).await;
    service.outbox_comes_to(&[("parked", 1)]).await;
    let (status, said) = readiness(&service).await;
    assert_eq!((status, &said["state"]), (200, &json!("degraded")));
    assert_eq!(said["channels"], json!({"at": "parked"}));
    service.stop().await;
}

async fn a_key_that_is_not_the_one_of_its_name_is_unready_and_a_missing_one_is_told(
    database: Database,
) {
    let service = TestService::start(database).await;
    let marks = "SELECT COUNT(*) FROM key_marks";
    service.count_comes_to(marks, 1).await;
    let other = || "6b".repeat(32).into();
    let service = service
        .restart(|config| {
            config.keys.key.insert("test".into(), other());
        })
        .await;
    let (status, said) = readiness(&service).await;
    assert_eq!((status, &said["state"]), (503, &json!("unready")));
    assert_eq!(said["keys"], json!({"test": "wrong"}));
    // It has not covered up which one was the right one.
    let service = service.restart(|_| {}).await;
    assert_eq!(readiness(&service).await.1["keys"], json!("ok"));
    let service = service
        .restart(|config| {
            config.keys.key = [("k2".to_owned(), other())].into();
            config.keys.current = "k2".into();
        })
        .await;
    let (status, said) = readiness(&service).await;
    assert_eq!((status, &said["state"]), (200, &json!("degraded")));
    assert_eq!(said["keys"], json!({"test": "missing"}));
    service.stop().await;
}

async fn the_board_adds_up_what_all_processes_have_counted(database: Database) {
    let service = with_staff(database, |_| {}).await;
    // 1791180000000 is the time of the clock that tests turn. The other process had 120 hops in
    // its last five seconds; one that has fallen silent does not count.
    service
        .execute(
            "INSERT INTO processes (id, parts, version, started_at, seen_at, silent_s, pace) \
             SELECT 'other', 'web', '9.9.9', 1791170000000, 1791180000000, NULL, \
             '{\"hops\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,\
             0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,120],\"answers\":[0,0,0,0,0,120,0,0,0,0]}'",
        )
        .await;
    service
        .execute(
            "INSERT INTO processes (id, parts, version, started_at, seen_at, silent_s, pace) \
             SELECT 'gone', 'web', '7.7.7', 1791170000000, 1791179000000, NULL, pace \
             FROM processes WHERE id = 'other'",
        )
        .await;
    let mut viewer = at_the_console(&service, "viewer").await;
    let board = viewer.get("/operator/board").await.text().await.unwrap();
    for said in ["2.0 in the last minute", "9.9.9", "up to 250 ms"] {
        assert!(board.contains(said), "{said}: {board}");
    }
    assert!(!board.contains("7.7.7"), "{board}");
    service.stop().await;
}

async fn the_terminal_says_who_runs_and_what_waits(database: Database) {
    let service = TestService::start(database).await;
    let empty = Msisdn::parse(&person(2)).unwrap();
    service.sandbox.behave(&empty, Behaviour::NoBalance);
    service.phone(2).walk(&["3", "1"]).await;
    service.outbox_comes_to(&[("parked", 1)]).await;
    let desk = Office::at(&service);
    // The clock of the service stands still in another month, so for the terminal nobody runs.
    let said = run(&mut desk.command(&["status", "--json"]));
    assert_eq!(said.code, Some(1), "{}", said.err);
    let status: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(status["ready"], json!(false));
    assert_eq!(status["channels"]["at"]["state"], json!("parked"));
    let waiting = &status["messages"][0];
    assert_eq!(waiting["lane"], json!("credential"));
    assert_eq!(waiting["count"], json!(1));
    let said = run(&mut desk.command(&["status"]));
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("no process sends SMS"), "{}", said.err);
    for line in ["SMS        1 credential queued", "channel    at parked for"] {
        assert!(said.out.contains(line), "{line}: {}", said.out);
    }
    // A key that was taken out is missed, until somebody says that it is gone for good.
    let marks = "SELECT COUNT(*) FROM key_marks";
    service.count_comes_to(marks, 1).await;
    service
        .execute(
            "INSERT INTO key_marks (name, mark, created_at) SELECT 'k0', mark, 1 FROM key_marks",
        )
        .await;
    assert!(
        run(&mut desk.command(&["status"]))
            .out
            .contains("key        k0 is missing")
    );
    let forget = |name| run(&mut desk.command(&["key", "forget", name, "--by", "wanjiku"]));
    assert_eq!(forget("test").code, Some(1), "it is in the configuration");
    assert_eq!((forget("k0").code, forget("k0").code), (Some(0), Some(1)));
    // One that is asked itself answers for itself.
    let said = run(&mut desk.command(&["status", "--url", &service.base]));
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains("\"degraded\""), "{}", said.out);
    // Now it is told of a process that runs.
    let now = "UPDATE processes SET seen_at = 9999999999999";
    let runs = happens(async || {
        service.execute(now).await;
        let said = run(&mut desk.command(&["status"]));
        said.code == Some(0) && said.out.contains("process    all, version ")
    });
    assert!(runs.await, "within {PATIENCE:?}");
    service.stop().await;
}
