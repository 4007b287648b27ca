//! A forgotten password on the site: one answer for everybody, and an SMS for whom it is.

use crate::harness::service::person;
use crate::harness::{Database, TestService, on_each_database, with_each_database};

on_each_database!(
    a_password_comes_by_sms_whatever_way_the_number_is_typed,
    known_and_unknown_numbers_get_the_same_page,
    what_is_no_number_is_said_so_in_both_languages,
    one_address_gets_so_many_and_no_more,
    one_number_gets_so_many_and_nobody_learns_it,
);

with_each_database!(what_is_asked_just_before_a_stop_is_done);

async fn ask(service: &TestService, number: &str) -> (u16, String) {
    let answer = service.post("/forgot", &[("user_name", number)]).await;
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn password_in(text: &str) -> &str {
    let after = text.split("new password ").nth(1).unwrap();
    after.split(['.', ' ']).next().unwrap()
}

async fn a_password_comes_by_sms_whatever_way_the_number_is_typed(service: &TestService) {
    for (number, spelling) in [
        (1, "254700000001"),
        (2, "0700 000 002"),
        (3, "+254-700-000003"),
    ] {
        let (status, page) = ask(service, spelling).await;
        assert_eq!(status, 200);
        assert!(page.contains("If this number is registered"), "{page}");
        let text = service.sms_of(&person(number), 1).await[0].text.clone();
        assert!(
            service
                .can_log_in(&person(number), password_in(&text))
                .await
        );
        assert!(!service.can_log_in(&person(number), "karibu2026").await);
    }
}

async fn known_and_unknown_numbers_get_the_same_page(service: &TestService) {
    let known = ask(service, "254700000001").await;
    let unknown = ask(service, "254700000099").await;
    assert_eq!(known, unknown);
    service.outbox_comes_to(&[("delivered", 1)]).await;
    assert_eq!(service.sandbox.messages().len(), 1);
}

async fn what_is_no_number_is_said_so_in_both_languages(service: &TestService) {
    let (status, page) = ask(service, "0202012345").await;
    assert_eq!(status, 422);
    assert!(
        page.contains("This is not a Kenyan mobile number."),
        "{page}"
    );
    assert!(
        page.contains("value=\"0202012345\""),
        "it can be mended: {page}"
    );
    let swahili = service
        .post("/forgot?lang=sw", &[("user_name", "12")])
        .await;
    let page = swahili.text().await.unwrap();
    assert!(page.contains("Hii si nambari ya simu ya Kenya."), "{page}");
    service.outbox_comes_to(&[]).await;
}

async fn one_address_gets_so_many_and_no_more(service: &TestService) {
    for number in 0..20 {
        let (status, _) = ask(service, &person(2000 + number)).await;
        assert_eq!(status, 200, "{number}");
    }
    let (status, page) = ask(service, "254700000001").await;
    assert_eq!(status, 429);
    assert!(page.contains("Too many requests from here"), "{page}");
    service.outbox_comes_to(&[]).await;
    service.clock.advance(std::time::Duration::from_mins(61));
    assert_eq!(ask(service, "254700000001").await.0, 200);
    service.outbox_comes_to(&[("delivered", 1)]).await;
}

async fn one_number_gets_so_many_and_nobody_learns_it(service: &TestService) {
    let mut pages = Vec::new();
    for asked in 1..=7 {
        pages.push(ask(service, "254700000001").await);
        let sent = asked.min(5);
        service.outbox_comes_to(&[("delivered", sent)]).await;
        service.clock.advance(std::time::Duration::from_mins(20));
    }
    assert!(pages.iter().all(|page| *page == pages[0]));
}

async fn what_is_asked_just_before_a_stop_is_done(database: Database) {
    let service = TestService::start(database).await;
    assert_eq!(ask(&service, "254700000001").await.0, 200);
    let service = service.restart(|_| {}).await;
    let text = service.sms_of(&person(1), 1).await[0].text.clone();
    assert!(service.can_log_in(&person(1), password_in(&text)).await);
    service.stop().await;
}
