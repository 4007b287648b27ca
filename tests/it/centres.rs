//! What centre managers do with their phones where several hands are at it at once.

use std::time::Duration;

use crate::harness::service::person;
use crate::harness::{Database, Phone, TestService, on_each_database};

on_each_database!(
    a_mark_comes_back_to_the_page_it_was_made_on,
    the_same_mark_from_two_phones_is_one_mark,
    marks_against_each_other_leave_one_and_both_in_the_log,
    a_day_is_signed_off_once,
    no_mark_comes_behind_a_signature,
    the_days_are_those_of_kenya,
);

const MARKS: &str = "SELECT COUNT(*) FROM attendance";
const MARKED: &str = "SELECT COUNT(*) FROM audit WHERE what = 'attendance.marked'";
const SIGNED: &str = "SELECT COUNT(*) FROM audit WHERE what = 'attendance.signed'";

/// From the Monday on which the clock stands to the first day of the exam.
const TWO_WEEKS: Duration = Duration::from_hours(14 * 24);

/// A manager's phone before the marks of today.
async fn register(service: &TestService) -> Phone<'_> {
    let mut phone = service.phone(3);
    let screen = phone.walk(&["8", "3", "1234", "1", "1"]).await;
    assert!(screen.contains(": P present, Ab absent\n1. "), "{screen}");
    phone
}

/// Marks everybody as present: four on the first page, two on the second.
async fn mark_all(service: &TestService) {
    let mut phone = register(service).await;
    for at in ["1", "2", "3", "4"] {
        phone.press(at).await;
        phone.press("1").await;
    }
    phone.press("99").await;
    for at in ["1", "2"] {
        phone.press(at).await;
        phone.press("1").await;
    }
}

async fn a_mark_comes_back_to_the_page_it_was_made_on(service: &TestService) {
    service.clock.advance(TWO_WEEKS);
    let mut phone = register(service).await;
    let second = phone.press("99").await;
    assert_eq!(
        second,
        "CON 19 Oct: P present, Ab absent\n1. - Ng'ang'a Ruth Wairimu\n2. - Otieno Mutiso\n0:Back 00:Home"
    );
    phone.press("2").await;
    assert_eq!(
        phone.press("2").await,
        "CON 19 Oct: P present, Ab absent\n1. - Ng'ang'a Ruth Wairimu\n2. Ab Otieno Mutiso\n0:Back 00:Home"
    );
    assert!(phone.press("0").await.contains("1. - Achieng Mercy"));
    assert!(phone.press("0").await.contains("2. Sign off the day"));
}

async fn the_same_mark_from_two_phones_is_one_mark(service: &TestService) {
    service.clock.advance(TWO_WEEKS);
    let (mut one, mut other) = (register(service).await, register(service).await);
    tokio::join!(one.press("1"), other.press("1"));
    let (first, second) = tokio::join!(one.press("1"), other.press("1"));
    assert!(first.contains("1. P Achieng"), "{first}");
    assert_eq!(first, second);
    one.repeat().await;
    assert_eq!(service.count(MARKS).await, 1);
    assert_eq!(service.count(MARKED).await, 1);
}

async fn marks_against_each_other_leave_one_and_both_in_the_log(service: &TestService) {
    service.clock.advance(TWO_WEEKS);
    let (mut one, mut other) = (register(service).await, register(service).await);
    tokio::join!(one.press("1"), other.press("1"));
    tokio::join!(one.press("1"), other.press("2"));
    assert_eq!(service.count(MARKS).await, 1);
    assert_eq!(service.count(MARKED).await, 2);
    let corrections = "SELECT COUNT(*) FROM audit WHERE what = 'attendance.marked' \
                       AND (detail LIKE '%: P to Ab' OR detail LIKE '%: Ab to P')";
    assert_eq!(service.count(corrections).await, 1);
}

async fn a_day_is_signed_off_once(service: &TestService) {
    service.clock.advance(TWO_WEEKS);
    mark_all(service).await;
    let (mut one, mut other) = (register(service).await, register(service).await);
    for phone in [&mut one, &mut other] {
        phone.press("0").await;
        let screen = phone.press("2").await;
        assert!(
            screen.contains("present 6, absent 0, not marked 0"),
            "{screen}"
        );
    }
    let (first, second) = tokio::join!(one.press("1"), other.press("1"));
    let mut answers = [first, second];
    answers.sort();
    assert!(answers[0].starts_with("CON 19 Oct 99208105 is signed off"));
    assert!(answers[1].starts_with("END 19 Oct is signed off"));
    assert_eq!(service.count(SIGNED).await, 1);
    let sms = service.sms_of(&person(3), 1).await;
    assert_eq!(
        sms[0].text,
        "CP2: you signed off 19 Oct at centre 99208105, KCSE 2026: present 6, absent 0."
    );
    service.outbox_comes_to(&[("delivered", 1)]).await;
}

async fn no_mark_comes_behind_a_signature(service: &TestService) {
    service.clock.advance(TWO_WEEKS);
    mark_all(service).await;
    let (mut signs, mut marks) = (register(service).await, register(service).await);
    signs.press("0").await;
    signs.press("2").await;
    marks.press("1").await;
    let (end, _) = tokio::join!(signs.press("1"), marks.press("2"));
    let absent = service
        .count("SELECT COUNT(*) FROM attendance WHERE present = 0")
        .await;
    // Whoever came first, the counts that were signed are those that stand.
    let counts = format!("present {}, absent {absent}", 6 - absent);
    assert!(end.contains(&counts), "{end} / {counts}");
}

async fn the_days_are_those_of_kenya(service: &TestService) {
    // One minute to midnight in Kenya on the first day of the exam.
    service
        .clock
        .advance(TWO_WEEKS + Duration::from_mins(14 * 60 + 59));
    let mut phone = service.phone(3);
    let before = phone.walk(&["8", "3", "1234"]).await;
    assert!(before.contains("1. 19 Oct\n0:Back"), "{before}");
    service.clock.advance(Duration::from_mins(2));
    phone.press("0").await;
    let after = phone.press("3").await;
    assert!(after.contains("1. 20 Oct\n2. 19 Oct\n"), "{after}");
}

#[tokio::test]
async fn id_numbers_are_on_the_roster_where_the_council_says_so() {
    let shows = |config: &mut cp2::config::Config| config.policy.roster_shows_national_id = true;
    let service = TestService::start_with(Database::sqlite(), shows).await;
    let screen = service.phone(3).walk(&["8", "2", "1234", "1"]).await;
    assert!(
        screen.contains("ID 90000001\nPhone 25470****001"),
        "{screen}"
    );
    service.stop().await;
    let service = TestService::start(Database::sqlite()).await;
    let screen = service.phone(3).walk(&["8", "2", "1234", "1"]).await;
    assert!(screen.contains("ID -\nPhone 25470****001"), "{screen}");
    service.stop().await;
}
