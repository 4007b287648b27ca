//! The pages of a centre's manager.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;

use crate::harness::service::person;
use crate::harness::{Surfer, TestService, on_each_database};
use crate::own_pages::{prove, shown};
use crate::site::{DEMO_PASSWORD, leads_to, logged_in};

on_each_database!(
    the_centre_logs_in_and_tells_its_distance_first,
    the_roster_is_searched_printed_and_kept,
    a_day_is_marked_and_signed_off,
    nobody_sees_the_centre_of_another,
);

/// From the Monday on which the clock stands to the first day of the exam.
const TWO_WEEKS: Duration = Duration::from_hours(14 * 24);

/// The manager with a PIN that is proven, and the address of their centre.
async fn manager(service: &TestService) -> (Surfer<'_>, String) {
    let mut surfer = logged_in(service, 3, DEMO_PASSWORD).await;
    let centre = leads_to(&surfer.get("/centre").await).to_owned();
    let distance = format!("{centre}/distance");
    prove(&mut surfer, "pin", "1234", &distance).await;
    let kept = surfer.post(&distance, &[("km", "12")]).await;
    assert_eq!(leads_to(&kept), centre);
    (surfer, centre)
}

async fn the_centre_logs_in_and_tells_its_distance_first(service: &TestService) {
    let mut surfer = Surfer::new(service);
    let fields = [("user_name", "99208105-CM"), ("password", DEMO_PASSWORD)];
    assert_eq!(leads_to(&surfer.post("/login", &fields).await), "/centre");
    let centre = leads_to(&surfer.get("/centre").await).to_owned();
    assert!(shown(&mut surfer, &centre).await.contains("CP2 PIN"));
    let proven = prove(&mut surfer, "pin", "1234", &centre).await;
    assert_eq!(leads_to(&proven), centre);
    let distance = leads_to(&surfer.get(&centre).await).to_owned();
    assert_eq!(distance, format!("{centre}/distance"));
    assert!(
        shown(&mut surfer, &distance)
            .await
            .contains("Whole kilometres")
    );
    for wrong in ["", "0", "1000", "far"] {
        let answer = surfer.post(&distance, &[("km", wrong)]).await;
        assert_eq!(answer.status(), 422, "{wrong}");
    }
    let kept = surfer.post(&distance, &[("km", "12")]).await;
    assert_eq!(leads_to(&kept), centre);
    let page = shown(&mut surfer, &centre).await;
    assert!(
        page.contains("12 km") && page.contains("99208105"),
        "{page}"
    );
    for wrong in ["99000001", "9920810", "992081050"] {
        assert!(!service.can_log_in(wrong, DEMO_PASSWORD).await, "{wrong}");
    }
    assert!(!service.can_log_in("99208105", "not this one").await);
}

async fn the_roster_is_searched_printed_and_kept(service: &TestService) {
    let (mut surfer, centre) = manager(service).await;
    let all = shown(&mut surfer, &format!("{centre}/roster")).await;
    assert!(all.contains("(6)") && all.contains("25470****001"), "{all}");
    assert!(!all.contains("90000001") && !all.contains("254700000001"));
    let print = shown(&mut surfer, &format!("{centre}/roster?print=yes&lang=sw")).await;
    assert!(print.contains("(6)") && !print.contains("<form"), "{print}");
    // On paper no address tells whose list it is.
    assert!(print.contains("99208105 Mfano Secondary School"), "{print}");
    for (wanted, found) in [
        ("role=CM", "(1)"),
        ("name=ACHIENG", "(1)"),
        ("name=zzz", "(0)"),
    ] {
        let page = shown(&mut surfer, &format!("{centre}/roster?{wanted}")).await;
        assert!(page.contains(found), "{wanted}: {page}");
    }
    service
        .execute("UPDATE people SET name = '=HYPERLINK(1)' WHERE msisdn = '254700000001'")
        .await;
    let file = surfer.get(&format!("{centre}/roster.csv?role=INV")).await;
    assert_eq!(file.headers()[CONTENT_TYPE], "text/csv; charset=utf-8");
    let text = file.text().await.unwrap();
    assert!(text.contains("\n'=HYPERLINK(1),INV,"), "{text}");
}

/// The people whom a page asks about.
fn asked_about(page: &str) -> Vec<String> {
    let radios = page.split("type=\"radio\" name=\"").skip(1);
    let mut names: Vec<_> = radios.filter_map(|rest| rest.split('"').next()).collect();
    names.dedup();
    names.into_iter().map(str::to_owned).collect()
}

async fn a_day_is_marked_and_signed_off(service: &TestService) {
    let (mut surfer, centre) = manager(service).await;
    let closed = surfer.get(&format!("{centre}/attendance")).await;
    assert_eq!(closed.status(), 409);
    service.clock.advance(TWO_WEEKS);
    let mut surfer = logged_in(service, 3, DEMO_PASSWORD).await;
    prove(&mut surfer, "pin", "1234", &centre).await;
    let days = shown(&mut surfer, &format!("{centre}/attendance")).await;
    assert!(days.contains("19 October 2026"), "{days}");
    let day = format!("{centre}/attendance/2026-10-19");
    let people = asked_about(&shown(&mut surfer, &day).await);
    assert_eq!(people.len(), 6);
    let marks: Vec<_> = people.iter().map(|one| (one.as_str(), "P")).collect();
    let marked = surfer.post(&day, &marks[..5]).await;
    assert!(leads_to(&marked).starts_with(&day));
    let early = surfer.post(&format!("{day}/sign"), &[]).await;
    assert_eq!(early.status(), 422);
    let absent = [(people[5].as_str(), "Ab")];
    surfer.post(&day, &absent).await;
    let sure = shown(&mut surfer, &format!("{day}/sign")).await;
    assert!(sure.contains("Sign off the day?"), "{sure}");
    assert_eq!(
        leads_to(&surfer.post(&format!("{day}/sign"), &[]).await),
        day
    );
    surfer.post(&day, &[(people[5].as_str(), "P")]).await;
    let signed = shown(&mut surfer, &day).await;
    assert!(
        signed.contains("signed off") && signed.contains("Absent <b>1</b>"),
        "{signed}"
    );
    let by_web = "SELECT COUNT(*) FROM audit WHERE what = 'attendance.marked' AND way = 'web'";
    assert_eq!(service.count(by_web).await, 6);
    let sms = &service.sms_of(&person(3), 1).await[0].text;
    assert!(sms.contains("present 5, absent 1"), "{sms}");
    let never = surfer.get(&format!("{centre}/attendance/2026-10-17")).await;
    assert_eq!(never.status(), 409);
}

async fn nobody_sees_the_centre_of_another(service: &TestService) {
    let (_, centre) = manager(service).await;
    let mut other = logged_in(service, 1, DEMO_PASSWORD).await;
    prove(&mut other, "pin", "1234", "/me").await;
    assert!(!shown(&mut other, "/me").await.contains("/centre"));
    let day = format!("{centre}/attendance/2026-10-19");
    for path in [
        "/centre",
        &centre,
        &format!("{centre}/roster"),
        &format!("{centre}/roster.csv"),
        &day,
    ] {
        assert_eq!(other.get(path).await.status(), 403, "{path}");
    }
    let far = other
        .post(&format!("{centre}/distance"), &[("km", "1")])
        .await;
    assert_eq!(far.status(), 403);
    assert_eq!(leads_to(&service.get(&centre).await), "/login");
}
