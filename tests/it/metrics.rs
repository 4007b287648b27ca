//! What operators read: figures by scrape; alerts and a dashboard that ask for nothing else.

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
    the_alerts_and_the_dashboard_ask_for_figures_that_there_are,
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
    service.phone(4).dial().await;
    let sms = [
        ("from", "+254700000003"),
        ("to", "22026"),
        ("text", "HELP"),
        ("id", "in-1"),
        ("date", "2026-10-05 09:00:00"),
    ];
    assert_eq!(service.callback("sms", &sms).await.status(), 200);
    let ended = "SELECT COUNT(*) FROM conversations WHERE ending = 'finished'";
    service.count_comes_to(ended, 2).await;
    // A key that is missing, and a backup.
    let marks = "SELECT COUNT(*) FROM key_marks";
    service.count_comes_to(marks, 1).await;
    service
        .execute(
            "INSERT INTO key_marks (name, mark, created_at) SELECT 'k0', mark, 1 FROM key_marks",
        )
        .await;
    service
        .execute("INSERT INTO milestones (what, at, runs, sum) VALUES ('backup', 1000, 1, 0)")
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
        format!("cp2_sms_open{{{sms},state=\"queued\"}} 1"),
        "cp2_channel_held{channel=\"at\",state=\"parked\"} 1".into(),
        format!("cp2_sms_delivery_seconds_count{{{sms}}} 1"),
        "cp2_sms_cost_total{channel=\"at\",currency=\"KES\"} 0.8".into(),
        "cp2_ussd_hops_total{outcome=\"answered\"} 7".into(),
        "cp2_ussd_sessions 1".into(),
        "cp2_key_fault{key=\"k0\",fault=\"missing\"} 1".into(),
        "cp2_done_timestamp_seconds{what=\"backup\"} 1".into(),
        "cp2_sms_received_total{channel=\"at\"} 1".into(),
        "cp2_web_requests_total{route=\"/callbacks/{channel}/{secret}/ussd\",status=\"200\"} 7"
            .into(),
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

async fn the_alerts_and_the_dashboard_ask_for_figures_that_there_are(service: &TestService) {
    let said = scrape_of_everything(service).await;
    let names = |text: &str| {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let words = text.split(|c| !is_name(c));
        let ours = words.filter(|word| word.starts_with("cp2_"));
        ours.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy");
    let there = names(&said);
    for file in ["prometheus/cp2.yml", "grafana/cp2.json"] {
        let asked = names(&fs::read_to_string(deploy.join(file)).unwrap());
        assert!(asked.len() > 15, "{asked:?}");
        let missing: Vec<_> = asked.difference(&there).cloned().collect();
        assert_eq!(missing, Vec::<String>::new(), "{file}");
    }
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
