//! Guessing through the public callback: however many sessions, phones and copies, there
//! are as many guesses as the policy gives.

use std::time::Duration;

use futures_util::future::join_all;

use cp2::actions::{Forgotten, count_request, forgotten};
use cp2::domain::{Clock, Language, Msisdn};

use crate::harness::service::person;
use crate::harness::{Database, Inside, TestService, on_each_database, with_each_database};

on_each_database!(
    guesses_at_once_are_counted_one_by_one,
    dialling_again_gives_no_new_guesses,
    the_id_number_is_guessed_no_more_often_than_the_pin,
    a_new_line_learns_nothing_about_ids,
);

with_each_database!(what_limits_counted_is_forgotten_after_two_days);

const COMPARED: &str = "SELECT COUNT(*) FROM audit WHERE what = 'proof.failed' \
                        AND detail IN ('pin: wrong', 'identity: wrong')";
const FAILURES: &str = "SELECT CAST(COALESCE(SUM(failures), 0) AS BIGINT) FROM guesses";

/// Up to where the PIN is asked for.
const TO_PIN: [&str; 4] = ["4", "1", "A001234567K", "1"];

async fn guesses_at_once_are_counted_one_by_one(service: &TestService) {
    let line = person(1);
    // A new dial ends the session before it, so copies race within one session.
    for (round, left) in [(0, Some(2)), (1, Some(1)), (2, None)] {
        let session = format!("ATUid_race_{round}");
        let asked = "4*1*A001234567K*1";
        for text in ["", "4", "4*1", "4*1*A001234567K", asked] {
            service.hop(&session, &line, text, "63902").await;
        }
        let texts: Vec<_> = (2000..2020).map(|pin| format!("{asked}*{pin}")).collect();
        let copies = texts
            .iter()
            .map(|text| service.hop(&session, &line, text, "63902"));
        let shown = join_all(copies).await;
        let counted = match left {
            Some(left) => format!("CON Wrong PIN. Tries left: {left}."),
            None => "END Too many wrong tries.".to_owned(),
        };
        assert!(
            shown.iter().any(|screen| screen.starts_with(&counted)),
            "{shown:?}"
        );
        assert_eq!(service.count(FAILURES).await, round + 1);
    }
    // The right one comes too late.
    let locked = service.phone(1).walk(&TO_PIN).await;
    assert!(
        locked.starts_with("END Too many wrong tries. It is locked for 15 minutes."),
        "{locked}"
    );
}

async fn dialling_again_gives_no_new_guesses(service: &TestService) {
    for minute in 0..40 {
        let mut phone = service.phone(1);
        if phone
            .walk(&TO_PIN)
            .await
            .starts_with("CON Type your CP2 PIN")
        {
            phone.press(&(3000 + minute).to_string()).await;
        }
        service.clock.advance(Duration::from_mins(1));
    }
    // Three, three more after 15 minutes; the next after 30.
    assert_eq!(service.count(FAILURES).await, 6);
    assert_eq!(service.count(COMPARED).await, 4);
}

async fn the_id_number_is_guessed_no_more_often_than_the_pin(service: &TestService) {
    for try_ in 0..10 {
        let mut phone = service.phone(2);
        phone.walk(&TO_PIN).await;
        phone.press("1").await;
        phone.press(&(90_000_100 + try_).to_string()).await;
        phone.press("1980").await;
    }
    assert_eq!(service.count(FAILURES).await, 3);
    let mut phone = service.phone(2);
    phone.walk(&TO_PIN).await;
    phone.press("1").await;
    phone.press("90000002").await;
    let locked = phone.press("1980").await;
    assert!(locked.starts_with("END Too many wrong tries."), "{locked}");
}

async fn a_new_line_learns_nothing_about_ids(service: &TestService) {
    let shape = |screen: String| {
        let (before, after) = screen.split_once("N-").expect("a reference");
        format!("{before}N-{}", &after[6..])
    };
    let mut answers = Vec::new();
    for (line, id) in [(3001, "90000002"), (3002, "90000003"), (3003, "12345678")] {
        let phone = service.phone_of(&person(line));
        let mut phone = phone;
        answers.push(shape(phone.walk(&["2", "1", id, "500002", "1980"]).await));
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    // Nobody but the person whose numbers were right is told.
    assert_eq!(service.sms_of(&person(2), 1).await.len(), 1);
    service.outbox_comes_to(&[("delivered", 1)]).await;
}

async fn what_limits_counted_is_forgotten_after_two_days(database: Database) {
    const USES: &str = "SELECT COUNT(*) FROM uses";
    let service = TestService::start(database).await;
    service
        .phone(99)
        .walk(&["2", "1", "12345678", "500002", "1980"])
        .await;
    assert_eq!(service.count(USES).await, 1);
    service.clock.advance(Duration::from_hours(49));
    // The worker tidies up when it begins.
    let service = service.restart(|_| {}).await;
    service.count_comes_to(USES, 0).await;
    service.stop().await;
}

/// Somebody who tries every way in, and counts.
struct Burglar {
    inside: Inside,
    tries: u32,
    sessions: u32,
}

impl Burglar {
    fn line(number: u32) -> Msisdn {
        Msisdn::parse(&person(number)).unwrap()
    }

    /// Something else at each try, of so many digits, and never right.
    fn next(&mut self, digits: u32) -> String {
        self.tries += 1;
        let range = 10_u32.pow(digits - 1);
        (2 * range + self.tries % (7 * range)).to_string()
    }

    /// A new session of a line: dialled in one go, then each answer; the last screen.
    async fn walk(&mut self, number: u32, dialled: &str, answers: &[&str]) -> String {
        self.sessions += 1;
        let session = format!("ATUid_burglar_{}", self.sessions);
        let (line, mut text) = (Self::line(number), dialled.to_owned());
        let mut screen = self.inside.hop(&session, &line, &text).await;
        for answer in answers {
            text = format!("{text}*{answer}");
            screen = self.inside.hop(&session, &line, &text).await;
        }
        screen.text.clone()
    }

    /// Thousands of PINs behind the code, in one dial.
    async fn pins_behind_the_code(&mut self, count: usize) {
        let pins: Vec<_> = (0..count).map(|_| self.next(4)).collect();
        let dialled = format!("8*1*{}", pins.join("*1*"));
        self.walk(MANAGER, &dialled, &[]).await;
    }

    /// Dials again for each PIN, and goes on in a session that is over.
    async fn pins(&mut self, again: usize, over: usize) {
        for _ in 0..again {
            let pin = self.next(4);
            self.walk(MANAGER, "8*1", &[&pin]).await;
        }
        let (session, line) = (
            format!("ATUid_burglar_{}", self.sessions),
            Self::line(MANAGER),
        );
        for _ in 0..over {
            let text = format!("8*1*{}", self.next(4));
            self.inside.hop(&session, &line, &text).await;
        }
    }

    /// ID numbers by SMS, alone and with a keyword.
    async fn ids_by_sms(&mut self, count: usize) {
        for at in 0..count {
            let id = self.next(8);
            let words = if at % 2 == 0 {
                id
            } else {
                format!("DETAILS {id}")
            };
            self.inside.text(&Self::line(TEXTER), &words).await;
        }
    }

    /// The line of somebody whose ID number is known is said to be lost, each time from
    /// another one.
    async fn lost_lines(&mut self, count: usize) {
        for _ in 0..count {
            let tsc = self.next(6);
            let dialled = format!("2*1*90000002*{tsc}");
            self.walk(10_000 + self.sessions, &dialled, &["1980"]).await;
        }
    }

    /// Codes for a new number, by somebody who has the phone and knows the PIN.
    async fn codes(&mut self, count: usize) {
        for _ in 0..count {
            let code = self.next(6);
            self.walk(MOVER, "5*0700000020", &["1", "1234", &code])
                .await;
        }
    }

    /// Passwords for somebody, from one address on the site; how many requests were taken.
    async fn passwords(&mut self, count: usize) -> usize {
        let (dialogue, now) = (&self.inside.dialogue, self.inside.clock.now());
        let (store, tools) = (&dialogue.store, &dialogue.tools);
        let asked = Forgotten {
            line: Self::line(1),
            language: Language::En,
            channel: "at".into(),
        };
        let mut taken = 0;
        for _ in 0..count {
            self.tries += 1;
            let wait = count_request(store, tools, [203, 0, 113, 1].into(), now).await;
            if wait.unwrap().is_none() {
                forgotten(store, tools, &asked, now).await.unwrap();
                taken += 1;
            }
        }
        taken
    }
}

const MANAGER: u32 = 3;
const TEXTER: u32 = 4;
const MOVER: u32 = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_tries_in_a_day_are_as_many_guesses_as_the_policy_gives() {
    // Three at once, then three after 15, 30, 60 … minutes: seven locks.
    let tries = burgle(Database::sqlite(), 24, 21).await;
    assert!(tries >= 100_000, "{tries}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tries_are_counted_alike_on_postgresql() {
    burgle(Database::postgres().await, 4, 12).await;
}

/// Tries every way in, every hour; each secret may be guessed at so often.
async fn burgle(database: Database, hours: u32, guesses: i64) -> u32 {
    const MOST_AT_ONE: &str = "SELECT MAX(failures) FROM guesses";
    const AT: &str = "SELECT COUNT(*) FROM guesses WHERE failures > 0";
    const PASSWORDS: &str = "SELECT COUNT(*) FROM audit WHERE what LIKE 'password.re%'";
    const MOVED: &str = "SELECT COUNT(*) FROM number_changes WHERE way = 'lost_line' \
                         OR state = 'made'";
    let inside = Inside::open(database).await;
    let mut burglar = Burglar {
        inside,
        tries: 0,
        sessions: 0,
    };
    assert_eq!(burglar.passwords(30).await, 20);
    for _ in 0..hours {
        burglar.pins_behind_the_code(3700).await;
        burglar.pins(10, 500).await;
        burglar.ids_by_sms(10).await;
        burglar.lost_lines(10).await;
        burglar.codes(5).await;
        burglar.inside.clock.advance(Duration::from_hours(1));
    }
    assert_eq!(burglar.inside.count(MOST_AT_ONE).await, guesses);
    // At a PIN, an ID number, the facts behind another, and a code.
    assert_eq!(burglar.inside.count(AT).await, 4);
    assert_eq!(burglar.inside.count(PASSWORDS).await, 1);
    // The right ones come too late.
    let locked = burglar.walk(MANAGER, "8*1", &[]).await;
    assert!(locked.starts_with("Too many wrong tries."), "{locked}");
    burglar.walk(20_000, "2*1*90000002*500002", &["1980"]).await;
    assert_eq!(burglar.inside.count(MOVED).await, 0);
    burglar.inside.close().await;
    burglar.tries
}
