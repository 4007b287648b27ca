//! Several processes of the service on one PostgreSQL: a session, a limit and an SMS belong
//! to all of them, and each may go at any time.

mod fleet;
mod rolling;

use futures_util::future::join_all;

use crate::harness::service::{SECRET, happens, password_in, person};

use self::fleet::{Fleet, fresh_session, line, one_of_many};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_goes_on_in_any_process_and_has_one_effect() {
    let fleet = Fleet::start(3, 1, &[]).await;
    let (session, who) = (fresh_session(), person(1));
    for (at, text) in ["", "3"].iter().enumerate() {
        let screen = fleet.hop(at, &session, &who, text).await;
        assert!(screen.starts_with("CON "), "{screen}");
    }
    // The last hop at all of them at once, three times each.
    let copies = (0..9).map(|at| fleet.hop(at, &session, &who, "3*1"));
    let screens = join_all(copies).await;
    assert!(screens[0].starts_with("END Your new password is on its way"));
    assert!(screens.iter().all(|s| *s == screens[0]), "{screens:?}");
    assert_eq!(fleet.hop(1, &session, &who, "3*1").await, screens[0]);
    assert_eq!(fleet.all_are_delivered().await, 1);
    let sent = fleet.sandbox.messages_to(&line(&who));
    assert_eq!(sent.len(), 1);
    let password = password_in(&sent[0].text);
    let fields = [("user_name", who.as_str()), ("password", password)];
    assert_eq!(fleet.post(2, "/login", &fields).await.status(), 303);
    fleet.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_sms_leaves_twice_and_the_channel_keeps_its_pace_however_many_send() {
    const PEOPLE: u32 = 12;
    // From the first claim to the last, in milliseconds.
    const TOOK: &str = "SELECT MAX(at) - MIN(at) FROM sms_events WHERE state = 'sending'";
    let fleet = Fleet::start(3, PEOPLE, &[("CP2__CHANNEL__AT__SMS_PER_SECOND", "5")]).await;
    let resets = (0..PEOPLE).map(|index| {
        let fleet = &fleet;
        async move {
            let who = one_of_many(index);
            fleet.walk(index as usize, &who, &["3", "1"]).await
        }
    });
    for screen in join_all(resets).await {
        assert!(
            screen.starts_with("END Your new password is on"),
            "{screen}"
        );
    }
    assert_eq!(fleet.all_are_delivered().await, i64::from(PEOPLE));
    for index in 0..PEOPLE {
        let sent = fleet.sandbox.messages_to(&line(&one_of_many(index)));
        assert_eq!(sent.len(), 1, "{index}");
    }
    // Twelve at five a second; three processes that count by themselves take half a second.
    let took = fleet.count(TOOK).await;
    assert!(took >= 1900, "{took}");
    fleet.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_count_what_comes_to_any_process() {
    let settings = [("CP2__POLICY__FORGOTTEN_IN_AN_HOUR", "3")];
    let fleet = Fleet::start(3, 1, &settings).await;

    let wrong = [("user_name", "254700000002"), ("password", "no-idea")];
    for at in 0..5 {
        assert_eq!(fleet.post(at, "/login", &wrong).await.status(), 403);
    }
    // Not even the right one, at none of them.
    let right = [("user_name", "0700000002"), ("password", "karibu2026")];
    for at in 0..3 {
        assert_eq!(fleet.post(at, "/login", &right).await.status(), 429);
    }

    let asked = [("user_name", "254700000099")];
    for at in 0..3 {
        assert_eq!(fleet.post(at, "/forgot", &asked).await.status(), 200);
    }
    assert_eq!(fleet.post(0, "/forgot", &asked).await.status(), 429);

    // Up to where the PIN is asked for, and one that is wrong.
    let guess = ["4", "1", "A001234567K", "1", "2468"];
    for (at, left) in ["Tries left: 2", "Tries left: 1", "Too many wrong tries"]
        .iter()
        .enumerate()
    {
        let screen = fleet.walk(at, &person(1), &guess).await;
        assert!(screen.contains(left), "{screen}");
    }
    for at in 0..3 {
        let screen = fleet.walk(at, &person(1), &guess[..4]).await;
        assert!(screen.starts_with("END Too many wrong tries"), "{screen}");
    }
    fleet.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_menus_reach_every_process() {
    let menus = tempfile::tempdir().unwrap();
    crate::harness::menus::lay_out(menus.path());
    let folder = menus.path().display().to_string();
    let settings = [
        ("CP2__MENUS__FOLDER", folder.as_str()),
        ("CP2__MENUS__POLL_MS", "20"),
    ];
    let fleet = Fleet::start(2, 1, &settings).await;
    let (before, who) = (fresh_session(), person(4));
    let old = fleet.hop(0, &before, &who, "").await;
    assert!(old.starts_with("CON KNEC CP2\n"), "{old}");
    let file = menus.path().join("main.toml");
    let shipped = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, shipped.replace("KNEC CP2", "CP2 Two")).unwrap();
    for at in 0..2 {
        let shown = happens(async || {
            let screen = fleet.hop(at, &fresh_session(), &who, "").await;
            screen.starts_with("CON CP2 Two\n")
        });
        assert!(shown.await, "the process {at} has the old ones");
    }
    // Who began with the old ones keeps them, at the other process too.
    let home = fleet.hop(1, &before, &who, "00").await;
    assert!(home.starts_with("CON KNEC CP2\n"), "{home}");
    fleet.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_process_was_sending_is_sent_by_another_once() {
    let settings = [
        ("CP2__OUTBOX__LEASE_S", "2"),
        ("CP2__OUTBOX__SEND_TIMEOUT_S", "1"),
        ("CP2__OUTBOX__UNKNOWN_WAIT_S", "1"),
    ];
    let mut fleet = Fleet::start(2, 8, &settings).await;
    for index in 0..8 {
        let screen = fleet.walk(1, &one_of_many(index), &["3", "1"]).await;
        assert!(
            screen.starts_with("END Your new password is on"),
            "{screen}"
        );
        if index == 3 {
            tokio::task::block_in_place(|| fleet.processes[0].program.kill());
            fleet.processes.remove(0);
        }
    }
    assert_eq!(fleet.all_are_delivered().await, 8);
    for index in 0..8 {
        let sent = fleet.sandbox.messages_to(&line(&one_of_many(index)));
        let words: Vec<_> = sent.iter().map(|sms| &sms.text).collect();
        assert!(words.iter().all(|text| *text == words[0]), "two passwords");
    }
    fleet.end().await;
}

/// The path of a callback.
fn callback(which: &str) -> String {
    format!("/callbacks/at/{SECRET}/{which}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_sms_that_comes_to_every_process_is_answered_once() {
    let fleet = Fleet::start(3, 1, &[]).await;
    let plus = format!("+{}", person(2));
    let fields = [
        ("id", "in-1"),
        ("from", plus.as_str()),
        ("to", "22026"),
        ("text", "RESET"),
        ("date", "2026-10-05 06:00:00"),
    ];
    let path = callback("sms");
    let copies = (0..6).map(|at| fleet.post(at, &path, &fields));
    for answer in join_all(copies).await {
        assert_eq!(answer.status(), 200);
    }
    let answered = happens(async || !fleet.sandbox.messages_to(&line(&person(2))).is_empty());
    assert!(answered.await);
    fleet.all_are_delivered().await;
    let sent = fleet.sandbox.messages_to(&line(&person(2)));
    let passwords = sent.iter().filter(|sms| sms.text.contains("password "));
    assert_eq!(passwords.count(), 1);
    fleet.end().await;
}
