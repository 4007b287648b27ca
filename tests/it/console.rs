//! The console: people are looked up and helped, requests decided, problems answered, the
//! whole of it seen.

use cp2::domain::JointDeed;
use serde_json::json;

use crate::api::System;
use crate::harness::program::run;
use crate::harness::service::{TestService, person};
use crate::harness::{Database, Office, Surfer, with_each_database};
use crate::staff::{at_the_console, leads_to, with_staff};

with_each_database!(
    somebody_who_calls_is_found_by_any_number_and_helped,
    requests_are_decided_with_what_is_known_beside_them,
    a_manager_sees_how_it_goes_and_steers_and_an_auditor_sees_who_did,
    a_manager_gives_a_system_a_key_and_takes_it_back,
);

/// The page of a person, found by what they can give.
pub(crate) async fn found(surfer: &mut Surfer<'_>, number: &str) -> String {
    let page = surfer.post("/operator/people", &[("number", number)]).await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    let links = page.split("href=\"/operator/people/").skip(1);
    let ids: Vec<_> = links.filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids.len(), 1, "{number} finds {ids:?}");
    format!("/operator/people/{}", ids[0])
}

pub(crate) async fn shown(surfer: &mut Surfer<'_>, path: &str) -> String {
    let page = surfer.get(path).await;
    assert_eq!(page.status(), 200);
    page.text().await.unwrap()
}

/// Posts a deed; the word that the page after it would say.
pub(crate) async fn deed(surfer: &mut Surfer<'_>, to: &str, fields: &[(&str, &str)]) -> String {
    let answer = surfer.post(to, fields).await;
    let (_, word) = leads_to(&answer).split_once("?said=").unwrap();
    word.to_owned()
}

async fn somebody_who_calls_is_found_by_any_number_and_helped(database: Database) {
    let service = with_staff(database, |_| {}).await;
    service.phone(2).walk(&["1", "1"]).await;
    service.sms_of(&person(2), 1).await;
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
    let searches = "SELECT COUNT(*) FROM audit WHERE what = 'people.searched' AND subject IS NULL";
    assert_eq!(service.count(searches).await, 4);
    let found = "SELECT COUNT(*) FROM audit a JOIN people p ON p.id = a.subject \
                 WHERE what = 'people.searched' AND national_id = '90000002'";
    assert_eq!(service.count(found).await, 4);

    let help = format!("{path}/help");
    let revoke = page.split("value=\"revoke\"").nth(1).unwrap();
    let which = revoke.split("name=\"which\" value=\"").nth(1).unwrap();
    let which = which.split('"').next().unwrap();
    let revoke = [("deed", "revoke"), ("which", which)];
    assert_eq!(deed(&mut desk, &help, &revoke).await, "done");
    assert_eq!(deed(&mut desk, &help, &revoke).await, "nothing");
    assert_eq!(
        deed(&mut desk, &help, &[("deed", "unlock")]).await,
        "nothing"
    );
    assert_eq!(
        deed(&mut desk, &help, &[("deed", "password")]).await,
        "done"
    );
    let sms = service.sms_of(&person(2), 2).await;
    assert!(sms[0].text.contains("password"), "{}", sms[0].text);
    let by = "SELECT COUNT(*) FROM audit WHERE what IN ('password.reset', 'link.revoked') \
              AND actor = 'operator:helpdesk' AND subject IS NOT NULL";
    assert_eq!(service.count(by).await, 2);
    service.stop().await;
}

/// The reference that a page offers to decide about.
fn reference(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"reference\" value=\"").unwrap();
    rest.split('"').next().unwrap()
}

async fn requests_are_decided_with_what_is_known_beside_them(database: Database) {
    let service = with_staff(database, |config| {
        config.operator.four_eyes = vec![JointDeed::LostLine];
    })
    .await;
    let claim = ["2", "1", "90000002", "500002", "1980"];
    service.phone(99).walk(&claim).await;
    let mut data = at_the_console(&service, "data").await;
    let mut manager = at_the_console(&service, "operator").await;
    let seen = shown(&mut data, "/operator/requests").await;
    for said in ["254700000002", "254700000099", "500002"] {
        assert!(seen.contains(said), "{said}: {seen}");
    }
    let read = "SELECT COUNT(*) FROM audit a JOIN people p ON p.id = a.subject \
                WHERE what = 'requests.read' AND national_id = '90000002'";
    assert_eq!(service.count(read).await, 1);
    let approve = [("reference", reference(&seen)), ("decision", "approve")];
    let lines = "/operator/requests/lines";
    assert_eq!(deed(&mut data, lines, &approve).await, "first");
    assert_eq!(deed(&mut data, lines, &approve).await, "first");
    assert_eq!(deed(&mut manager, lines, &approve).await, "done");
    assert_eq!(deed(&mut manager, lines, &approve).await, "not_waiting");
    let moved = "SELECT COUNT(*) FROM people WHERE national_id = '90000002' \
                 AND msisdn = '254700000099'";
    assert_eq!(service.count(moved).await, 1);

    let report = ["6", "2", "My town is Maragua", "1"];
    service.phone(4).walk(&report).await;
    let problems = "/operator/problems";
    let mut desk = at_the_console(&service, "helpdesk").await;
    let seen = shown(&mut desk, problems).await;
    assert!(seen.contains("My town is Maragua"), "{seen}");
    let read = "SELECT COUNT(*) FROM audit a JOIN people p ON p.id = a.subject \
                WHERE what = 'problems.read' AND national_id = '90000004'";
    assert_eq!(service.count(read).await, 1);
    let office = Office::at(&service);
    let said = run(&mut office.command(&["operator", "problems", "list", "--by", "otieno"]));
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(service.count(read).await, 2);
    let reference = ("reference", reference(&seen));
    let nothing = [reference, ("step", "answer"), ("text_en", " ")];
    assert_eq!(deed(&mut desk, problems, &nothing).await, "too_long");
    let answer = [reference, ("step", "answer"), ("text_en", "It is mended.")];
    assert_eq!(deed(&mut desk, problems, &answer).await, "done");
    service.sms_of(&person(4), 2).await;
    service.stop().await;
}

/// Makes a campaign at the console, after one with faults, and tries it on a phone.
async fn made_campaign(manager: &mut Surfer<'_>, service: &TestService) -> String {
    let form = "/operator/campaigns/new";
    let mut fields = vec![
        ("name", "Report"),
        ("series", "KCSE 2026"),
        ("role", "INV"),
        ("role", "SUP"),
        ("county", "Nairobi"),
        ("segments", "1"),
        ("text_en", "CP2: report at {centre_name}."),
        ("text_sw", "CP2: fika {center_name}."),
    ];
    let refused = manager.post(form, &fields).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    let (ticked, wrong) = ("value=\"SUP\" checked", "{center_name}");
    assert!(page.contains(ticked) && page.contains(wrong), "{page}");
    assert!(!page.contains("value=\"EXM\" checked"), "{page}");

    fields.retain(|(name, _)| !["role", "county", "text_sw"].contains(name));
    fields.push(("text_sw", "CP2: fika {centre_name}."));
    let made = manager.post(form, &fields).await;
    let (path, word) = leads_to(&made).split_once("?said=").unwrap();
    assert_eq!(word, "made");
    let trial = format!("{path}/trial");
    let (nobody, own) = ([("to", "12")], [("to", "0700 000 099")]);
    assert_eq!(deed(manager, &trial, &nobody).await, "no_number");
    assert_eq!(deed(manager, &trial, &own).await, "tried");
    let sms = service.sms_of(&person(99), 2).await;
    assert!(sms.iter().any(|sms| sms.text.starts_with("CP2: fika ")));
    path.to_owned()
}

async fn a_manager_sees_how_it_goes_and_steers_and_an_auditor_sees_who_did(database: Database) {
    let service = with_staff(database, |_| {}).await;
    service.phone(1).walk(&["3", "1"]).await;
    service.outbox_comes_to(&[("delivered", 1)]).await;
    service
        .execute("INSERT INTO channel_states VALUES ('old', 'stopped', 'wrong key', 1, NULL)")
        .await;
    let mut viewer = at_the_console(&service, "viewer").await;
    let board = shown(&mut viewer, "/operator/board").await;
    for said in [
        "credential",
        "delivered 1",
        "stopped: wrong key",
        "KES 0.80",
    ] {
        assert!(board.contains(said), "{said}: {board}");
    }
    assert!(!board.contains("Resume"), "{board}");
    // It stands still until somebody wants to watch it, and again when they have enough.
    assert!(!board.contains("http-equiv=\"refresh\""), "{board}");
    let watched = "/operator/board?watching=1";
    assert!(board.contains(&format!("href=\"{watched}\"")), "{board}");
    let board = shown(&mut viewer, watched).await;
    let refresh = format!("<meta http-equiv=\"refresh\" content=\"15;url={watched}\">");
    assert!(board.contains(&refresh), "{board}");
    assert!(
        board.contains("<a href=\"/operator/board\">Stop"),
        "{board}"
    );
    let map = viewer.get("/operator/menus.svg").await;
    assert_eq!(map.headers()["content-type"], "image/svg+xml");
    let mut manager = at_the_console(&service, "operator").await;
    let resume = [("channel", "old")];
    assert_eq!(
        deed(&mut manager, "/operator/board/resume", &resume).await,
        "done"
    );

    let path = made_campaign(&mut manager, &service).await;
    let draft = shown(&mut viewer, &path).await;
    let (before, _) = draft.split_once(" SMS of 1 a text").unwrap();
    let people = before.rsplit('>').next().unwrap().parse::<i64>().unwrap();
    assert!(people > 0 && !draft.contains("Start"), "{draft}");
    let start = [("step", "start")];
    assert_eq!(
        deed(&mut manager, &format!("{path}/steps"), &start).await,
        "done"
    );
    service
        .count_comes_to("SELECT COUNT(*) FROM campaigns WHERE state = 'done'", 1)
        .await;
    service.outbox_comes_to(&[("delivered", people + 3)]).await;
    let done = shown(&mut manager, &path).await;
    assert!(
        done.contains(&format!("0 of {people} people wait")),
        "{done}"
    );
    let table = shown(&mut manager, &format!("{path}/results.csv")).await;
    assert!(table.contains(&person(1)), "{table}");

    let mut auditor = at_the_console(&service, "auditor").await;
    let log = shown(&mut auditor, "/operator/audit?actor=operator:operator").await;
    for said in ["operator.login", "channel.resumed", "campaign.started"] {
        assert!(log.contains(said), "{said}: {log}");
    }
    let log = shown(&mut auditor, "/operator/audit?what=channel").await;
    assert!(log.contains("channel.resumed") && !log.contains("campaign.started"));
    service.stop().await;
}

async fn a_manager_gives_a_system_a_key_and_takes_it_back(database: Database) {
    let service = with_staff(database, |config| config.api.webhooks_may_be_local = true).await;
    let mut manager = at_the_console(&service, "operator").await;
    let (page, keys) = ("/operator/systems", "/operator/systems/keys");
    let named = ("client", "payroll");
    let (days, scope) = (("days", "30"), ("scope", "people:read"));
    for (fields, word) in [
        ([("client", "1"), days, scope], "no_client"),
        ([named, ("days", "0"), scope], "no_days"),
        ([named, ("days", "732"), scope], "no_days"),
        ([named, days, ("scope", "everything")], "no_scope"),
        ([named, days, ("other", "x")], "no_scope"),
    ] {
        assert_eq!(deed(&mut manager, keys, &fields).await, word);
    }
    let fields = [named, days, scope, ("scope", "webhooks:manage")];
    let made = manager.post(keys, &fields).await.text().await.unwrap();
    let key = made.split("<code>").nth(1).unwrap();
    let key = key.split("</code>").next().unwrap();
    let system = System::holding(&service, key);
    assert_eq!(system.get("/people?limit=1").await.status, 200);
    assert_eq!(system.get("/centres").await.status, 403);
    let hook = json!({ "url": "http://127.0.0.1:9/s3cret", "events": ["person.added"] });
    let hook = system.takes("/webhooks", &hook).await;
    let seen = shown(&mut manager, page).await;
    for said in [
        "payroll",
        "people:read, webhooks:manage",
        "holds",
        "person.added",
        "127.0.0.1",
    ] {
        assert!(seen.contains(said), "{said}: {seen}");
    }
    for hidden in [key, "s3cret"] {
        assert!(!seen.contains(hidden), "{hidden}");
    }

    let id = ("id", hook["webhook"]["id"].as_str().unwrap());
    let rotated = manager.post(page, &[("deed", "rotate"), id]).await;
    let rotated = rotated.text().await.unwrap();
    assert!(rotated.contains("<code>whsec_"), "{rotated}");
    assert!(
        rotated.contains("the secret before signs until"),
        "{rotated}"
    );
    assert_eq!(
        deed(&mut manager, page, &[("deed", "remove"), id]).await,
        "done"
    );
    assert_eq!(
        deed(&mut manager, page, &[("deed", "remove"), id]).await,
        "nothing"
    );
    let known = ("id", key.split('_').nth(1).unwrap());
    assert_eq!(
        deed(&mut manager, page, &[("deed", "revoke"), known]).await,
        "done"
    );
    assert_eq!(
        deed(&mut manager, page, &[("deed", "revoke"), known]).await,
        "nothing"
    );
    assert_eq!(system.get("/people").await.status, 401);
    let by = "SELECT COUNT(*) FROM audit WHERE actor = 'operator:operator' AND what IN \
              ('api-key.added', 'api-key.revoked', 'webhook.rotated', 'webhook.removed')";
    assert_eq!(service.count(by).await, 4);
    let kept = format!("{:?}", service.contents().await);
    assert!(!kept.contains(key));
    service.stop().await;
}
