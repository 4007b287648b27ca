//! Hops that come twice, at once, late, out of order, or made up.

use std::sync::Arc;
use std::time::Duration;

use cp2::aggregators::{Input, SessionId, Turn};
use cp2::dialogue::{Dialogue, Hops, Menus};
use cp2::domain::{Clock, Msisdn};
use cp2::menus::Current;
use cp2::service::{load_menus, load_tools};
use cp2::store::sessions::{self, NewTurn, SessionRow, Shown};
use futures_util::future::join_all;
use tokio::sync::Notify;
use zeroize::Zeroizing;

use crate::harness::service::{config, password_in, person};
use crate::harness::{TestService, on_each_database};

on_each_database!(
    a_repeated_hop_gets_the_same_bytes_and_causes_nothing,
    five_copies_at_once_are_one_turn,
    old_hops_that_come_late_get_their_own_answers,
    a_dialled_extension_goes_straight_to_its_screen,
    a_dialled_extension_never_changes_anything,
    stars_and_empty_answers_are_answers,
    a_session_that_is_over_stays_over,
    what_fits_nowhere_reads_the_last_answer_of_a_session_that_is_over,
    a_session_belongs_to_the_line_that_dialled,
    two_sessions_of_one_line_make_one_password,
    made_up_transcripts_change_nothing,
    a_session_goes_on_in_any_process_and_what_one_remembers_is_checked,
    turns_that_are_kept_together_are_kept_each_by_its_own_version,
);

const SAFARICOM: &str = "63902";

async fn a_repeated_hop_gets_the_same_bytes_and_causes_nothing(service: &TestService) {
    let mut phone = service.phone(1);
    let first = phone.dial().await;
    assert_eq!(phone.repeat().await, first);
    phone.press("3").await;
    let sent = phone.press("1").await;
    for _ in 0..5 {
        assert_eq!(phone.repeat().await, sent);
    }
    service.outbox_comes_to(&[("delivered", 1)]).await;
}

async fn five_copies_at_once_are_one_turn(service: &TestService) {
    for number in [1, 2, 3] {
        let msisdn = person(number);
        let session = format!("ATUid_five_{number}");
        for text in ["", "3", "3*1"] {
            let copies = (0..5).map(|_| service.hop(&session, &msisdn, text, SAFARICOM));
            let answers = join_all(copies).await;
            assert!(
                answers.iter().all(|answer| *answer == answers[0]),
                "{answers:?}"
            );
        }
    }
    service.outbox_comes_to(&[("delivered", 3)]).await;
    assert_eq!(service.sandbox.messages().len(), 3);
}

async fn old_hops_that_come_late_get_their_own_answers(service: &TestService) {
    let msisdn = person(1);
    let mut answers = Vec::new();
    let saved = "4*1*A001234567K*1*1234";
    let transcripts = [
        "",
        "4",
        "4*1",
        "4*1*A001234567K",
        "4*1*A001234567K*1",
        saved,
    ];
    for text in transcripts {
        answers.push(service.hop("ATUid_late", &msisdn, text, SAFARICOM).await);
    }
    for number in [3, 0, 5, 2, 1, 4, 5] {
        let again = service
            .hop("ATUid_late", &msisdn, transcripts[number], SAFARICOM)
            .await;
        assert_eq!(again, answers[number], "{}", transcripts[number]);
    }
    service.outbox_comes_to(&[("delivered", 1)]).await;
}

async fn a_dialled_extension_goes_straight_to_its_screen(service: &TestService) {
    let dialled = service
        .hop("ATUid_deep", &person(5), "1*2", SAFARICOM)
        .await;
    assert!(
        dialled.starts_with("CON KJSEA 2026 Invigilator"),
        "{dialled}"
    );
    let back = service
        .hop("ATUid_deep", &person(5), "1*2*0", SAFARICOM)
        .await;
    assert!(back.starts_with("CON Which deployment?"), "{back}");
}

async fn a_dialled_extension_never_changes_anything(service: &TestService) {
    let held = service
        .hop("ATUid_held", &person(1), "3*1", SAFARICOM)
        .await;
    assert!(
        held.starts_with("CON A new CP2 password will come by SMS"),
        "{held}"
    );
    service.outbox_comes_to(&[]).await;
    let sent = service
        .hop("ATUid_held", &person(1), "3*1*1", SAFARICOM)
        .await;
    assert!(
        sent.starts_with("END Your new password is on its way"),
        "{sent}"
    );
}

async fn stars_and_empty_answers_are_answers(service: &TestService) {
    let hop = |text| service.hop("ATUid_stars", "254700000002", text, SAFARICOM);
    hop("").await;
    let question = hop("5").await;
    for text in ["5*", "5**", "5***1*2"] {
        let again = hop(text).await;
        assert!(
            again.starts_with("CON That is not a Kenyan mobile number.\n"),
            "{again}"
        );
        assert!(again.ends_with(&question["CON ".len()..]), "{again}");
    }
    assert!(
        hop("5***1*2*0700000888")
            .await
            .starts_with("CON New number 254700000888.")
    );
}

async fn a_session_that_is_over_stays_over(service: &TestService) {
    let mut phone = service.phone(1);
    let end = phone.walk(&["0"]).await;
    assert_eq!(phone.repeat().await, end);
    assert_eq!(
        phone.press("1").await,
        "END This session is over. Please dial again."
    );
}

/// Of a session that is over nothing is kept but its answers.
async fn what_fits_nowhere_reads_the_last_answer_of_a_session_that_is_over(service: &TestService) {
    let hop = async |text| service.hop("ATUid_over", &person(1), text, SAFARICOM).await;
    hop("").await;
    let sent = hop("2").await;
    assert!(sent.starts_with("END A link to your KCSE"), "{sent}");
    for text in ["9*9", "7", "2"] {
        assert_eq!(hop(text).await, sent, "{text}");
    }
    service.outbox_comes_to(&[("delivered", 1)]).await;
}

async fn a_session_belongs_to_the_line_that_dialled(service: &TestService) {
    service.hop("ATUid_mine", &person(1), "", SAFARICOM).await;
    service.hop("ATUid_mine", &person(1), "3", SAFARICOM).await;
    let stranger = service
        .hop("ATUid_mine", &person(2), "3*1", SAFARICOM)
        .await;
    assert_eq!(stranger, "END This session is over. Please dial again.");
    service.outbox_comes_to(&[]).await;
    let mine = service
        .hop("ATUid_mine", &person(1), "3*1", SAFARICOM)
        .await;
    assert!(
        mine.starts_with("END Your new password is on its way"),
        "{mine}"
    );
}

async fn two_sessions_of_one_line_make_one_password(service: &TestService) {
    let msisdn = person(1);
    // Nothing leaves, so the first reset is still under way when the others come.
    service.sandbox.behave(
        &cp2::domain::Msisdn::parse(&msisdn).unwrap(),
        cp2::demo::sandbox::Behaviour::NoBalance,
    );
    let sessions: Vec<_> = (0..5)
        .map(|number| format!("ATUid_rush_{number}"))
        .collect();
    for session in &sessions {
        service.hop(session, &msisdn, "", SAFARICOM).await;
        service.hop(session, &msisdn, "3", SAFARICOM).await;
    }
    let answers = join_all(
        sessions
            .iter()
            .map(|session| service.hop(session, &msisdn, "3*1", SAFARICOM)),
    )
    .await;
    let made = answers
        .iter()
        .filter(|answer| answer.starts_with("END Your new password is on its way"))
        .count();
    let waits = answers
        .iter()
        .filter(|answer| answer.starts_with("END Your new password is already"))
        .count();
    assert_eq!((made, waits), (1, 4), "{answers:?}");
    service.sandbox.behave(
        &cp2::domain::Msisdn::parse(&msisdn).unwrap(),
        cp2::demo::sandbox::Behaviour::Deliver,
    );
    service.outbox_comes_to(&[("parked", 1)]).await;
    service.clock.advance(std::time::Duration::from_mins(2));
    let messages = service.sms_of(&msisdn, 1).await;
    assert_eq!(messages.len(), 1);
    assert_eq!(password_in(&messages[0].text).len(), 10);
}

async fn made_up_transcripts_change_nothing(service: &TestService) {
    service.hop("ATUid_odd", &person(1), "", SAFARICOM).await;
    let question = service.hop("ATUid_odd", &person(1), "3", SAFARICOM).await;
    for text in ["2*1", "33*1", "1", "9*9*9*1", "31"] {
        assert_eq!(
            service.hop("ATUid_odd", &person(1), text, SAFARICOM).await,
            question,
            "{text}"
        );
    }
    service.outbox_comes_to(&[]).await;
}

/// Takes turns as another process on the same database would.
fn process(service: &TestService) -> Dialogue {
    let config = config(
        &service.database_url(),
        &service.base,
        &service.sandbox.base_url(),
    );
    Dialogue {
        store: service.store.clone(),
        hops: Hops::on(&service.store),
        menus: Menus::new(Current::new(load_menus(&config).unwrap())),
        tools: load_tools(&config).unwrap(),
        clock: Arc::new(service.clock.clone()),
        bell: Arc::new(Notify::new()),
        diary: None,
        watch: None,
    }
}

async fn a_session_goes_on_in_any_process_and_what_one_remembers_is_checked(service: &TestService) {
    let (one, other) = (process(service), process(service));
    let take = async |process: &Dialogue, text: &str| {
        let turn = Turn {
            session: SessionId::parse("ATUid_wandering").unwrap(),
            caller: Msisdn::parse(&person(1)).unwrap(),
            service_code: "*384*2026#".to_owned(),
            network: None,
            input: Input::Cumulative(Zeroizing::new(text.to_owned())),
        };
        process.take_turn("at", &turn, 160).await.unwrap()
    };
    let home = take(&one, "").await;
    // Nobody else remembers it, and it looks like a session that begins.
    assert_eq!(take(&other, "").await, home);
    let question = take(&other, "3").await;
    // What the first remembers is older than each of these.
    assert_eq!(take(&one, "3").await, question);
    take(&other, "3*0").await;
    take(&other, "3*0*3").await;
    let sent = take(&one, "3*0*3*1").await;
    assert!(sent.text.starts_with("Your new password is on"), "{sent:?}");
    assert_eq!(take(&other, "3*0*3*1").await, sent);
    assert_eq!(take(&one, "3*0*3*1").await, sent);
    assert_eq!(take(&other, "3").await, question);
    service.outbox_comes_to(&[("delivered", 1)]).await;
    assert_eq!(service.sms_of(&person(1), 1).await.len(), 1);
}

async fn turns_that_are_kept_together_are_kept_each_by_its_own_version(service: &TestService) {
    let now = service.clock.now();
    let turn = |id: &str, version: i64, line: Option<&[u8]>| NewTurn {
        channel: "at".to_owned(),
        id: id.to_owned(),
        row: SessionRow {
            version,
            sealed: format!("{id} {version}").into_bytes(),
            line: line.map(<[u8]>::to_vec),
            last_hop_at: now,
            expires_at: now.plus(Duration::from_mins(30)),
            shown: Shown::default().then("home").then(id),
        },
    };
    let first = [
        turn("b", 1, Some(b"line")),
        turn("a", 1, None),
        turn("b", 1, None),
    ];
    let mut tx = service.store.write_singly();
    let kept = sessions::keep_together(&mut tx, &first).await.unwrap();
    assert_eq!(kept, [true, true, false]);
    // One goes on, one comes again, one skips a turn.
    let later = [
        turn("b", 2, None),
        turn("a", 1, None),
        turn("c", 1, None),
        turn("a", 3, None),
    ];
    let kept = sessions::keep_together(&mut tx, &later).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(kept, [true, false, true, false]);
    let mut tx = service.store.begin_read().await.unwrap();
    for expected in [turn("a", 1, None), turn("b", 2, None), turn("c", 1, None)] {
        let row = sessions::find(&mut tx, "at", &expected.id)
            .await
            .unwrap()
            .unwrap();
        let expected = expected.row;
        assert_eq!(
            (row.version, row.sealed),
            (expected.version, expected.sealed)
        );
        assert_eq!((row.line, row.shown), (expected.line, expected.shown));
        assert_eq!(
            (row.last_hop_at, row.expires_at),
            (expected.last_hop_at, expected.expires_at)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hops_at_once_share_their_statements() {
    // Nothing else asks the database meanwhile.
    let sleepy = |config: &mut cp2::config::Config| config.outbox.poll_ms = 600_000;
    let (service, wire) = TestService::start_on_a_wire(sleepy).await;
    let hop = |number: u32, text: &'static str| {
        let (session, msisdn) = (
            format!("ATUid_many_{number}"),
            format!("2547000{number:05}"),
        );
        let service = &service;
        async move { service.hop(&session, &msisdn, text, SAFARICOM).await }
    };
    hop(0, "").await;
    wire.delay(Duration::from_millis(20));
    for text in ["", "4", "4*1"] {
        let before = wire.said();
        let answers = join_all((1..=60).map(|number| hop(number, text))).await;
        assert!(
            answers.iter().all(|answer| !answer.contains("busy")),
            "{answers:?}"
        );
        // Each hop for itself would say four things at least.
        let said = wire.said() - before;
        assert!(said < 120, "{said} for {text}");
    }
    service.stop().await;
}
