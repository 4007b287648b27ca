//! A letter by the code of its SMS and the end of an ID number, as in a cyber cafe; and what
//! stands in it as an SMS.

use std::time::Duration;

use cp2::config::Config;
use cp2::crypto::ShortCode;
use cp2::demo::sandbox::Behaviour;
use cp2::domain::Msisdn;
use cp2::text::segments;
use futures_util::future::join_all;
use reqwest::header::{
    CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE, RANGE, RETRY_AFTER, SET_COOKIE,
};
use reqwest::{Method, Response};

use crate::harness::service::{code_in, link_in, person};
use crate::harness::{Database, Surfer, TestService, on_each_database, with_each_database};
use crate::site::leads_to;

on_each_database!(
    a_code_with_the_end_of_the_id_opens_the_letter,
    a_code_is_read_as_people_type_it,
    a_link_and_its_code_open_once_for_both,
    wrong_digits_lock_a_code_as_they_lock_one_that_nobody_was_sent,
    what_can_be_no_code_is_not_counted,
    a_second_click_with_a_code_opens_it_too,
    a_code_opens_to_one_browser_and_whoever_is_done_closes_it,
    whoever_opens_the_form_next_finds_nothing_open,
    a_letter_that_is_open_is_gone_on_with_until_its_window_closes,
    robots_open_nothing_by_code,
    a_browser_without_cookies_uses_no_code_up,
    what_closes_a_link_closes_its_code,
    from_one_address_only_so_many_codes_are_tried,
    a_code_stands_nowhere,
    what_stands_in_a_letter_comes_as_an_sms,
    of_two_letters_the_person_says_which_comes_as_an_sms,
);

with_each_database!(a_thousand_guesses_at_the_digits_are_a_dozen);

/// Asks for a letter by USSD; its link and its code.
async fn ask(service: &TestService, number: u32) -> (String, String) {
    service.phone(number).walk(&["2"]).await;
    let sms = &service.sms_of(&person(number), 1).await[0].text;
    (link_in(sms), code_in(sms).to_owned())
}

/// A browser in front of the form.
async fn at_the_form(service: &TestService) -> Surfer<'_> {
    let mut surfer = Surfer::new(service);
    assert_eq!(surfer.get("/l").await.status(), 200);
    surfer
}

async fn send(surfer: &mut Surfer<'_>, code: &str, id_end: &str) -> Response {
    let fields = [("code", code), ("id_end", id_end)];
    surfer.post("/l", &fields).await
}

/// A browser that a letter is open to.
async fn opened<'a>(service: &'a TestService, code: &str) -> Surfer<'a> {
    let mut surfer = at_the_form(service).await;
    assert_eq!(leads_to(&send(&mut surfer, code, "0001").await), "/l/open");
    surfer
}

async fn pdf_of(answer: Response) -> Vec<u8> {
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/pdf");
    answer.bytes().await.unwrap().to_vec()
}

async fn a_code_with_the_end_of_the_id_opens_the_letter(service: &TestService) {
    let (link, code) = ask(service, 1).await;
    let mut surfer = opened(service, &code).await;
    let page = surfer.get("/l/open").await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains("href=\"/l/open/letter") && !page.contains("Achieng"));
    let letter = pdf_of(surfer.get("/l/open/letter").await).await;
    assert!(letter.starts_with(b"%PDF-"));
    assert_eq!(service.post(&link, &[]).await.status(), 404);
    let by_code = "SELECT COUNT(*) FROM audit WHERE what = 'letter.opened' AND actor = 'code'";
    assert_eq!(service.count(by_code).await, 1);
}

async fn a_code_is_read_as_people_type_it(service: &TestService) {
    let (_, code) = ask(service, 1).await;
    let typed = format!(
        " {} ",
        code.to_lowercase().replace('-', " ").replace('0', "o")
    );
    opened(service, &typed).await;
}

async fn a_link_and_its_code_open_once_for_both(service: &TestService) {
    let (link, code) = ask(service, 1).await;
    assert_eq!(service.post(&link, &[]).await.status(), 200);
    let mut surfer = at_the_form(service).await;
    assert_eq!(send(&mut surfer, &code, "0001").await.status(), 403);
}

async fn wrong_digits_lock_a_code_as_they_lock_one_that_nobody_was_sent(service: &TestService) {
    let (_, code) = ask(service, 1).await;
    let mut surfer = at_the_form(service).await;
    let mut said = Vec::new();
    for code in [code.as_str(), "7777-7777"] {
        let mut of_one = Vec::new();
        for expected in [403, 403, 429, 429] {
            let answer = send(&mut surfer, code, "0002").await;
            assert_eq!(answer.status(), expected, "{code}");
            let wait = answer.headers().get(RETRY_AFTER).cloned();
            assert_eq!(wait.is_some(), expected == 429);
            of_one.push((wait, answer.text().await.unwrap()));
        }
        said.push(of_one);
    }
    assert_eq!(said[0], said[1], "nobody learns which code was sent");
    assert!(said[0][2].1.contains("Wait 15 min"), "{}", said[0][2].1);
    // Not even the right digits count now.
    assert_eq!(send(&mut surfer, &code, "0001").await.status(), 429);
    service.clock.advance(Duration::from_mins(15));
    let mut surfer = at_the_form(service).await;
    assert_eq!(leads_to(&send(&mut surfer, &code, "0001").await), "/l/open");
}

async fn what_can_be_no_code_is_not_counted(service: &TestService) {
    let (_, code) = ask(service, 1).await;
    let mut surfer = at_the_form(service).await;
    for (typed, id_end) in [
        ("7K3M", "0001"),
        (&*code, "001"),
        (&*code, "000x"),
        ("", ""),
    ] {
        let answer = send(&mut surfer, typed, id_end).await;
        assert_eq!(answer.status(), 422, "{typed} {id_end}");
        assert!(answer.text().await.unwrap().contains("four digits"));
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM uses").await, 0);
    assert_eq!(surfer.post("/l", &[]).await.status(), 400);
}

async fn a_second_click_with_a_code_opens_it_too(service: &TestService) {
    let (_, code) = ask(service, 1).await;
    let surfer = at_the_form(service).await;
    let fields = [("code", code.as_str()), ("id_end", "0001")];
    let clicks = (0..8).map(|_| surfer.form("/l", &fields).send());
    for answer in join_all(clicks).await {
        assert_eq!(leads_to(&answer.unwrap()), "/l/open");
    }
    let opened = "SELECT COUNT(*) FROM audit WHERE what = 'letter.opened'";
    assert_eq!(service.count(opened).await, 1);
}

async fn a_code_opens_to_one_browser_and_whoever_is_done_closes_it(service: &TestService) {
    let (_, code) = ask(service, 1).await;
    let mut mine = opened(service, &code).await;
    let mut other = at_the_form(service).await;
    assert_eq!(send(&mut other, &code, "0001").await.status(), 403);
    for page in ["/l/open", "/l/open/letter"] {
        assert_eq!(leads_to(&other.get(page).await), "/l");
        assert_eq!(leads_to(&service.get(page).await), "/l");
    }
    assert_eq!(mine.get("/l/open/letter").await.status(), 200);
    assert_eq!(leads_to(&mine.post("/l/open", &[]).await), "/l");
    assert_eq!(leads_to(&mine.get("/l/open/letter").await), "/l");
    assert_eq!(
        send(&mut mine, &code, "0001").await.status(),
        422,
        "its cookie is gone"
    );
}

async fn whoever_opens_the_form_next_finds_nothing_open(service: &TestService) {
    let (_, code) = ask(service, 1).await;
    let mut shared = opened(service, &code).await;
    shared.get("/l").await;
    assert_eq!(leads_to(&shared.get("/l/open/letter").await), "/l");
}

async fn a_letter_that_is_open_is_gone_on_with_until_its_window_closes(service: &TestService) {
    let (_, code) = ask(service, 1).await;
    let mut surfer = opened(service, &code).await;
    let first = surfer.get("/l/open/letter").await;
    let tag = first.headers()[ETAG].clone();
    let whole = pdf_of(first).await;
    let rest = surfer.request(Method::GET, "/l/open/letter");
    let rest = rest.header(RANGE, "bytes=1000-").header(IF_RANGE, tag);
    let rest = rest.send().await.unwrap();
    assert_eq!(rest.status(), 206);
    let said = format!("bytes 1000-{}/{}", whole.len() - 1, whole.len());
    assert_eq!(rest.headers()[CONTENT_RANGE], said.as_str());
    assert_eq!([&whole[..1000], &pdf_of(rest).await].concat(), whole);
    service.clock.advance(Duration::from_mins(14));
    assert_eq!(surfer.get("/l/open/letter").await.status(), 200);
    service.clock.advance(Duration::from_mins(1));
    assert_eq!(leads_to(&surfer.get("/l/open/letter").await), "/l");
    assert_eq!(leads_to(&surfer.get("/l/open").await), "/l");
}

async fn robots_open_nothing_by_code(service: &TestService) {
    // No delivery report comes that would change anything meanwhile.
    let line = Msisdn::parse(&person(1)).unwrap();
    service.sandbox.behave(&line, Behaviour::NoReport);
    let (_, code) = ask(service, 1).await;
    service.outbox_comes_to(&[("accepted", 1)]).await;
    let surfer = at_the_form(service).await;
    let before = service.contents().await;
    for method in ["GET", "HEAD", "PUT", "DELETE", "PROPFIND"] {
        for path in ["/l", "/l/", "/l/open", "/l/open/letter"] {
            let query = format!("{path}?code={code}&id_end=0001");
            let request = surfer.request(method.parse().unwrap(), &query);
            request.send().await.unwrap();
        }
    }
    assert_eq!(service.contents().await, before);
    opened(service, &code).await;
}

async fn a_browser_without_cookies_uses_no_code_up(service: &TestService) {
    let (_, code) = ask(service, 1).await;
    let fields = [("code", code.as_str()), ("id_end", "0001")];
    let answer = service.post("/l", &fields).await;
    assert_eq!(answer.status(), 422);
    assert!(answer.text().await.unwrap().contains("cookie"));
    // Pressed once more, it comes with the cookie of that answer.
    let mut surfer = Surfer::new(service);
    assert_eq!(surfer.post("/l", &fields).await.status(), 422);
    assert_eq!(leads_to(&surfer.post("/l", &fields).await), "/l/open");
}

async fn what_closes_a_link_closes_its_code(service: &TestService) {
    let (_, code) = ask(service, 1).await;
    let (_, waiting) = ask(service, 3).await;
    let mut surfer = opened(service, &code).await;
    service
        .execute("UPDATE deployments SET rate_kes = 600 WHERE serial IN (9900001, 9900003)")
        .await;
    assert_eq!(leads_to(&surfer.get("/l/open/letter").await), "/l");
    let mut other = at_the_form(service).await;
    assert_eq!(send(&mut other, &waiting, "0003").await.status(), 403);
    service.clock.advance(Duration::from_hours(1));
    service.phone(1).walk(&["2"]).await;
    let sms = &service.sms_of(&person(1), 2).await[0].text;
    let code = code_in(sms).to_owned();
    service.clock.advance(Duration::from_hours(72));
    let mut surfer = at_the_form(service).await;
    assert_eq!(send(&mut surfer, &code, "0001").await.status(), 403);
}

async fn from_one_address_only_so_many_codes_are_tried(service: &TestService) {
    let (_, code) = ask(service, 1).await;
    let mut surfer = at_the_form(service).await;
    for _ in 0..100 {
        let guess = ShortCode::fresh().in_groups();
        assert_eq!(send(&mut surfer, &guess, "0001").await.status(), 403);
    }
    let answer = send(&mut surfer, &code, "0001").await;
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()[RETRY_AFTER], "3600");
    assert!(answer.text().await.unwrap().contains("Wait 60 min"));
    service.clock.advance(Duration::from_mins(61));
    opened(service, &code).await;
}

async fn a_code_stands_nowhere(service: &TestService) {
    let (_, code) = ask(service, 1).await;
    service.outbox_comes_to(&[("delivered", 1)]).await;
    let form = service.get("/l").await;
    let cookie = form.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    let (value, rules) = cookie.split_once("; ").unwrap();
    assert_eq!(rules, "HttpOnly; SameSite=Strict; Path=/l; Max-Age=900");
    let mut surfer = opened(service, &code).await;
    let page = surfer.get("/l/open").await.text().await.unwrap();
    let kept = format!("{:?}", service.contents().await);
    let value = value.split_once('=').unwrap().1;
    for secret in [
        code.clone(),
        code.replace('-', ""),
        code.to_lowercase().replace('-', ""),
    ] {
        assert!(!kept.contains(&secret) && !page.contains(&secret));
    }
    assert!(!kept.contains(value));
}

async fn a_thousand_guesses_at_the_digits_are_a_dozen(database: Database) {
    let change = |config: &mut Config| config.policy.letter_codes_in_an_hour = 1_000_000;
    let service = TestService::start_with(database, change).await;
    let (_, code) = ask(&service, 1).await;
    let mut surfer = at_the_form(&service).await;
    let mut compared = 0;
    // Every ten seconds another end, for two hours and three quarters; never the right one.
    for guess in 1000..2000 {
        service.clock.advance(Duration::from_secs(10));
        let answer = send(&mut surfer, &code, &guess.to_string()).await;
        match answer.status().as_u16() {
            403 => compared += 1,
            429 => {}
            other => panic!("guess {guess} came to {other}"),
        }
    }
    // Two before each lock, of 15, 30, 60 and 120 minutes.
    assert_eq!(compared, 8);
    service.clock.advance(Duration::from_hours(4));
    assert_eq!(leads_to(&send(&mut surfer, &code, "0001").await), "/l/open");
    service.stop().await;
}

async fn what_stands_in_a_letter_comes_as_an_sms(service: &TestService) {
    let screen = service.phone(1).walk(&["6", "6"]).await;
    assert!(
        screen.starts_with("END What stands in your KCSE 2026 letter"),
        "{screen}"
    );
    let sms = service.sms_of(&person(1), 1).await[0].text.clone();
    for said in [
        "Notice, not the letter",
        "Achieng Mercy Odhiambo",
        "KCSE 2026 Invigilator",
        "99208105 Mfano Secondary School",
        "Murang'a South",
        "Report 16 Oct 7:00am",
        "19 Oct-20 Nov",
        "KES 550/day",
        "Murang'a South Container",
        "No. 9900001",
        "dial *384*2026#, 6, 5",
    ] {
        assert!(sms.contains(said), "{said} is not in {sms}");
    }
    assert!(!sms.contains("90000001") && segments(&sms) == 2, "{sms}");
    // Its check code is the letter's own.
    let (_, code) = sms.split_once("Check code ").unwrap();
    let (code, _) = code.split_once(':').unwrap();
    let typed: String = code.chars().filter(char::is_ascii_digit).collect();
    let checked = service.phone(3).walk(&["6", "5", &typed]).await;
    assert!(checked.starts_with("END Genuine."), "{checked}");
    for _ in 1..10 {
        service.phone(1).walk(&["6", "6"]).await;
    }
    let screen = service.phone(1).walk(&["6", "6"]).await;
    assert!(
        screen.starts_with("END You have asked for this too often"),
        "{screen}"
    );
    assert_eq!(service.count("SELECT COUNT(*) FROM outbox").await, 10);
}

async fn of_two_letters_the_person_says_which_comes_as_an_sms(service: &TestService) {
    let screen = service.phone(5).walk(&["6", "6", "2", "1"]).await;
    assert!(screen.contains("KJSEA 2026"), "{screen}");
    let sms = &service.sms_of(&person(5), 1).await[0].text;
    assert!(
        sms.contains("KJSEA 2026 Invigilator") && sms.contains("99104012"),
        "{sms}"
    );
    let screen = service.phone(4).walk(&["6", "6"]).await;
    assert!(
        screen.starts_with("END You have no deployment yet"),
        "{screen}"
    );
}
