//! The API as systems of the council call it: keys, rows, credentials, notices, pages.

use std::collections::BTreeSet;
use std::time::Duration;

use cp2::actions::api::add_key;
use cp2::domain::{ClientName, Clock, Scope};
use futures_util::future::join_all;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::harness::program::{Said, run};
use crate::harness::service::{password_in, person};
use crate::harness::{Database, Office, TestService, on_each_database, with_each_database};

on_each_database!(
    a_key_opens_what_its_scopes_say_until_it_is_taken_back,
    rows_are_taken_by_the_rules_of_an_import_and_twice_change_nothing,
    a_row_that_is_wrong_refuses_all_unless_the_good_ones_are_to_be_kept,
    a_repeat_gets_the_first_answer_and_sends_nothing,
    the_portal_learns_whether_a_password_holds_and_counts_with_the_site,
    a_page_begins_where_the_one_before_ended,
    what_has_changed_since_is_read_in_the_order_of_the_changes,
    what_cannot_be_read_is_told_as_a_problem,
);
with_each_database!(a_key_that_asks_too_often_is_told_to_wait);

/// A system of the council with a key.
pub(crate) struct System<'a> {
    service: &'a TestService,
    key: String,
}

/// An answer that was read.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Value,
}

impl Read {
    async fn from(response: Response) -> Self {
        let header = |name| {
            let value = response.headers().get(name)?;
            Some(value.to_str().unwrap().to_owned())
        };
        let (kind, retry_after) = (header("content-type"), header("retry-after"));
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        Self {
            status,
            kind: kind.unwrap_or_default(),
            retry_after,
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
        }
    }

    /// The kind of problem that it tells of.
    fn problem(&self) -> (u16, &str) {
        assert_eq!(self.kind, "application/problem+json", "{self:?}");
        assert_eq!(self.body["status"], self.status);
        let kind = self.body["type"].as_str().unwrap();
        (self.status, kind.strip_prefix("urn:cp2:problem:").unwrap())
    }
}

impl<'a> System<'a> {
    /// The portal, with a key of these scopes.
    pub(crate) async fn with(service: &'a TestService, scopes: &[Scope]) -> Self {
        Self::named(service, "portal", scopes).await
    }

    /// The system of that name, with a key of these scopes.
    pub(crate) async fn named(service: &'a TestService, name: &str, scopes: &[Scope]) -> Self {
        let client = ClientName::parse(name).unwrap();
        let (life, now) = (Duration::from_hours(24 * 30), service.clock.now());
        let mut tx = service.store.begin().await.unwrap();
        let key = add_key(&mut tx, (&client, scopes), life, "operator:test", now).await;
        tx.commit().await.unwrap();
        let key = key.unwrap().reveal().as_str().to_owned();
        Self { service, key }
    }

    /// A system with that key.
    pub(crate) fn holding(service: &'a TestService, key: &str) -> Self {
        let key = key.to_owned();
        Self { service, key }
    }

    pub(crate) async fn with_all(service: &'a TestService) -> Self {
        Self::with(service, &Scope::ALL).await
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>, once: &str) -> Read {
        let url = format!("{}/api/v1{path}", self.service.base);
        let mut request = self.service.client.request(method, url);
        request = request.bearer_auth(&self.key);
        if let Some(body) = body {
            let text = body.to_string();
            request = request
                .header("content-type", "application/json")
                .body(text);
        }
        if !once.is_empty() {
            request = request.header("idempotency-key", once);
        }
        Read::from(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Read {
        self.call(Method::GET, path, None, "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Read {
        self.call(Method::POST, path, Some(body), "").await
    }

    pub(crate) async fn delete(&self, path: &str) -> Read {
        self.call(Method::DELETE, path, None, "").await
    }

    /// What was posted, where it must be taken.
    pub(crate) async fn takes(&self, path: &str, body: &Value) -> Value {
        let answer = self.post(path, body).await;
        assert!((200..300).contains(&answer.status), "{path}: {answer:?}");
        answer.body
    }

    /// The id of whoever holds the line of that number.
    pub(crate) async fn id_of(&self, number: u32) -> String {
        let found = self
            .takes("/people/search", &json!({ "phone": person(number) }))
            .await;
        found["items"][0]["id"].as_str().unwrap().to_owned()
    }
}

async fn a_key_opens_what_its_scopes_say_until_it_is_taken_back(service: &TestService) {
    let desk = Office::at(service);
    let said =
        |more: &[&str]| -> Said { run(&mut desk.command(&[&["api", "key"], more].concat())) };
    let scopes = ["--scope", "people:read", "--scope", "centres:read"];
    let made = said(&[&["add", "portal", "--by", "wanjiku"], &scopes[..]].concat());
    assert_eq!(made.code, Some(0), "{}", made.err);
    let system = System {
        service,
        key: made.out.trim().to_owned(),
    };
    assert!(system.key.starts_with("cp2_"));
    assert_eq!(system.get("/people").await.status, 200);
    assert_eq!(system.get("/deployments").await.problem(), (403, "scope"));
    let other = if system.key.ends_with('0') { "1" } else { "0" };
    let twisted = format!("{}{other}", &system.key[..system.key.len() - 1]);
    for key in ["", "cp2_", "x", twisted.as_str()] {
        let stranger = System {
            service,
            key: key.to_owned(),
        };
        assert_eq!(stranger.get("/people").await.problem(), (401, "no-key"));
    }
    let bare = service.get("/api/v1/people").await;
    assert_eq!(bare.headers()["www-authenticate"], "Bearer");

    let listed: Value = serde_json::from_str(&said(&["list", "--json"]).out).unwrap();
    let id = listed[0]["id"].as_str().unwrap();
    assert_eq!(listed[0]["scopes"], json!(["people:read", "centres:read"]));
    assert!(listed[0]["last_used_at"].is_i64());
    assert_eq!(said(&["revoke", id, "--by", "otieno"]).code, Some(0));
    let after = system.get("/people").await;
    assert_eq!(after.problem(), (401, "no-key"));
    assert!(
        after.body["detail"]
            .as_str()
            .unwrap()
            .contains("taken back")
    );
    let twice = said(&["revoke", id, "--by", "otieno"]);
    assert_eq!(twice.code, Some(1));

    let short = System::with(service, &[Scope::PeopleRead]).await;
    service.clock.advance(Duration::from_hours(24 * 30));
    let late = short.get("/people").await;
    assert_eq!(late.problem(), (401, "no-key"));
    assert!(late.body["detail"].as_str().unwrap().contains("expired"));

    let kept = format!("{:?}", service.contents().await);
    for key in [&system.key, &short.key] {
        assert!(!kept.contains(key.rsplit('_').next().unwrap()));
    }
    for what in ["api-key.added", "api-key.revoked", "people.listed"] {
        assert!(kept.contains(what), "{what} stands in the audit log");
    }
}

fn centre(code: &str) -> Value {
    json!({
        "centre_code": code, "name": "Mfano Girls High School", "county": "Nakuru",
        "sub_county": "Naivasha", "distribution_centre": "Naivasha",
    })
}

fn professional(id: &str, phone: &str) -> Value {
    json!({ "national_id": id, "name": "Kamau Peter Njoroge", "phone": phone, "birth_year": 1985 })
}

fn work(id: &str, code: &str) -> Value {
    json!({
        "national_id": id, "centre_code": code, "series": "KCSE 2026", "role": "INV",
        "reports_on": "2026-10-16", "reports_hour": "07:00", "starts_on": "2026-10-19",
        "ends_on": "2026-11-20", "rate_kes": 550,
    })
}

/// New, changed, same and rejected rows, and people told.
fn sums(value: &Value) -> [u64; 5] {
    ["new", "changed", "same", "rejected", "told"].map(|name| value[name].as_u64().unwrap())
}

async fn rows_are_taken_by_the_rules_of_an_import_and_twice_change_nothing(service: &TestService) {
    let system = System::with_all(service).await;
    let steps = [
        ("/centres", centre("99208199"), [1, 0, 0, 0, 0]),
        (
            "/people",
            professional("92000101", "0700 000 501"),
            [1, 0, 0, 0, 0],
        ),
        (
            "/deployments",
            work("92000101", "99208199"),
            [1, 0, 0, 0, 1],
        ),
    ];
    for (path, row, comes_to) in &steps {
        let dry = system
            .takes(path, &json!({ "rows": [row], "dry_run": true }))
            .await;
        assert_eq!(sums(&dry), *comes_to, "{path}");
        let taken = system.takes(path, &json!({ "rows": [row] })).await;
        assert_eq!(sums(&taken), *comes_to, "{path}");
        let again = system.takes(path, &json!({ "rows": [row] })).await;
        assert_eq!(sums(&again), [0, 0, 1, 0, 0], "{path}");
    }
    let told = service.sms_of("254700000501", 1).await;
    assert!(told[0].text.contains("99208199"), "{}", told[0].text);

    let found = system
        .takes("/people/search", &json!({ "national_id": "92000101" }))
        .await;
    let id = found["items"][0]["id"].as_str().unwrap();
    let read = system.get(&format!("/people/{id}")).await.body;
    assert_eq!(
        (&read["phone"], &read["birth_year"]),
        (&json!("254700000501"), &json!(1985))
    );
    let at_centre = system.get("/deployments?centre_code=99208199").await.body;
    let of_person = system.get(&format!("/deployments?person={id}")).await.body;
    assert_eq!(at_centre, of_person);
    let deployment = &of_person["items"][0];
    assert_eq!(deployment["reports_at"], "2026-10-16T07:00:00+03:00");
    assert_eq!(deployment["state"], "posted");
    let path = format!("/deployments/{}", deployment["id"].as_str().unwrap());
    assert_eq!(system.get(&path).await.body, *deployment);
    let centre = system.get("/centres/99208199").await.body;
    assert_eq!(centre["sub_county"], "Naivasha");

    let mut phone = service.phone_of("254700000501");
    assert!(
        phone.walk(&["1"]).await.contains("99208199"),
        "the phone shows it at once"
    );
    let mut cancelled = work("92000101", "99208199");
    cancelled["state"] = json!("cancelled");
    let quietly = json!({ "rows": [cancelled], "tell": false });
    assert_eq!(
        sums(&system.takes("/deployments", &quietly).await),
        [0, 1, 0, 0, 0]
    );
    assert_eq!(system.get(&path).await.body["state"], "cancelled");
    let kept = format!("{:?}", service.contents().await["audit"]);
    for what in [
        "api:portal",
        "import.deployments",
        "person.read",
        "people.searched",
    ] {
        assert!(kept.contains(what), "{what} stands in the audit log");
    }
}

async fn a_row_that_is_wrong_refuses_all_unless_the_good_ones_are_to_be_kept(
    service: &TestService,
) {
    let system = System::with_all(service).await;
    let rows = json!([
        professional("92000101", "0700000501"),
        { "national_id": "90000001", "name": "Somebody Else" },
        professional("92000103", "0700000002"),
        { "national_id": "92000104", "name": "Wekesa Anne", "kra_pin": "nonsense" },
    ]);
    let refused = system.post("/people", &json!({ "rows": rows })).await;
    assert_eq!(refused.problem(), (422, "refused"));
    let errors = refused.body["errors"].as_array().unwrap();
    let told: Vec<_> = errors
        .iter()
        .map(|error| {
            (
                error["row"].as_u64().unwrap(),
                error["field"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [(2, "national_id"), (3, "phone"), (4, "kra_pin")]);
    assert_eq!(errors[1]["value"], "***002", "what is private is masked");
    let nobody = json!({ "national_id": "92000101" });
    assert_eq!(
        system.takes("/people/search", &nobody).await["items"],
        json!([])
    );
    let kept = system
        .takes("/people", &json!({ "rows": rows, "keep_good": true }))
        .await;
    assert_eq!(sums(&kept), [1, 0, 0, 3, 0]);
    let found = system.takes("/people/search", &nobody).await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
}

/// Sends a notice under a name of its own.
async fn once(system: &System<'_>, notice: &Value) -> Read {
    let path = "/notices";
    system
        .call(Method::POST, path, Some(notice), "payment-7")
        .await
}

async fn a_repeat_gets_the_first_answer_and_sends_nothing(service: &TestService) {
    let system = System::with_all(service).await;
    let notice = json!({
        "person": system.id_of(7).await,
        "text": { "en": "Paid, {name}.", "sw": "Umelipwa, {name}." },
    });
    let answers = join_all((0..5).map(|_| once(&system, &notice))).await;
    let ids: BTreeSet<_> = answers
        .iter()
        .map(|answer| {
            assert_eq!(answer.status, 202, "{answer:?}");
            answer.body["message"].as_str().unwrap()
        })
        .collect();
    assert_eq!(ids.len(), 1);
    let sms = service.sms_of(&person(7), 1).await;
    assert!(sms[0].text.starts_with("Umelipwa, "), "{}", sms[0].text);
    let mut other = notice.clone();
    other["text"]["en"] = json!("Not paid.");
    let other = once(&system, &other).await;
    assert_eq!(other.problem(), (422, "other-request"));
    let message = format!("/messages/{}", ids.first().unwrap());
    service
        .count_comes_to("SELECT COUNT(*) FROM outbox WHERE state = 'delivered'", 1)
        .await;
    let read = system.get(&message).await.body;
    assert_eq!(
        (&read["state"], &read["lane"]),
        (&json!("delivered"), &json!("notice"))
    );
    let of_person = format!("/people/{}/messages", read["person"].as_str().unwrap());
    assert_eq!(system.get(&of_person).await.body["items"], json!([read]));

    // Another name, another notice; after a day a name is free again.
    system.takes("/notices", &notice).await;
    service.sms_of(&person(7), 2).await;
    let kept = service.contents().await;
    assert_eq!(kept["api_answers"].len(), 1);
    assert!(
        !format!("{:?}", kept["api_answers"]).contains(ids.first().unwrap()),
        "sealed"
    );

    let nowhere =
        json!({ "person": "0192f3a1-7b40-7c3e-9a51-2f0c6d1e8b77", "text": notice["text"] });
    assert_eq!(
        system.post("/notices", &nowhere).await.problem(),
        (404, "not-found")
    );
    let mut odd = notice.clone();
    odd["text"]["en"] = json!("Paid \u{1f389} {nick}");
    let refused = system.post("/notices", &odd).await;
    assert_eq!(refused.problem(), (422, "refused"));
    assert!(refused.body["detail"].as_str().unwrap().contains("{nick}"));
}

async fn the_portal_learns_whether_a_password_holds_and_counts_with_the_site(
    service: &TestService,
) {
    let system = System::with(service, &[Scope::CredentialsVerify, Scope::PeopleRead]).await;
    let verify = async |user: &str, password: &str| {
        let typed = json!({ "user_name": user, "password": password });
        let told = system.takes("/credentials/verify", &typed).await;
        let verdict = told["verdict"].as_str().unwrap().to_owned();
        (verdict, told)
    };
    let (yes, told) = verify("0700000001", "karibu2026").await;
    assert_eq!(yes, "yes");
    assert_eq!(told["person"], system.id_of(1).await);
    assert_eq!(
        verify("99208105", "karibu2026").await.0,
        "yes",
        "the manager of a centre"
    );
    let (no, told) = verify("0700000001", "guessed").await;
    let (nobody, same) = verify("0700000098", "guessed").await;
    assert_eq!((no.as_str(), nobody.as_str()), ("no", "no"));
    assert_eq!(told, same, "who is known is not told");

    service.phone(2).walk(&["3", "1"]).await;
    let sms = service.sms_of(&person(2), 1).await;
    let given = password_in(&sms[0].text);
    assert_eq!(verify("0700000002", "karibu2026").await.0, "no");
    assert_eq!(verify("0700000002", given).await.0, "must_change");

    // Five tries in fifteen minutes, wherever they are made.
    for _ in 0..4 {
        assert!(!service.can_log_in(&person(5), "guessed").await);
    }
    assert_eq!(verify("0700000005", "guessed").await.0, "no");
    let (locked, told) = verify("0700000005", "karibu2026").await;
    assert_eq!(
        (locked.as_str(), &told["retry_after_s"]),
        ("locked", &json!(900))
    );

    service
        .count_comes_to(
            "SELECT COUNT(*) FROM audit WHERE actor = 'api:portal' AND what = 'login.failed'",
            3,
        )
        .await;
    let kept = format!("{:?}", service.contents().await);
    assert!(!kept.contains("guessed") && !kept.contains(given));
}

async fn a_page_begins_where_the_one_before_ended(service: &TestService) {
    let system = System::with_all(service).await;
    let before = service.count("SELECT COUNT(*) FROM people").await;
    let (mut seen, mut after, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = system.get(&format!("/people?limit=3{after}")).await.body;
        for item in page["items"].as_array().unwrap() {
            seen.push(item["id"].as_str().unwrap().to_owned());
        }
        // Somebody comes while it is read: nobody is read twice or left out for that.
        pages += 1;
        if pages <= 2 {
            let row = professional(&format!("9200020{pages}"), &format!("070000060{pages}"));
            system.takes("/people", &json!({ "rows": [row] })).await;
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let different: BTreeSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), different.len()), (different.len(), seen.len()));
    assert_eq!(i64::try_from(seen.len()).unwrap(), before + 2);
    let mut codes = Vec::new();
    let mut after = String::new();
    while let Some(next) = {
        let page = system.get(&format!("/centres?limit=1{after}")).await.body;
        codes.push(page["items"][0]["code"].as_str().unwrap().to_owned());
        page["next"].as_str().map(str::to_owned)
    } {
        after = format!("&after={next}");
    }
    assert!(codes.is_sorted() && codes.len() > 2, "{codes:?}");
}

async fn what_has_changed_since_is_read_in_the_order_of_the_changes(service: &TestService) {
    let system = System::with_all(service).await;
    for (list, all) in [
        ("/people/changed", "SELECT COUNT(*) FROM people"),
        ("/deployments/changed", "SELECT COUNT(*) FROM deployments"),
    ] {
        let (mut ids, mut after) = (BTreeSet::new(), String::new());
        while !after.is_empty() || ids.is_empty() {
            let page = system.get(&format!("{list}?limit=3{after}")).await.body;
            for item in page["items"].as_array().unwrap() {
                assert!(ids.insert(item["now"]["id"].as_str().unwrap().to_owned()));
            }
            let next = page["next"].as_str();
            after = next.map_or(String::new(), |next| format!("&after={next}"));
        }
        assert_eq!(i64::try_from(ids.len()).unwrap(), service.count(all).await);
    }
    let since = "since=2026-10-05T06:01:00Z";
    let changed = async |list: &str| system.get(&format!("{list}/changed?{since}")).await.body;
    assert_eq!(changed("/people").await["items"], json!([]));
    service.clock.advance(Duration::from_mins(61));
    service.phone(6).walk(&["10", "1", "1", "90000006"]).await;
    let row = json!({ "national_id": "90000004", "name": "Barasa Joel Wekesa", "town": "Kitale" });
    let row = system.post("/people", &json!({ "rows": [row] })).await;
    assert_eq!(row.status, 200, "{row:?}");
    let people = changed("/people").await;
    assert_eq!(people["items"].as_array().unwrap().len(), 1, "{people}");
    assert_eq!(people["items"][0]["now"]["town"], "Kitale");
    let work = changed("/deployments").await;
    assert_eq!(work["items"].as_array().unwrap().len(), 1, "{work}");
    assert_eq!(work["items"][0]["now"]["state"], "posted");
    for misread in [
        "since=yesterday",
        "after=1",
        "after=1.x",
        "since=2026-10-05",
    ] {
        let answer = system.get(&format!("/people/changed?{misread}")).await;
        assert_eq!(answer.problem(), (400, "unreadable"), "{misread}");
    }
}

async fn what_cannot_be_read_is_told_as_a_problem(service: &TestService) {
    let system = System::with_all(service).await;
    for (path, body, problem) in [
        ("/notices", json!({}), (400, "unreadable")),
        ("/notices", json!([1]), (400, "unreadable")),
        ("/people", json!({ "rows": [] }), (400, "unreadable")),
        (
            "/people",
            json!({ "rows": [{ "nick": "x" }] }),
            (400, "unreadable"),
        ),
        ("/people/search", json!({}), (422, "refused")),
        ("/people/search", json!({ "phone": "12" }), (422, "refused")),
        (
            "/webhooks",
            json!({ "url": "https://10.0.0.1/", "events": ["person.added"] }),
            (422, "refused"),
        ),
        (
            "/webhooks",
            json!({ "url": "http://portal.example.org/", "events": ["person.added"] }),
            (422, "refused"),
        ),
        (
            "/webhooks",
            json!({ "url": "https://portal.example.org/", "events": ["all"] }),
            (400, "unreadable"),
        ),
        (
            "/people",
            json!({ "rows": "x".repeat(1024 * 1024) }),
            (413, "too-large"),
        ),
    ] {
        assert_eq!(system.post(path, &body).await.problem(), problem, "{path}");
    }
    for (path, problem) in [
        ("/people/1", (400, "unreadable")),
        ("/people?limit=0", (400, "unreadable")),
        ("/people?limt=5", (400, "unreadable")),
        (
            "/people/0192f3a1-7b40-7c3e-9a51-2f0c6d1e8b77",
            (404, "not-found"),
        ),
        ("/centres/99999999", (404, "not-found")),
        ("/nothing", (404, "not-found")),
        ("/notices", (405, "wrong-method")),
    ] {
        assert_eq!(system.get(path).await.problem(), problem, "{path}");
    }
    let secret = json!({ "user_name": "0700000001", "password": ["hunter2"] });
    let answer = system.post("/credentials/verify", &secret).await;
    assert_eq!(answer.problem(), (400, "unreadable"));
    let detail = answer.body["detail"].as_str().unwrap();
    assert!(
        detail.contains("`password`") && !detail.contains("hunter2"),
        "{detail}"
    );
    let form = service.post("/api/v1/notices", &[("text", "x")]).await;
    assert_eq!(form.status(), 401, "who asks comes first");
    let url = format!("{}/api/v1/notices", service.base);
    let plain = service.client.post(url).bearer_auth(&system.key).body("{}");
    let plain = Read::from(plain.send().await.unwrap()).await;
    assert_eq!(plain.problem(), (415, "not-json"));
}

async fn a_key_that_asks_too_often_is_told_to_wait(database: Database) {
    let change = |config: &mut cp2::config::Config| config.api.calls_a_minute = 2;
    let service = TestService::start_with(database, change).await;
    let system = System::with_all(&service).await;
    assert_eq!(system.get("/centres").await.status, 200);
    assert_eq!(system.get("/centres").await.status, 200);
    let told = system.get("/centres").await;
    assert_eq!(told.problem(), (429, "too-many"));
    let wait: u64 = told.retry_after.unwrap().parse().unwrap();
    assert!((1..=31).contains(&wait), "{wait}");
    let other = System::with_all(&service).await;
    assert_eq!(
        other.get("/centres").await.status,
        200,
        "each key by itself"
    );
    service.stop().await;
}
