//! The council's staff: how they come in, and what stays closed to whom.

use std::time::Duration;

use cp2::config::Config;
use cp2::crypto::{Hasher, TotpSecret};
use cp2::demo::office::{self, OPERATOR_PASSWORD};
use cp2::domain::{Clock, Duty, StaffRole};
use reqwest::Response;
use reqwest::header::LOCATION;

use crate::harness::program::{Said, run};
use crate::harness::{Database, Office, Surfer, TestService, with_each_database};

with_each_database!(
    a_new_account_comes_in_by_password_telephone_and_a_password_of_its_own,
    every_page_of_the_console_is_closed_to_strangers_and_to_other_roles,
);

/// A service whose staff need no telephone, with an account of each role.
pub(crate) async fn with_staff(
    database: Database,
    change: impl FnOnce(&mut Config),
) -> TestService {
    let service = TestService::start_with(database, |config| {
        config.operator.second_factor = false;
        change(config);
    })
    .await;
    let hasher = Hasher::new(1).unwrap();
    let staffed = office::staff(&service.store, &hasher, service.clock.now());
    staffed.await.unwrap();
    service
}

/// A member of the demo's office at their browser.
pub(crate) async fn at_the_console<'a>(service: &'a TestService, name: &str) -> Surfer<'a> {
    let mut surfer = Surfer::new(service);
    let answer = knock(&mut surfer, name, OPERATOR_PASSWORD).await;
    assert_eq!(leads_to(&answer), "/operator");
    surfer
}

pub(crate) fn leads_to(answer: &Response) -> &str {
    assert_eq!(answer.status(), 303);
    answer.headers()[LOCATION].to_str().unwrap()
}

pub(crate) async fn knock(surfer: &mut Surfer<'_>, name: &str, password: &str) -> Response {
    let fields = [("user_name", name), ("password", password)];
    surfer.post("/operator/login", &fields).await
}

async fn code(surfer: &mut Surfer<'_>, path: &str, code: &str) -> Response {
    surfer.post(path, &[("code", code)]).await
}

/// What stands on a page between two marks.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    page.split_once(from).unwrap().1.split_once(to).unwrap().0
}

async fn a_new_account_comes_in_by_password_telephone_and_a_password_of_its_own(
    database: Database,
) {
    let service = TestService::start(database).await;
    let desk = Office::at(&service);
    let said = |more: &[&str]| -> Said { run(&mut desk.command(&[&["operator"], more].concat())) };
    let account = ["wanjiku", "--by", "otieno"];
    let added = said(&[&["add", "--role", "help-desk"], &account[..]].concat());
    assert_eq!(added.code, Some(0), "{}", added.err);
    let given = added.out.trim();
    let mut surfer = Surfer::new(&service);
    assert_eq!(knock(&mut surfer, "wanjiku", "guessed").await.status(), 403);
    assert_eq!(knock(&mut surfer, "nobody", given).await.status(), 403);
    let begun = knock(&mut surfer, "Wanjiku", given).await;
    assert_eq!(leads_to(&begun), "/operator");
    for page in ["/operator", "/operator/sessions", "/operator/password"] {
        assert_eq!(leads_to(&surfer.get(page).await), "/operator/enrol");
    }
    let page = surfer.get("/operator/enrol").await.text().await.unwrap();
    let secret = between(&page, "<code>", "</code>");
    let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes());
    let telephone = TotpSecret::from_bytes(&secret.unwrap()).unwrap();
    let now = || telephone.code_at(service.clock.now().as_millis());
    let wrong = code(&mut surfer, "/operator/enrol", "000000").await;
    assert_eq!(wrong.status(), 403);
    let enrolled = code(&mut surfer, "/operator/enrol", &now()).await;
    let page = enrolled.text().await.unwrap();
    let recovery = between(&page, "<code>", "</code>").to_owned();
    assert_eq!(
        leads_to(&surfer.get("/operator").await),
        "/operator/password"
    );
    let own = "simba watatu mtoni";
    let fields = [("old", given), ("new", own), ("again", own)];
    let chosen = surfer.post("/operator/password", &fields).await;
    assert_eq!(leads_to(&chosen), "/operator");
    assert_eq!(surfer.get("/operator/sessions").await.status(), 200);

    // Another browser: a code is taken once, and a recovery code too.
    let mut other = Surfer::new(&service);
    knock(&mut other, "wanjiku", own).await;
    assert_eq!(leads_to(&other.get("/operator").await), "/operator/code");
    let again = code(&mut other, "/operator/code", &now()).await;
    assert_eq!(again.status(), 403, "it was shown before");
    let shown = code(&mut other, "/operator/code", &recovery).await;
    assert_eq!(leads_to(&shown), "/operator");
    assert_eq!(other.get("/operator/sessions").await.status(), 200);
    let mut third = Surfer::new(&service);
    knock(&mut third, "wanjiku", own).await;
    let twice = code(&mut third, "/operator/code", &recovery).await;
    assert_eq!(twice.status(), 403);
    service.clock.advance(Duration::from_secs(30));
    assert_eq!(
        leads_to(&code(&mut third, "/operator/code", &now()).await),
        "/operator"
    );

    // Three wrong passwords lock, even for the right one.
    let mut fourth = Surfer::new(&service);
    for expected in [403, 403, 429] {
        let wrong = knock(&mut fourth, "wanjiku", "guessed").await;
        assert_eq!(wrong.status(), expected);
    }
    assert_eq!(knock(&mut fourth, "wanjiku", own).await.status(), 429);

    // A closed account is out at once, and a reset one starts anew.
    assert_eq!(said(&[&["disable"], &account[..]].concat()).code, Some(0));
    let closed = surfer.get("/operator/sessions").await;
    assert_eq!(leads_to(&closed), "/operator/login");
    let reset = said(&[&["reset"], &account[..]].concat());
    knock(&mut third, "wanjiku", reset.out.trim()).await;
    assert_eq!(leads_to(&third.get("/operator").await), "/operator/enrol");
    let kept = format!("{:?}", service.contents().await);
    for secret in [given, own, recovery.as_str(), reset.out.trim()] {
        assert!(!kept.contains(secret));
    }
    service.stop().await;
}

/// Every path of the console but the log-in, as the page of routes names it.
fn routes() -> Vec<&'static str> {
    let page = include_str!("../../src/web/mod.rs");
    let texts = page.split('"').skip(1).step_by(2);
    let paths = texts.filter(|text| text.starts_with("/operator"));
    paths.filter(|path| *path != "/operator/login").collect()
}

/// What a path demands, as far as it demands more than to be staff.
fn duty_of(path: &str) -> Duty {
    match path {
        "/operator"
        | "/operator/code"
        | "/operator/enrol"
        | "/operator/password"
        | "/operator/logout"
        | "/operator/sessions"
        | "/operator/board"
        | "/operator/menus.svg"
        | "/operator/campaigns"
        | "/operator/campaigns/{reference}" => Duty::Look,
        "/operator/board/resume"
        | "/operator/campaigns/new"
        | "/operator/campaigns/{reference}/trial"
        | "/operator/campaigns/{reference}/steps"
        | "/operator/campaigns/{reference}/results.csv" => Duty::Steer,
        "/operator/audit" | "/operator/audit.csv" => Duty::Audit,
        "/operator/staff" | "/operator/staff/new" => Duty::Accounts,
        "/operator/systems" | "/operator/systems/keys" => Duty::Systems,
        "/operator/people" | "/operator/people/{id}" => Duty::SeePeople,
        "/operator/people/{id}/help" | "/operator/problems" => Duty::Help,
        "/operator/requests"
        | "/operator/requests/lines"
        | "/operator/requests/registrations"
        | "/operator/people/{id}/data.json"
        | "/operator/people/{id}/erase" => Duty::Decide,
        "/operator/imports"
        | "/operator/imports/file"
        | "/operator/imports/{id}"
        | "/operator/imports/{id}/decide"
        | "/operator/imports/{id}/rejected.csv"
        | "/operator/exports"
        | "/operator/exports/{table}" => Duty::Files,
        other => panic!("say here what {other} demands"),
    }
}

/// The answers but those to a method that a route does not take.
fn is_there(answers: [Response; 2]) -> Vec<Response> {
    let there = answers.into_iter().filter(|answer| answer.status() != 405);
    let there: Vec<_> = there.collect();
    assert!(!there.is_empty());
    there
}

async fn every_page_of_the_console_is_closed_to_strangers_and_to_other_roles(database: Database) {
    let service = with_staff(database, |_| {}).await;
    let mut stranger = Surfer::new(&service);
    let mut staff = Vec::new();
    for (name, role) in [
        ("operator", StaffRole::Manager),
        ("viewer", StaffRole::Viewer),
        ("helpdesk", StaffRole::HelpDesk),
        ("data", StaffRole::Data),
        ("auditor", StaffRole::Auditor),
    ] {
        staff.push((at_the_console(&service, name).await, role));
    }
    assert!(routes().len() > 5);
    for route in routes() {
        let path = route.replace(['{', '}'], "");
        let answers = [stranger.get(&path).await, stranger.post(&path, &[]).await];
        for answer in is_there(answers) {
            assert_eq!(leads_to(&answer), "/operator/login", "{route}");
        }
        for (surfer, role) in &mut staff {
            if role.may(duty_of(route)) {
                continue;
            }
            let answers = [surfer.get(&path).await, surfer.post(&path, &[]).await];
            for answer in is_there(answers) {
                assert_eq!(answer.status(), 403, "{route} as {}", role.name());
            }
        }
    }
    let (forged, _) = &staff[0];
    let form = forged.form("/operator/sessions", &[]);
    let answer = form.header("sec-fetch-site", "cross-site").send().await;
    assert_eq!(answer.unwrap().status(), 403);
    service.stop().await;
}
