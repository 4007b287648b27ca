//! Campaigns, from the command line to the phones.

use std::collections::BTreeMap;
use std::time::Duration;

use cp2::domain::{Clock, SystemClock};
use cp2::store::retention::{STALE, forget};
use serde_json::Value;
use tokio::task::block_in_place;

use crate::harness::program::{Program, Said, run};
use crate::harness::service::{happens, person};
use crate::harness::{Database, Office, TestService, with_each_database};

with_each_database!(
    everybody_chosen_gets_the_text_once_in_their_language,
    a_campaign_is_paused_resumed_and_given_up,
    whoever_was_taken_back_is_told_only_where_that_is_meant,
    work_that_has_changed_since_is_passed_over,
    promotion_keeps_its_hours_and_spares_those_who_opted_out,
    a_restart_in_the_middle_doubles_and_loses_nothing,
    a_test_goes_to_one_number_alone,
    a_campaign_is_watched_to_its_end_even_when_its_messages_are_forgotten,
    what_can_be_too_long_is_refused,
);

const EN: &str = "CP2: {name}, report at {centre_name} on {report_day} {report_hour}.";
const SW: &str = "CP2: {name}, fika {centre_name} {report_day} {report_hour}.";
const HANDED: &str = "SELECT COUNT(*) FROM campaign_people WHERE state = 'handed over'";
const WAITING: &str = "SELECT COUNT(*) FROM campaign_people WHERE state = 'waiting'";

const GATHERED: &str = "SELECT COUNT(*) FROM campaigns WHERE gathered_to IS NULL";

/// Where campaigns are made and steered.
struct Desk(Office);

impl Desk {
    fn at(service: &TestService) -> Self {
        Self(Office::at(service))
    }

    fn run(&self, arguments: &[&str]) -> Said {
        run(&mut self.0.command(&[&["campaign"], arguments].concat()))
    }

    fn says(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, Some(0), "{arguments:?}: {}", said.err);
        said.out
    }

    /// Makes a campaign; its reference and all that was printed of it.
    fn make(&self, more: &[&str]) -> (String, Value) {
        let mut arguments = vec!["new", "Report early", "--by", "wanjiku", "--json"];
        arguments.extend(["--en", EN, "--sw", SW, "--series", "KCSE 2026"]);
        arguments.extend(more);
        let made: Value = serde_json::from_str(&self.says(&arguments)).unwrap();
        (made["reference"].as_str().unwrap().to_owned(), made)
    }

    fn steer(&self, step: &str, reference: &str) {
        self.says(&[step, reference, "--by", "wanjiku"]);
    }

    fn shown(&self, reference: &str) -> Value {
        serde_json::from_str(&self.says(&["show", reference, "--json"])).unwrap()
    }

    async fn comes_to(&self, reference: &str, state: &str) {
        let mut last = Value::Null;
        let came = happens(async || {
            last = self.shown(reference);
            last["state"] == state
        });
        assert!(came.await, "{last} instead of {state}");
    }
}

/// How many SMS each number got.
fn received(service: &TestService) -> BTreeMap<String, usize> {
    let mut received = BTreeMap::new();
    for message in service.sandbox.messages() {
        *received.entry(message.to.as_str().to_owned()).or_default() += 1;
    }
    received
}

async fn everybody_chosen_gets_the_text_once_in_their_language(database: Database) {
    let service = TestService::start_among(30, database, |_| {}).await;
    let desk = Desk::at(&service);
    let (reference, made) = desk.make(&[]);
    let people = made["estimate"]["people_en"].as_i64().unwrap()
        + made["estimate"]["people_sw"].as_i64().unwrap();
    assert!(people > 30, "{made}");
    assert_eq!(made["estimate"]["sms_at_most"], people);
    assert_eq!(made["state"], "draft");
    desk.steer("start", &reference);
    let again = desk.run(&["start", &reference, "--by", "wanjiku"]);
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("that can't be done with it now"));
    desk.comes_to(&reference, "done").await;
    service.outbox_comes_to(&[("delivered", people)]).await;
    let received = received(&service);
    assert_eq!(received.len(), usize::try_from(people).unwrap());
    assert!(received.values().all(|count| *count == 1), "{received:?}");
    let english = service.sms_of(&person(1), 1).await;
    assert!(
        english[0].text.contains(", report at "),
        "{}",
        english[0].text
    );
    let kiswahili = service.sms_of(&person(7), 1).await;
    assert!(
        kiswahili[0].text.contains(", fika "),
        "{}",
        kiswahili[0].text
    );
    assert_eq!(kiswahili[0].segments, 1);
    let table = desk.says(&["results", &reference]);
    assert_eq!(table.lines().count(), usize::try_from(people).unwrap() + 1);
    assert!(table.contains(&format!(",{},", person(1))), "{table}");
    assert_eq!(desk.shown(&reference)["people"][0]["state"], "delivered");
    service.stop().await;
}

async fn a_campaign_is_paused_resumed_and_given_up(database: Database) {
    let service = TestService::start_among(30, database, |_| {}).await;
    let desk = Desk::at(&service);
    let (reference, made) = desk.make(&["--county-pace", "1"]);
    let people = made["estimate"]["sms_at_most"].as_i64().unwrap();
    desk.steer("start", &reference);
    let counties = "SELECT COUNT(DISTINCT county) FROM campaign_people";
    let waits = happens(async || service.count(HANDED).await > 0).await;
    assert!(waits);
    let counties = service.count(counties).await;
    service.count_comes_to(HANDED, counties).await;
    desk.steer("pause", &reference);
    service.clock.advance(Duration::from_secs(61));
    service.worker_looks().await;
    assert_eq!(service.count(HANDED).await, counties);
    desk.steer("resume", &reference);
    let goes_on = happens(async || service.count(HANDED).await > counties).await;
    assert!(goes_on);
    desk.steer("cancel", &reference);
    assert_eq!(desk.shown(&reference)["state"], "cancelled");
    let waiting = service.count(WAITING).await;
    assert!(waiting > 0 && waiting < people - counties);
    let resumed = desk.run(&["resume", &reference, "--by", "wanjiku"]);
    assert_eq!(resumed.code, Some(1));
    service.stop().await;
}

async fn whoever_was_taken_back_is_told_only_where_that_is_meant(database: Database) {
    let service = TestService::start(database).await;
    let desk = Desk::at(&service);
    let (to_the_posted, _) = desk.make(&[]);
    service
        .execute("UPDATE deployments SET state = 'cancelled' WHERE serial = 9900001")
        .await;
    let (to_the_cancelled, made) = desk.make(&["--state", "cancelled"]);
    assert_eq!(made["estimate"]["sms_at_most"], 1);
    desk.steer("start", &to_the_cancelled);
    desk.comes_to(&to_the_cancelled, "done").await;
    assert_eq!(service.sms_of(&person(1), 1).await.len(), 1);
    desk.steer("start", &to_the_posted);
    desk.comes_to(&to_the_posted, "done").await;
    assert_eq!(service.sms_of(&person(1), 1).await.len(), 1);
    service.stop().await;
}

/// Who was chosen, and whose work was taken back before their turn came.
async fn work_that_has_changed_since_is_passed_over(database: Database) {
    let service = TestService::start(database).await;
    service.clock.advance(Duration::from_hours(12));
    let desk = Desk::at(&service);
    let (reference, made) = desk.make(&["--promotion"]);
    desk.steer("start", &reference);
    service.count_comes_to(GATHERED, 1).await;
    service
        .execute("UPDATE deployments SET state = 'cancelled' WHERE serial = 9900001")
        .await;
    service.clock.advance(Duration::from_hours(12));
    desk.comes_to(&reference, "done").await;
    let sent = made["estimate"]["sms_at_most"].as_i64().unwrap() - 1;
    service.outbox_comes_to(&[("delivered", sent)]).await;
    let people = desk.shown(&reference)["people"].to_string();
    assert!(people.contains("the work is not what it was"), "{people}");
    service.stop().await;
}

async fn promotion_keeps_its_hours_and_spares_those_who_opted_out(database: Database) {
    let service = TestService::start_among(5, database, |_| {}).await;
    service.clock.advance(Duration::from_hours(12));
    let desk = Desk::at(&service);
    service
        .execute(
            "INSERT INTO opt_outs (sender, msisdn, created_at) VALUES ('at', '254700000001', 1)",
        )
        .await;
    let (promotion, made) = desk.make(&["--promotion"]);
    assert_eq!(made["estimate"]["opted_out"], 1);
    desk.steer("start", &promotion);
    // News made later leave at nine in the evening, promotion waits.
    let (news, _) = desk.make(&[]);
    desk.steer("start", &news);
    desk.comes_to(&news, "done").await;
    service.count_comes_to(GATHERED, 2).await;
    assert_eq!(desk.shown(&promotion)["state"], "running");
    assert_eq!(service.sms_of(&person(1), 1).await.len(), 1);
    service.clock.advance(Duration::from_hours(12));
    desk.comes_to(&promotion, "done").await;
    service.sms_of(&person(2), 2).await;
    assert_eq!(service.sms_of(&person(1), 1).await.len(), 1);
    let people = desk.shown(&promotion)["people"].to_string();
    assert!(people.contains("passed over: opted out"), "{people}");
    service.stop().await;
}

async fn a_restart_in_the_middle_doubles_and_loses_nothing(database: Database) {
    let slowly = |config: &mut cp2::config::Config| config.channel[0].sms_per_second = 100;
    let service = TestService::start_among(300, database, slowly).await;
    let desk = Desk::at(&service);
    let (reference, made) = desk.make(&[]);
    let people = made["estimate"]["sms_at_most"].as_i64().unwrap();
    desk.steer("start", &reference);
    let begun = happens(async || service.count(HANDED).await > 0).await;
    assert!(begun);
    let service = service.restart(|_| {}).await;
    desk.comes_to(&reference, "done").await;
    service.outbox_comes_to(&[("delivered", people)]).await;
    let received = received(&service);
    assert_eq!(received.len(), usize::try_from(people).unwrap());
    assert!(received.values().all(|count| *count == 1));
    service.stop().await;
}

async fn a_test_goes_to_one_number_alone(database: Database) {
    let service = TestService::start(database).await;
    // The program goes by the clock on the wall.
    let wall = SystemClock.now().since(service.clock.now());
    service.clock.advance(wall + Duration::from_mins(1));
    let desk = Desk::at(&service);
    let (reference, _) = desk.make(&[]);
    let said = desk.says(&[
        "test",
        &reference,
        "--to",
        "0700 000 099",
        "--by",
        "wanjiku",
    ]);
    assert!(!said.contains("254700000099"), "{said}");
    let texts = service.sms_of(&person(99), 2).await;
    assert!(texts.iter().any(|sms| sms.text.contains("report at")));
    assert!(texts.iter().any(|sms| sms.text.contains("fika")));
    assert_eq!(received(&service).len(), 1);
    assert_eq!(desk.shown(&reference)["state"], "draft");
    service.stop().await;
}

async fn a_campaign_is_watched_to_its_end_even_when_its_messages_are_forgotten(database: Database) {
    let service = TestService::start_among(30, database, |_| {}).await;
    let desk = Desk::at(&service);
    let (reference, made) = desk.make(&[]);
    let people = made["estimate"]["sms_at_most"].as_i64().unwrap();
    desk.steer("start", &reference);
    let watched = desk.says(&["show", &reference, "--watch"]);
    assert!(watched.contains("  done  "), "{watched}");
    service.outbox_comes_to(&[("delivered", people)]).await;
    let messages = STALE.iter().find(|kind| kind.name == "messages").unwrap();
    let later = SystemClock.now().plus(Duration::from_hours(1));
    let mut tx = service.store.begin().await.unwrap();
    let forgotten = forget(&mut tx, messages, later, 1_000).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(i64::try_from(forgotten).unwrap(), people);
    let watch = ["campaign", "show", &reference, "--watch"];
    let mut watching = Program::start(&mut desk.0.command(&watch));
    block_in_place(|| watching.line_with("handed over"));
    service.stop().await;
}

async fn what_can_be_too_long_is_refused(database: Database) {
    let service = TestService::start(database).await;
    let desk = Desk::at(&service);
    let long = "x".repeat(161);
    let base = ["new", "Too long", "--by", "w", "--en"];
    let refused = |more: &[&str]| {
        let said = desk.run(&[base.as_slice(), more].concat());
        assert_eq!(said.code, Some(1), "{more:?}");
        said.err
    };
    let said = refused(&[&long, "--sw", "{centre}"]);
    assert!(
        said.contains("en text: takes 2 SMS with the longest data"),
        "{said}"
    );
    assert!(
        said.contains("sw text: nothing fills in `{centre}`"),
        "{said}"
    );
    assert!(refused(&["Hi", "--sw", "Habari", "--county", "Atlantis"]).contains("47 counties"));
    assert!(refused(&["Hi", "--sw", "Habari", "--role", "KING"]).contains("role KING:"));
    // Without work chosen there is no centre to name.
    assert!(refused(&["{centre_name}", "--sw", "Habari"]).contains("nothing fills in"));
    assert_eq!(service.count("SELECT COUNT(*) FROM campaigns").await, 0);
    assert_eq!(desk.says(&["list", "--json"]).trim(), "[]");
    service.stop().await;
}
