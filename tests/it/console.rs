//! The console: people are looked up and helped, requests decided, problems answered.

use crate::harness::service::person;
use crate::harness::{Database, Surfer, TestService, with_each_database};
use crate::staff::{at_the_console, leads_to, with_staff};

with_each_database!(
    somebody_who_calls_is_found_by_any_number_and_helped,
    requests_are_decided_with_what_is_known_beside_them,
);

/// The page of a person, found by what they can give.
async fn found(surfer: &mut Surfer<'_>, number: &str) -> String {
    let page = surfer.post("/operator/people", &[("number", number)]).await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    let links = page.split("href=\"/operator/people/").skip(1);
    let ids: Vec<_> = links.filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids.len(), 1, "{number} finds {ids:?}");
    format!("/operator/people/{}", ids[0])
}

async fn shown(surfer: &mut Surfer<'_>, path: &str) -> String {
    let page = surfer.get(path).await;
    assert_eq!(page.status(), 200);
    page.text().await.unwrap()
}

async fn somebody_who_calls_is_found_by_any_number_and_helped(database: Database) {
    let service = with_staff(database).await;
    service.phone(2).walk(&["2", "1"]).await;
    service.outbox_comes_to(&[("delivered", 1)]).await;
    let mut desk = at_the_console(&service, "helpdesk").await;
    let path = found(&mut desk, "0700 000 002").await;
    for number in ["+254700000002", "90000002", "500002"] {
        assert_eq!(found(&mut desk, number).await, path, "{number}");
    }
    let page = shown(&mut desk, &path).await;
    for said in ["90000002", "99208105", "letter.link", "delivered"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let mut viewer = at_the_console(&service, "viewer").await;
    let masked = shown(&mut viewer, &path).await;
    assert!(!masked.contains("90000002") && !masked.contains("254700000002"));
    assert!(!masked.contains("<button>Send"), "{masked}");
    // One for each page that was shown, one for each search.
    let reads = "SELECT COUNT(*) FROM audit WHERE what = 'person.read' AND subject IS NOT NULL";
    assert_eq!(service.count(reads).await, 2);
    let searches = "SELECT COUNT(*) FROM audit WHERE what = 'people.searched'";
    assert_eq!(service.count(searches).await, 4);

    let help = format!("{path}/help");
    let sent = desk.post(&help, &[("deed", "password")]).await;
    assert_eq!(leads_to(&sent), format!("{path}?said=done"));
    let sms = service.sms_of(&person(2), 2).await;
    assert!(sms[0].text.contains("password"), "{}", sms[0].text);
    let by = "SELECT COUNT(*) FROM audit WHERE what = 'password.reset' \
              AND actor = 'operator:helpdesk' AND subject IS NOT NULL";
    assert_eq!(service.count(by).await, 1);
    let nothing = desk.post(&help, &[("deed", "unlock")]).await;
    assert_eq!(leads_to(&nothing), format!("{path}?said=nothing"));
    let page = shown(&mut desk, &path).await;
    assert!(page.contains("operator:helpdesk"), "{page}");
    service.stop().await;
}

/// The reference that a page offers to decide about.
fn reference(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"reference\" value=\"").unwrap();
    rest.split('"').next().unwrap()
}

async fn decide(service: &TestService, who: &str, page: &str, to: &str, more: (&str, &str)) {
    let mut desk = at_the_console(service, who).await;
    let seen = shown(&mut desk, page).await;
    let fields = [("reference", reference(&seen)), more];
    let answer = desk.post(to, &fields).await;
    assert_eq!(leads_to(&answer), format!("{page}?said=done"));
    let again = desk.post(to, &fields).await;
    assert_eq!(leads_to(&again), format!("{page}?said=not_waiting"));
    assert!(shown(&mut desk, page).await.contains("None waits"));
}

async fn requests_are_decided_with_what_is_known_beside_them(database: Database) {
    let service = with_staff(database).await;
    let claim = ["2", "1", "90000002", "500002", "1980"];
    service.phone(99).walk(&claim).await;
    let approve = ("decision", "approve");
    let requests = "/operator/requests";
    decide(
        &service,
        "data",
        requests,
        "/operator/requests/lines",
        approve,
    )
    .await;
    let moved = "SELECT COUNT(*) FROM people WHERE national_id = '90000002' \
                 AND msisdn = '254700000099'";
    assert_eq!(service.count(moved).await, 1);
    let report = ["6", "2", "My town is Maragua", "1"];
    service.phone(4).walk(&report).await;
    let problems = "/operator/problems";
    let mut desk = at_the_console(&service, "helpdesk").await;
    let seen = shown(&mut desk, problems).await;
    assert!(seen.contains("My town is Maragua"), "{seen}");
    let answer = [
        ("reference", reference(&seen)),
        ("step", "answer"),
        ("text_en", "Your town is mended."),
    ];
    let answered = desk.post(problems, &answer).await;
    assert_eq!(leads_to(&answered), format!("{problems}?said=done"));
    service.sms_of(&person(4), 2).await;
    service.stop().await;
}
