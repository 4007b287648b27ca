//! The letter behind a link: what it says, and who gets it.

use std::process::Command;
use std::time::Duration;

use cp2::actions;
use cp2::crypto::Token;
use cp2::demo::sandbox::Behaviour;
use cp2::domain::Clock;
use cp2::domain::Msisdn;
use futures_util::future::join_all;
use reqwest::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    IF_RANGE, RANGE, SET_COOKIE,
};
use reqwest::{Method, Response};

use crate::harness::service::{link_in, person};
use crate::harness::{Database, Surfer, TestService, on_each_database};

on_each_database!(
    the_letter_of_each_person_says_what_was_decided,
    a_letter_is_a_file_to_keep,
    of_many_who_press_at_once_one_gets_the_letter,
    robots_change_nothing,
    a_link_that_is_none_looks_like_one_that_is_used_up,
    a_link_is_read_as_people_copy_it,
    a_new_number_closes_the_open_links,
    each_link_opens_its_own_letter,
    a_second_click_gets_the_letter_too,
    another_browser_reads_that_the_link_is_used,
    a_broken_download_goes_on_where_it_stopped,
    a_download_is_repeated_until_its_window_closes,
    a_reset_closes_links_even_while_they_are_read,
    a_deployment_that_is_taken_back_or_changed_closes_its_links,
    the_browser_of_a_link_keeps_nothing_that_tells,
);

/// Asks for a letter by USSD; gives the path of the link in the first SMS of this person.
async fn ask_for_letter(service: &TestService, number: u32, answers: &[&str]) -> String {
    let screen = service.phone(number).walk(answers).await;
    assert!(screen.starts_with("END "), "{number}: {screen}");
    link_in(&service.sms_of(&person(number), 1).await[0].text)
}

/// The same for the first person, with no delivery report to change anything later.
async fn ask_for_letter_in_silence(service: &TestService) -> String {
    let msisdn = Msisdn::parse(&person(1)).unwrap();
    service.sandbox.behave(&msisdn, Behaviour::NoReport);
    let link = ask_for_letter(service, 1, &["2"]).await;
    service.outbox_comes_to(&[("accepted", 1)]).await;
    link
}

async fn open(service: &TestService, link: &str) -> Vec<u8> {
    let answer = service.post(link, &[]).await;
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap().to_vec()
}

/// Runs a program on a PDF and gives what it prints.
pub(crate) fn run_on(pdf: &[u8], program: &str, before: &[&str], after: &[&str]) -> Vec<u8> {
    let file = tempfile::NamedTempFile::with_suffix(".pdf").unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let output = Command::new(program)
        .args(before)
        .arg(file.path())
        .args(after)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; `scripts/test` installs it"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {said}");
    output.stdout
}

/// The words of a PDF, one space between them.
pub(crate) fn words(pdf: &[u8]) -> String {
    let text = run_on(pdf, "pdftotext", &[], &["-"]);
    let text = String::from_utf8(text).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A person of the demo, what they press for their letter, and what stands in it.
const LETTERS: [(u32, &[&str], [&str; 8]); 5] = [
    (
        1,
        &["2"],
        [
            "KNEC/GEN/EA/FA/SI/APP/KCSE/INV/2026/9900001",
            "ACHIENG MERCY ODHIAMBO",
            "APPOINTMENT AS AN INVIGILATOR FOR THE YEAR 2026 KCSE EXAMINATION",
            "99208105 Mfano Secondary School",
            "Friday, 16 October 2026, 7:00am",
            "19 October 2026 to 20 November 2026",
            "KES 550 per day",
            "Murang'a South Container",
        ],
    ),
    (
        2,
        &["2"],
        [
            "KNEC/GEN/EA/FA/SI/APP/KCSE/SUP/2026/9900002",
            "KAMAU PETER NJOROGE",
            "APPOINTMENT AS A SUPERVISOR FOR THE YEAR 2026 KCSE EXAMINATION",
            "99208105 Mfano Secondary School",
            "Friday, 16 October 2026, 6:30am",
            "19 October 2026 to 20 November 2026",
            "KES 680 per day",
            "Murang'a South Container",
        ],
    ),
    (
        3,
        &["2"],
        [
            "KNEC/GEN/EA/FA/SI/APP/KCSE/CM/2026/9900003",
            "NG'ANG'A RUTH WAIRIMU",
            "APPOINTMENT AS CENTRE MANAGER FOR THE YEAR 2026 KCSE EXAMINATION",
            "99208105 Mfano Secondary School",
            "Friday, 16 October 2026, 7:00am",
            "19 October 2026 to 20 November 2026",
            "KES 550 per day",
            "Murang'a South Container",
        ],
    ),
    (
        5,
        &["1", "2", "1"],
        [
            "KNEC/GEN/EA/FA/SI/APP/KJSEA/INV/2026/9900005",
            "CHERONO FAITH KIPLAGAT",
            "APPOINTMENT AS AN INVIGILATOR FOR THE YEAR 2026 KJSEA EXAMINATION",
            "99104012 Mfano Junior School",
            "Friday, 23 October 2026, 7:00am",
            "26 October 2026 to 3 November 2026",
            "KES 550 per day",
            "Mukurweini Container",
        ],
    ),
    (
        7,
        &["2"],
        [
            "KNEC/GEN/EA/FA/SI/APP/KCSE/INV/2026/9900007",
            "KHADIJA NAKHUMICHA MWANAJUMA ATIENO CHEPKEMOI WANJIRU-MUMBUA",
            "APPOINTMENT AS AN INVIGILATOR FOR THE YEAR 2026 KCSE EXAMINATION",
            "99731222 Mtakatifu Yohana Mbatizaji Mixed Day and Boarding Secondary",
            "Friday, 16 October 2026, 7:00am",
            "19 October 2026 to 20 November 2026",
            "KES 550 per day",
            "Tharaka North Deputy County Commissioner's Office Container",
        ],
    ),
];

async fn the_letter_of_each_person_says_what_was_decided(service: &TestService) {
    for (number, answers, said) in LETTERS {
        let link = ask_for_letter(service, number, answers).await;
        let pdf = open(service, &link).await;
        assert!(
            pdf.starts_with(b"%PDF-") && pdf.len() < 40 * 1024,
            "{number}: {} bytes",
            pdf.len()
        );
        run_on(&pdf, "qpdf", &["--check"], &[]);
        let text = words(&pdf);
        for said in said {
            assert!(text.contains(said), "{said:?} of {number} in {text}");
        }
        for always in [
            "NATIONAL EXAMINATIONS COUNCIL",
            "DATE: 28 September 2026",
            &format!("National ID No. 9000000{number}"),
            &format!("TSC No. 50000{number}"),
            &format!("Mobile No. 25470000000{number}"),
            "*384*2026#",
        ] {
            assert!(text.contains(always), "{always:?} of {number} in {text}");
        }
        assert!(!text.contains(['{', '}', '\u{fffd}']), "{text}");
    }
}

async fn a_letter_is_a_file_to_keep(service: &TestService) {
    let link = ask_for_letter(service, 1, &["2"]).await;
    let answer = service.post(&link, &[]).await;
    let headers = answer.headers().clone();
    assert_eq!(headers[CONTENT_TYPE], "application/pdf");
    assert_eq!(
        headers[CONTENT_DISPOSITION],
        "attachment; filename=\"appointment-letter.pdf\""
    );
    let length = answer.bytes().await.unwrap().len().to_string();
    assert_eq!(headers[CONTENT_LENGTH], length.as_str());
}

async fn of_many_who_press_at_once_one_gets_the_letter(service: &TestService) {
    let link = ask_for_letter(service, 1, &["2"]).await;
    let answers = join_all((0..32).map(|_| service.post(&link, &[]))).await;
    let mut letters = 0;
    let mut gone = Vec::new();
    for answer in answers {
        match answer.status().as_u16() {
            200 => {
                assert!(answer.bytes().await.unwrap().starts_with(b"%PDF-"));
                letters += 1;
            }
            404 => gone.push(answer.text().await.unwrap()),
            other => panic!("pressing the button answered {other}"),
        }
    }
    assert_eq!((letters, gone.len()), (1, 31));
    gone.dedup();
    assert_eq!(gone.len(), 1, "all who came too late read the same");
}

async fn robots_change_nothing(service: &TestService) {
    let link = ask_for_letter_in_silence(service).await;
    let before = service.contents().await;
    for method in [
        "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "PROPFIND",
    ] {
        for path in [link.clone(), format!("{link}?lang=sw"), format!("{link}/")] {
            let url = format!("{}{path}", service.base);
            let request = service.client.request(method.parse().unwrap(), url);
            let request = request.header("purpose", "prefetch");
            request.send().await.unwrap();
        }
    }
    assert_eq!(service.contents().await, before);
    open(service, &link).await;
    assert_ne!(service.contents().await, before);
}

async fn a_link_that_is_none_looks_like_one_that_is_used_up(service: &TestService) {
    let link = ask_for_letter_in_silence(service).await;
    open(service, &link).await;
    let used_up = service.post(&link, &[]).await;
    assert_eq!(used_up.status(), 404);
    let used_up = used_up.text().await.unwrap();
    let before = service.contents().await;
    for none in [
        "0".repeat(26),
        "z".repeat(25),
        "z".repeat(27),
        "x".repeat(5000),
        "%FF".into(),
        "%00".into(),
        "..%2F..%2Fme".into(),
        "%27%20OR%201%3D1".into(),
        "*".into(),
    ] {
        let path = format!("/l/{none}");
        for answer in [service.get(&path).await, service.post(&path, &[]).await] {
            assert_eq!(answer.status(), 404, "{path}");
            assert_eq!(answer.text().await.unwrap(), used_up, "{path}");
        }
    }
    assert_eq!(service.contents().await, before);
}

async fn a_link_is_read_as_people_copy_it(service: &TestService) {
    let link = ask_for_letter(service, 1, &["2"]).await;
    let token = link.strip_prefix("/l/").unwrap();
    let typed = token.to_uppercase().replace('0', "O").replace('1', "l");
    open(service, &format!("/l/{typed}")).await;
    assert_eq!(service.post(&link, &[]).await.status(), 404);
}

async fn a_new_number_closes_the_open_links(service: &TestService) {
    let mine = ask_for_letter(service, 3, &["2"]).await;
    let theirs = ask_for_letter(service, 1, &["2"]).await;
    let saved = service.phone(3).change_number("0700000777").await;
    assert!(saved.starts_with("END Saved."), "{saved}");
    assert_eq!(service.get(&mine).await.status(), 404);
    assert_eq!(service.post(&mine, &[]).await.status(), 404);
    open(service, &theirs).await;
    let screen = service.phone(777).walk(&["2"]).await;
    assert!(
        screen.starts_with("END A link to your KCSE 2026 letter"),
        "{screen}"
    );
}

async fn each_link_opens_its_own_letter(service: &TestService) {
    service.phone(5).walk(&["2", "1", "1"]).await;
    service.phone(5).walk(&["2", "2", "1"]).await;
    let messages = service.sms_of(&person(5), 2).await;
    for message in messages {
        let text = words(&open(service, &link_in(&message.text)).await);
        let exam = message.text.split(' ').next().unwrap();
        assert!(
            text.contains(&format!("FOR THE YEAR 2026 {exam} EXAMINATION")),
            "{text}"
        );
    }
}

/// Opens the link of the first person in a browser, as far as the button.
async fn in_front_of_the_button(service: &TestService) -> (Surfer<'_>, String) {
    let link = ask_for_letter(service, 1, &["2"]).await;
    let mut surfer = Surfer::new(service);
    assert_eq!(surfer.get(&link).await.status(), 200);
    (surfer, link)
}

async fn pdf_of(answer: Response) -> Vec<u8> {
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/pdf");
    answer.bytes().await.unwrap().to_vec()
}

async fn a_second_click_gets_the_letter_too(service: &TestService) {
    let (surfer, link) = in_front_of_the_button(service).await;
    let clicks = (0..8).map(|_| surfer.form(&link, &[]).send());
    let mut letters = Vec::new();
    for answer in join_all(clicks).await {
        letters.push(pdf_of(answer.unwrap()).await);
    }
    letters.dedup();
    assert_eq!(letters.len(), 1, "the same bytes each time");
    let opened = "SELECT COUNT(*) FROM audit WHERE what = 'letter.opened'";
    assert_eq!(service.count(opened).await, 1);
}

async fn another_browser_reads_that_the_link_is_used(service: &TestService) {
    let (mut mine, link) = in_front_of_the_button(service).await;
    let mut other = Surfer::new(service);
    assert_eq!(other.get(&link).await.status(), 200);
    assert_eq!(mine.post(&link, &[]).await.status(), 200);
    assert_eq!(other.post(&link, &[]).await.status(), 404);
    assert_eq!(other.get(&link).await.status(), 404);
    assert_eq!(service.get(&link).await.status(), 404);
    assert_eq!(mine.get(&link).await.status(), 200);
}

async fn a_broken_download_goes_on_where_it_stopped(service: &TestService) {
    let (mut surfer, link) = in_front_of_the_button(service).await;
    let first = surfer.post(&link, &[]).await;
    assert_eq!(first.headers()[ACCEPT_RANGES], "bytes");
    let tag = first.headers()[ETAG].clone();
    let whole = pdf_of(first).await;
    let size = whole.len();

    let rest = surfer.request(Method::GET, &link);
    let rest = rest.header(RANGE, "bytes=1000-").header(IF_RANGE, tag);
    let rest = rest.send().await.unwrap();
    assert_eq!(rest.status(), 206);
    let said = format!("bytes 1000-{}/{size}", size - 1);
    assert_eq!(rest.headers()[CONTENT_RANGE], said.as_str());
    let stuck_together = [&whole[..1000], &pdf_of(rest).await].concat();
    assert_eq!(stuck_together, whole);

    let of_another = surfer.request(Method::GET, &link);
    let of_another = of_another
        .header(RANGE, "bytes=1000-")
        .header(IF_RANGE, "\"x\"");
    assert_eq!(pdf_of(of_another.send().await.unwrap()).await, whole);

    let beyond = surfer.request(Method::GET, &link);
    let beyond = beyond.header(RANGE, format!("bytes={size}-"));
    let beyond = beyond.send().await.unwrap();
    assert_eq!(beyond.status(), 416);
    let said = format!("bytes */{size}");
    assert_eq!(beyond.headers()[CONTENT_RANGE], said.as_str());
}

async fn a_download_is_repeated_until_its_window_closes(service: &TestService) {
    let (mut surfer, link) = in_front_of_the_button(service).await;
    let letter = pdf_of(surfer.post(&link, &[]).await).await;
    service.clock.advance(Duration::from_mins(14));
    assert_eq!(pdf_of(surfer.post(&link, &[]).await).await, letter);
    assert_eq!(pdf_of(surfer.get(&link).await).await, letter);
    service.clock.advance(Duration::from_mins(1));
    assert_eq!(surfer.get(&link).await.status(), 404);
    assert_eq!(surfer.post(&link, &[]).await.status(), 404);
}

async fn a_reset_closes_links_even_while_they_are_read(service: &TestService) {
    let (mut surfer, opened) = in_front_of_the_button(service).await;
    assert_eq!(surfer.post(&opened, &[]).await.status(), 200);
    service.phone(1).walk(&["2"]).await;
    let waiting = link_in(&service.sms_of(&person(1), 2).await[0].text);
    assert_ne!(waiting, opened);
    service.phone(1).walk(&["3", "1"]).await;
    for link in [opened, waiting] {
        assert_eq!(surfer.get(&link).await.status(), 404);
        assert_eq!(surfer.post(&link, &[]).await.status(), 404);
    }
}

async fn a_deployment_that_is_taken_back_or_changed_closes_its_links(service: &TestService) {
    let (mut surfer, changed) = in_front_of_the_button(service).await;
    let cancelled = ask_for_letter(service, 3, &["2"]).await;
    assert_eq!(surfer.post(&changed, &[]).await.status(), 200);
    service
        .execute("UPDATE deployments SET rate_kes = 600 WHERE serial = 9900001")
        .await;
    service
        .execute("UPDATE deployments SET state = 'cancelled' WHERE serial = 9900003")
        .await;
    for link in [changed, cancelled] {
        assert_eq!(surfer.get(&link).await.status(), 404);
        assert_eq!(surfer.post(&link, &[]).await.status(), 404);
    }
}

async fn the_browser_of_a_link_keeps_nothing_that_tells(service: &TestService) {
    let link = ask_for_letter(service, 1, &["2"]).await;
    let page = service.get(&link).await;
    let cookie = page.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    let (value, rules) = cookie.split_once("; ").unwrap();
    assert_eq!(rules, "HttpOnly; SameSite=Strict; Path=/l/; Max-Age=900");
    assert_eq!(page.headers()["referrer-policy"], "no-referrer");
    assert_eq!(page.headers()["cache-control"], "no-store");
    let token = link.strip_prefix("/l/").unwrap().to_owned();
    assert!(!cookie.contains(&token) && !page.text().await.unwrap().contains(&token));
    open(service, &link).await;
    let kept = format!("{:?}", service.contents().await);
    let value = value.split_once('=').unwrap().1;
    assert!(!kept.contains(&token) && !kept.contains(value));
}

/// On SQLite alone: a guess is the same look-up on both databases, and takes PostgreSQL twice as long.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_guesses_open_nothing() {
    let service = TestService::start(Database::sqlite()).await;
    let (_, link) = in_front_of_the_button(&service).await;
    let now = service.clock.now();
    let mut tx = service.store.begin_read().await.unwrap();
    let mut open = async |token: &Token| {
        let found = actions::behind_link(&mut tx, token, None, now).await;
        found.unwrap().is_some()
    };
    for _ in 0..100_000 {
        assert!(!open(&Token::fresh()).await);
    }
    let right = Token::parse(link.strip_prefix("/l/").unwrap()).unwrap();
    assert!(open(&right).await, "and the right one still does");
    drop(tx);
    service.stop().await;
}
