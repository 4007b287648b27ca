//! Hops that come twice, at once, late, out of order, or made up.

use futures_util::future::join_all;

use crate::harness::service::{password_in, person};
use crate::harness::{TestService, on_each_database};

on_each_database!(
    a_repeated_hop_gets_the_same_bytes_and_causes_nothing,
    five_copies_at_once_are_one_turn,
    old_hops_that_come_late_get_their_own_answers,
    a_dialled_extension_goes_straight_to_its_screen,
    a_dialled_extension_never_changes_anything,
    stars_and_empty_answers_are_answers,
    a_session_that_is_over_stays_over,
    a_session_belongs_to_the_line_that_dialled,
    two_sessions_of_one_line_make_one_password,
    made_up_transcripts_change_nothing,
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
