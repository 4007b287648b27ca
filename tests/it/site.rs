//! The thin site for whoever is logged in.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, RETRY_AFTER,
};

use crate::harness::service::{password_in, person};
use crate::harness::{Surfer, TestService, on_each_database};

on_each_database!(
    a_password_by_sms_is_replaced_before_anything_else,
    a_password_is_changed_by_whoever_knows_it,
    whoever_fails_to_log_in_is_written_down,
    whoever_tries_too_often_reads_how_long_it_still_is,
    the_crest_is_fetched_once_and_kept_by_browsers,
    the_old_password_is_guessed_at_no_oftener_than_at_the_door,
    a_visit_ends_when_nothing_is_asked_for_and_in_any_case,
    one_button_logs_out_everywhere,
    forms_of_other_sites_are_refused,
    a_letter_is_downloaded_and_written_down,
    a_letter_on_the_site_waits_and_asks_for_proof_as_on_the_phone,
);

pub(crate) const DEMO_PASSWORD: &str = "karibu2026";
const OWN_PASSWORD: &str = "mbuzi tatu kisimani";

pub(crate) fn leads_to(answer: &Response) -> &str {
    assert_eq!(answer.status(), 303);
    answer.headers()[LOCATION].to_str().unwrap()
}

pub(crate) async fn logged_in<'a>(
    service: &'a TestService,
    number: u32,
    password: &str,
) -> Surfer<'a> {
    let mut surfer = Surfer::new(service);
    let line = person(number);
    let fields = [("user_name", line.as_str()), ("password", password)];
    assert_eq!(leads_to(&surfer.post("/login", &fields).await), "/me");
    surfer
}

/// Types a new password twice.
async fn choose(surfer: &mut Surfer<'_>, old: &str, new: &str) -> Response {
    let fields = [("old", old), ("new", new), ("again", new)];
    surfer.post("/me/password", &fields).await
}

async fn whoever_fails_to_log_in_is_written_down(service: &TestService) {
    for user in [person(1), person(99)] {
        assert!(!service.can_log_in(&user, "not this one").await);
    }
    let failed = "SELECT COUNT(*) FROM audit WHERE what = 'login.failed'";
    service.count_comes_to(failed, 1).await;
    assert!(service.can_log_in(&person(1), DEMO_PASSWORD).await);
    let done = "SELECT COUNT(*) FROM audit WHERE what = 'login'";
    assert_eq!(service.count(done).await, 1);
    assert_eq!(service.count(failed).await, 1);
}

async fn a_password_by_sms_is_replaced_before_anything_else(service: &TestService) {
    service.phone(1).walk(&["3", "1"]).await;
    let sms = service.sms_of(&person(1), 1).await[0].text.clone();
    let by_sms = password_in(&sms);
    let mut surfer = logged_in(service, 1, by_sms).await;
    for page in ["/me", "/me/letters/x"] {
        assert_eq!(leads_to(&surfer.get(page).await), "/me/password");
    }
    let form = surfer.get("/me/password").await.text().await.unwrap();
    assert!(!form.contains("name=\"old\""), "{form}");
    for (new, said) in [
        ("kisima", "fewer than 8"),
        ("karibu 2026", "too easy to guess"),
        ("0700000001", "too easy to guess"),
        ("achieng99", "too easy to guess"),
        (by_sms, "your current password"),
    ] {
        let answer = choose(&mut surfer, "", new).await;
        assert_eq!(answer.status(), 422);
        assert!(answer.text().await.unwrap().contains(said), "{said}");
    }
    let differ = [("new", OWN_PASSWORD), ("again", "mbuzi nne kisimani")];
    assert_eq!(surfer.post("/me/password", &differ).await.status(), 422);
    let chosen = choose(&mut surfer, "", OWN_PASSWORD).await;
    assert_eq!(leads_to(&chosen), "/me");
    assert_eq!(surfer.get("/me").await.status(), 200);
    assert!(!service.can_log_in(&person(1), by_sms).await);
    // It is no password for a day.
    service.clock.advance(Duration::from_hours(48));
    assert!(service.can_log_in(&person(1), OWN_PASSWORD).await);
    let kept = format!("{:?}", service.contents().await);
    assert!(!kept.contains(OWN_PASSWORD) && !kept.contains(by_sms));
}

async fn a_password_is_changed_by_whoever_knows_it(service: &TestService) {
    let mut mine = logged_in(service, 1, DEMO_PASSWORD).await;
    let mut other = logged_in(service, 1, DEMO_PASSWORD).await;
    let wrong = choose(&mut mine, "karibu2025", OWN_PASSWORD).await;
    assert_eq!(wrong.status(), 422);
    assert_eq!(other.get("/me").await.status(), 200);
    let chosen = choose(&mut mine, DEMO_PASSWORD, OWN_PASSWORD).await;
    assert_eq!(leads_to(&chosen), "/me");
    assert_eq!(mine.get("/me").await.status(), 200);
    assert_eq!(leads_to(&other.get("/me").await), "/login");
    assert!(!service.can_log_in(&person(1), DEMO_PASSWORD).await);
    let sms = &service.sms_of(&person(1), 1).await[0].text;
    assert!(sms.starts_with("Your CP2 password was changed"), "{sms}");
}

async fn the_old_password_is_guessed_at_no_oftener_than_at_the_door(service: &TestService) {
    // Coming in was the first try of five.
    let mut surfer = logged_in(service, 1, DEMO_PASSWORD).await;
    for _ in 0..4 {
        let wrong = choose(&mut surfer, "karibu2025", OWN_PASSWORD).await;
        assert_eq!(wrong.status(), 422);
    }
    let right = choose(&mut surfer, DEMO_PASSWORD, OWN_PASSWORD).await;
    assert_eq!(right.status(), 429);
}

async fn a_visit_ends_when_nothing_is_asked_for_and_in_any_case(service: &TestService) {
    let mut surfer = logged_in(service, 1, DEMO_PASSWORD).await;
    for _ in 0..8 {
        service.clock.advance(Duration::from_mins(14));
        assert_eq!(surfer.get("/me").await.status(), 200);
    }
    service.clock.advance(Duration::from_mins(8));
    assert_eq!(leads_to(&surfer.get("/me").await), "/login");
    let mut surfer = logged_in(service, 1, DEMO_PASSWORD).await;
    service.clock.advance(Duration::from_mins(15));
    assert_eq!(leads_to(&surfer.get("/me").await), "/login");
}

async fn one_button_logs_out_everywhere(service: &TestService) {
    let mut mine = logged_in(service, 1, DEMO_PASSWORD).await;
    let mut other = logged_in(service, 1, DEMO_PASSWORD).await;
    let mut stranger = logged_in(service, 3, DEMO_PASSWORD).await;
    let mut third = logged_in(service, 1, DEMO_PASSWORD).await;
    assert_eq!(leads_to(&third.post("/logout", &[]).await), "/login");
    assert_eq!(other.get("/me").await.status(), 200);
    mine.post("/logout", &[("everywhere", "yes")]).await;
    assert_eq!(leads_to(&mine.get("/me").await), "/login");
    assert_eq!(leads_to(&other.get("/me").await), "/login");
    assert_eq!(stranger.get("/me").await.status(), 200);
}

async fn forms_of_other_sites_are_refused(service: &TestService) {
    let surfer = logged_in(service, 1, DEMO_PASSWORD).await;
    let before = service.contents().await;
    for path in ["/login", "/logout", "/forgot", "/me/password", "/l/0"] {
        for site in ["cross-site", "same-site"] {
            let form = surfer.form(path, &[("user_name", "254700000001")]);
            let answer = form.header("sec-fetch-site", site).send().await.unwrap();
            assert_eq!(answer.status(), 403, "{path}");
        }
    }
    assert_eq!(service.contents().await, before);
}

async fn whoever_tries_too_often_reads_how_long_it_still_is(service: &TestService) {
    let wrong = [("user_name", "254700000001"), ("password", "guessed")];
    assert_eq!(service.post("/login", &wrong).await.status(), 403);
    service.clock.advance(Duration::from_secs(630));
    for _ in 0..4 {
        assert_eq!(service.post("/login", &wrong).await.status(), 403);
    }
    let answer = service.post("/login?lang=sw", &wrong).await;
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()[RETRY_AFTER], "300");
    let page = answer.text().await.unwrap();
    assert!(page.contains("Subiri dakika 5, kisha"), "{page}");
    service.clock.advance(Duration::from_secs(220));
    let page = service.post("/login", &wrong).await.text().await.unwrap();
    assert!(page.contains("Wait 1 minute, then"), "{page}");
    service.clock.advance(Duration::from_secs(51));
    assert!(service.can_log_in(&person(1), DEMO_PASSWORD).await);
}

async fn the_crest_is_fetched_once_and_kept_by_browsers(service: &TestService) {
    let page = service.get("/login").await.text().await.unwrap();
    let (_, rest) = page.split_once("<img src=\"").unwrap();
    let (address, _) = rest.split_once('"').unwrap();
    assert!(address.starts_with("/crest.svg?"), "{address}");
    let icon = format!("<link rel=\"icon\" type=\"image/svg+xml\" href=\"{address}\">");
    assert!(page.contains(&icon), "{page}");
    let crest = service.get(address).await;
    assert_eq!(crest.status(), 200);
    let headers = crest.headers();
    assert_eq!(headers[CONTENT_TYPE], "image/svg+xml");
    assert_eq!(
        headers[CACHE_CONTROL],
        "public, max-age=31536000, immutable"
    );
    let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    let svg = crest.text().await.unwrap();
    assert!(svg.starts_with("<svg ") && svg.contains("#0b5c47"), "{svg}");
    let console = service.get("/operator/login").await;
    let policy = console.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("; style-src 'self';"), "{policy}");
    let page = console.text().await.unwrap();
    let (_, rest) = page.split_once("<link rel=\"stylesheet\" href=\"").unwrap();
    let sheet = service.get(rest.split('"').next().unwrap()).await;
    assert_eq!(sheet.status(), 200);
    assert_eq!(sheet.headers()[CONTENT_TYPE], "text/css; charset=utf-8");
    assert!(sheet.text().await.unwrap().contains("nav a{"));
}

/// The letters that a person's own page leads to.
async fn letters_of(surfer: &mut Surfer<'_>) -> Vec<String> {
    let page = surfer.get("/me").await.text().await.unwrap();
    let links = page.split("href=\"").skip(1);
    let links = links.filter_map(|rest| rest.split('"').next());
    links
        .filter(|link| link.starts_with("/me/letters/"))
        .map(str::to_owned)
        .collect()
}

async fn a_letter_is_downloaded_and_written_down(service: &TestService) {
    let mut surfer = logged_in(service, 5, DEMO_PASSWORD).await;
    let letters = letters_of(&mut surfer).await;
    assert_eq!(letters.len(), 2);
    for letter in &letters {
        let answer = surfer.get(letter).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/pdf");
    }
    let downloads = "SELECT COUNT(*) FROM audit WHERE what = 'letter.downloaded' AND way = 'web'";
    assert_eq!(service.count(downloads).await, 2);
    let mut other = logged_in(service, 1, DEMO_PASSWORD).await;
    assert_eq!(other.get(&letters[0]).await.status(), 403);
    assert_eq!(service.get(&letters[0]).await.status(), 303);
    assert_eq!(service.count(downloads).await, 2);
}

async fn a_letter_on_the_site_waits_and_asks_for_proof_as_on_the_phone(service: &TestService) {
    let mut surfer = logged_in(service, 1, DEMO_PASSWORD).await;
    let letters = letters_of(&mut surfer).await;
    service
        .execute("UPDATE people SET waits_until = 99999999999999 WHERE msisdn = '254700000001'")
        .await;
    let answer = surfer.get(&letters[0]).await;
    assert_eq!(answer.status(), 403);
    let page = answer.text().await.unwrap();
    assert!(
        page.contains("use your phone") && page.contains("*384*2026#"),
        "{page}"
    );
}
