//! What operators read: figures by scrape, and alerts that ask for nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cp2::config::Exposure;
use cp2::demo::sandbox::Behaviour;
use cp2::domain::Msisdn;

use crate::harness::service::person;
use crate::harness::{Database, TestService, on_each_database};

on_each_database!(
    a_scrape_tells_what_became_of_sms_and_hops,
    the_alerts_ask_for_figures_that_there_are,
);

/// A service on which everything has happened once.
async fn scrape_of_everything(service: &TestService) -> String {
    service.phone(1).walk(&["3", "1"]).await;
    service.outbox_comes_to(&[("delivered", 1)]).await;
    let empty = Msisdn::parse(&person(2)).unwrap();
    service.sandbox.behave(&empty, Behaviour::NoBalance);
    service.phone(2).walk(&["3", "1"]).await;
    service
        .outbox_comes_to(&[("delivered", 1), ("parked", 1)])
        .await;
    let answer = service.get("/metrics").await;
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

async fn a_scrape_tells_what_became_of_sms_and_hops(service: &TestService) {
    let said = scrape_of_everything(service).await;
    let sms = r#"channel="at",network="safaricom",lane="credential""#;
    for line in [
        format!("cp2_sms_attempts_total{{{sms},outcome=\"accepted\"}} 1"),
        format!("cp2_sms_attempts_total{{{sms},outcome=\"no_balance\"}} 1"),
        format!("cp2_sms_reports_total{{{sms},outcome=\"delivered\"}} 1"),
        format!("cp2_sms_queued{{{sms}}} 1"),
        "cp2_channel_held{channel=\"at\",state=\"parked\"} 1".into(),
        "cp2_sms_delivery_seconds_count{lane=\"credential\"} 1".into(),
        "cp2_sms_cost_total{channel=\"at\",currency=\"KES\"} 0.8".into(),
        "cp2_ussd_hops_total{outcome=\"answered\"} 6".into(),
    ] {
        assert!(
            said.lines().any(|said| said == line),
            "{line} not in {said}"
        );
    }
    for number in [1, 2] {
        assert!(!said.contains(&person(number)[3..]), "a number");
    }
}

async fn the_alerts_ask_for_figures_that_there_are(service: &TestService) {
    let said = scrape_of_everything(service).await;
    let names = |text: &str| {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let words = text.split(|c| !is_name(c));
        let ours = words.filter(|word| word.starts_with("cp2_"));
        ours.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/prometheus/cp2.yml");
    let asked = names(&fs::read_to_string(rules).unwrap());
    assert!(asked.len() > 5, "{asked:?}");
    let missing: Vec<_> = asked.difference(&names(&said)).cloned().collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_find_no_figures() {
    let service = TestService::start(Database::sqlite()).await;
    let url = format!("{}/metrics", service.base);
    let through_a_proxy = service
        .client
        .get(&url)
        .header("x-forwarded-for", "203.0.113.9");
    assert_eq!(through_a_proxy.send().await.unwrap().status(), 404);
    let service = service
        .restart(|config| config.server.metrics = Exposure::Off)
        .await;
    assert_eq!(service.get("/metrics").await.status(), 404);
    service.stop().await;
}
