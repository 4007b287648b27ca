//! SIM cards: the network is asked before anything that opens doors leaves, and a new card
//! makes it wait.

use cp2::config::{SimSwapCheck, Untold};
use cp2::domain::{CardSwap, Msisdn};
use jiff::civil::date;
use reqwest::Response;

use crate::harness::service::{SECRET, happens, person};
use crate::harness::{Database, TestService, with_each_database};

with_each_database!(
    a_password_leaves_once_the_network_calls_the_card_old,
    a_new_card_delays_passwords_and_demands_the_pin,
    a_verdict_may_come_before_we_know_what_it_answers,
    where_no_network_tells_the_settings_decide,
    verdicts_from_strangers_and_garbage_change_nothing,
);

const ASKED: &str = "SELECT COUNT(*) FROM sim_checks WHERE state = 'asked'";
const TOLD: &str = "SELECT COUNT(*) FROM sim_verdicts";

async fn asking(database: Database, untold: Untold) -> TestService {
    TestService::start_with(database, |config| {
        config.policy.sim_swap.check = SimSwapCheck::Ask;
        config.policy.sim_swap.untold = untold;
    })
    .await
}

fn line(number: u32) -> Msisdn {
    Msisdn::parse(&person(number)).unwrap()
}

async fn post_text(service: &TestService, path: &str, body: &'static str) -> Response {
    let url = format!("{}{path}", service.base);
    service.client.post(url).body(body).send().await.unwrap()
}

/// Asks for a new password, waits while the network is asked, and says what comes then.
async fn reset(service: &TestService, number: u32) -> String {
    let mut phone = service.phone(number);
    phone.walk(&["3"]).await;
    let screen = phone.press("1").await;
    assert!(screen.contains("asking your network"), "{screen}");
    let mut screen = screen;
    let told = happens(async || {
        screen = phone.press("1").await;
        !screen.contains("asking your network")
    });
    assert!(told.await, "{screen}");
    screen
}

async fn a_password_leaves_once_the_network_calls_the_card_old(database: Database) {
    let service = asking(database, Untold::Raise).await;
    let screen = reset(&service, 1).await;
    assert!(screen.contains("on its way"), "{screen}");
    let sms = service.sms_of(&person(1), 1).await;
    assert!(sms[0].text.contains("new password"), "{}", sms[0].text);
    // The verdict holds: nobody is asked anew.
    assert_eq!(service.count(TOLD).await, 1);
    let mut phone = service.phone(1);
    phone.walk(&["2"]).await;
    let screen = phone.press("1").await;
    assert!(!screen.contains("asking"), "{screen}");
    assert_eq!(service.count(TOLD).await, 1);
    service.stop().await;
}

async fn a_new_card_delays_passwords_and_demands_the_pin(database: Database) {
    let service = asking(database, Untold::Allow).await;
    let swapped = CardSwap::On(date(2026, 10, 4));
    service.sandbox.card(&line(1), swapped);
    let screen = reset(&service, 1).await;
    assert!(screen.contains("must wait until 7 Oct"), "{screen}");
    let mut phone = service.phone(1);
    let screen = phone.walk(&["1"]).await;
    assert!(screen.contains("Type your CP2 PIN"), "{screen}");
    let screen = phone.press("1234").await;
    assert!(screen.contains("99208105"), "{screen}");
    assert!(service.sandbox.messages().is_empty());
    service.stop().await;
}

async fn a_verdict_may_come_before_we_know_what_it_answers(database: Database) {
    let service = asking(database, Untold::Allow).await;
    let url = format!("/callbacks/at/{SECRET}/sim-swap");
    let early = r#"{"requestId":"early-1","status":"Swapped","lastSimSwapDate":"05-10-2026"}"#;
    for _ in 0..2 {
        let answer = post_text(&service, &url, early).await;
        assert_eq!(answer.status(), 200);
    }
    assert_eq!(service.count(TOLD).await, 1);
    reset(&service, 1).await;
    service
        .execute("UPDATE sim_checks SET reference = 'early-1'")
        .await;
    let mut phone = service.phone(1);
    phone.walk(&["3"]).await;
    let screen = phone.press("1").await;
    assert!(screen.contains("must wait until 8 Oct"), "{screen}");
    service.stop().await;
}

async fn where_no_network_tells_the_settings_decide(database: Database) {
    let service = asking(database, Untold::Allow).await;
    for number in [1, 2] {
        service.sandbox.card(&line(number), CardSwap::Untold);
    }
    assert!(reset(&service, 1).await.contains("on its way"));
    let service = service
        .restart(|config| {
            config.policy.sim_swap.check = SimSwapCheck::Ask;
            config.policy.sim_swap.untold = Untold::Raise;
        })
        .await;
    let screen = reset(&service, 2).await;
    assert!(screen.contains("You need a CP2 PIN"), "{screen}");
    service.stop().await;
}

async fn verdicts_from_strangers_and_garbage_change_nothing(database: Database) {
    let service = asking(database, Untold::Allow).await;
    let verdict = r#"{"requestId":"x","status":"Swapped","lastSimSwapDate":"05-10-2026"}"#;
    let stranger = post_text(&service, "/callbacks/at/guess/sim-swap", verdict).await;
    assert_eq!(stranger.status(), 404);
    let url = format!("/callbacks/at/{SECRET}/sim-swap");
    for (body, status) in [
        ("", 415),
        ("requestId=x", 415),
        ("{}", 400),
        (r#"{"requestId":"a b"}"#, 400),
    ] {
        assert_eq!(
            post_text(&service, &url, body).await.status(),
            status,
            "{body}"
        );
    }
    assert_eq!(service.get(&url).await.status(), 405);
    assert_eq!(service.count(TOLD).await, 0);
    assert_eq!(service.count(ASKED).await, 0);
    service.stop().await;
}
