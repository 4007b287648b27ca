//! What the council sees at the console: sessions of a line, how they end, who did what; and
//! what two of its staff must want.

use std::time::Duration;

use cp2::domain::JointDeed;

use crate::console::{deed, found, shown};
use crate::harness::service::{TestService, person};
use crate::harness::{Database, Surfer, with_each_database};
use crate::staff::{at_the_console, knock, leads_to, with_staff};

with_each_database!(
    the_help_desk_sees_which_screens_a_caller_saw_and_how_it_ended,
    an_open_board_does_not_keep_its_session_alive,
    a_manager_makes_resets_and_closes_accounts_but_not_their_own,
    what_the_settings_say_takes_two,
    an_auditor_finds_a_day_pages_through_it_and_takes_it_along,
);

/// The end of a session, as Africa's Talking tells it.
async fn ends(service: &TestService, session: &str, status: &str) {
    let fields = [
        ("date", "2026-10-05 09:00:00"),
        ("sessionId", session),
        ("serviceCode", "*384*2026#"),
        ("networkCode", "63902"),
        ("phoneNumber", "+254700000002"),
        ("status", status),
        ("cost", "0.1"),
        ("durationInMillis", "100"),
        ("hopsCount", "2"),
        ("input", ""),
        ("lastAppResponse", ""),
    ];
    let answer = service.callback("ussd-end", &fields).await;
    assert_eq!(answer.status(), 200);
}

async fn the_help_desk_sees_which_screens_a_caller_saw_and_how_it_ended(database: Database) {
    let service = with_staff(database, |_| {}).await;
    let kept = "SELECT COUNT(*) FROM conversations";
    service.phone(2).walk(&["1", "1"]).await;
    service.count_comes_to(kept, 1).await;
    service.hop("left-1", &person(2), "", "63902").await;
    let mut desk = at_the_console(&service, "helpdesk").await;
    let path = found(&mut desk, "90000002").await;
    let page = shown(&mut desk, &path).await;
    for said in ["home › ", "finished 2026-10-05", "silent 2026-10-05"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    ends(&service, "left-1", "Incomplete").await;
    service.count_comes_to(kept, 2).await;
    let page = shown(&mut desk, &path).await;
    assert!(page.contains("left 2026-10-05"), "{page}");
    // What comes after it was written down is noted too.
    service.hop("late-1", &person(2), "", "63902").await;
    ends(&service, "late-1", "Success").await;
    service.count_comes_to(kept, 3).await;
    ends(&service, "late-1", "Failed").await;
    let failed = "SELECT COUNT(*) FROM conversations WHERE ending = 'failed'";
    service.count_comes_to(failed, 1).await;
    let board = shown(&mut desk, "/operator/board").await;
    assert!(board.contains("3 in the last 24 hours"), "{board}");
    for said in ["failed 1", "left 1", "finished 1"] {
        assert!(board.contains(said), "{said}: {board}");
    }
    // Another line has seen nothing, and the table does not tell whose it is.
    let other = found(&mut desk, "90000001").await;
    assert!(shown(&mut desk, &other).await.contains("None is kept."));
    let rows = service.database_contents().await["conversations"].join("\n");
    assert!(!rows.contains("700000002"), "{rows}");
    service.stop().await;
}

async fn an_open_board_does_not_keep_its_session_alive(database: Database) {
    let service = with_staff(database, |_| {}).await;
    let mut watcher = at_the_console(&service, "viewer").await;
    let mut reader = at_the_console(&service, "viewer").await;
    let idle = service_idle();
    let board = shown(&mut watcher, "/operator/board?watching=1").await;
    let (_, rest) = board.split_once("content=\"15;url=").unwrap();
    let again = rest.split('"').next().unwrap();
    for _ in 0..2 {
        service.clock.advance(idle / 2 + Duration::from_secs(61));
        let page = watcher.get(again).await;
        if page.status() != 200 {
            assert_eq!(leads_to(&page), "/operator/login");
        }
        assert_eq!(reader.get("/operator/board").await.status(), 200);
    }
    assert_eq!(leads_to(&watcher.get(again).await), "/operator/login");
    service.stop().await;
}

fn service_idle() -> Duration {
    cp2::config::Policy::default().login_idle()
}

async fn a_manager_makes_resets_and_closes_accounts_but_not_their_own(database: Database) {
    let service = with_staff(database, |_| {}).await;
    let mut manager = at_the_console(&service, "operator").await;
    let staff = "/operator/staff";
    let new = "/operator/staff/new";
    let fields = [("name", "Wanjiku"), ("role", "help-desk")];
    let made = manager.post(new, &fields).await;
    assert_eq!(made.status(), 200);
    let password = password_on(&made.text().await.unwrap());
    assert!(!shown(&mut manager, staff).await.contains(&password));
    assert_eq!(deed(&mut manager, new, &fields).await, "taken");
    assert_eq!(
        deed(&mut manager, new, &[("name", "1"), ("role", "data")]).await,
        "no_name"
    );
    let mut own = Surfer::new(&service);
    assert_eq!(
        leads_to(&knock(&mut own, "wanjiku", &password).await),
        "/operator"
    );
    assert_eq!(leads_to(&own.get("/operator").await), "/operator/password");

    let change = |what: &'static str| [("name", "wanjiku"), ("deed", what), ("role", "data")];
    assert_eq!(deed(&mut manager, staff, &change("role")).await, "done");
    // Whoever is given another role logs in anew.
    assert_eq!(leads_to(&own.get("/operator").await), "/operator/login");
    let reset = manager.post(staff, &change("reset")).await;
    let fresh = password_on(&reset.text().await.unwrap());
    assert_eq!(knock(&mut own, "wanjiku", &password).await.status(), 403);
    assert_eq!(
        leads_to(&knock(&mut own, "wanjiku", &fresh).await),
        "/operator"
    );
    assert_eq!(deed(&mut manager, staff, &change("disable")).await, "done");
    assert_eq!(leads_to(&own.get("/operator").await), "/operator/login");
    for what in ["role", "reset", "disable"] {
        let fields = [("name", "operator"), ("deed", what), ("role", "viewer")];
        assert_eq!(deed(&mut manager, staff, &fields).await, "own_account");
    }
    let mut auditor = at_the_console(&service, "auditor").await;
    let log = shown(&mut auditor, "/operator/audit?actor=operator:operator").await;
    for said in [
        "wanjiku as help-desk",
        "wanjiku to data",
        "operator.reset",
        "operator.disabled",
    ] {
        assert!(log.contains(said), "{said}: {log}");
    }
    assert!(!log.contains(&password) && !log.contains(&fresh));
    service.stop().await;
}

fn password_on(page: &str) -> String {
    let (_, rest) = page.split_once("<code>").unwrap();
    rest.split('<').next().unwrap().to_owned()
}

async fn what_the_settings_say_takes_two(database: Database) {
    let service = with_staff(database, |config| {
        let all = [JointDeed::Campaign, JointDeed::Channel, JointDeed::Account];
        config.operator.four_eyes = all.to_vec();
        config.operator.four_eyes_from_people = 2;
    })
    .await;
    // Two managers: one from the beginning, one by the database.
    service
        .execute("UPDATE staff SET role = 'manager' WHERE name = 'data'")
        .await;
    let mut one = at_the_console(&service, "operator").await;
    let mut two = at_the_console(&service, "data").await;
    service
        .execute("INSERT INTO channel_states VALUES ('old', 'stopped', 'wrong key', 1, NULL)")
        .await;
    let (board, channel) = ("/operator/board/resume", [("channel", "old")]);
    assert_eq!(deed(&mut one, board, &channel).await, "first");
    assert_eq!(deed(&mut one, board, &channel).await, "first");
    // A word of yesterday does not count.
    service.clock.advance(Duration::from_hours(25));
    let mut one = at_the_console(&service, "operator").await;
    let mut two_again = at_the_console(&service, "data").await;
    assert_eq!(deed(&mut two_again, board, &channel).await, "first");
    assert_eq!(deed(&mut one, board, &channel).await, "done");
    assert_eq!(deed(&mut one, board, &channel).await, "nothing");
    assert_eq!(leads_to(&two.get("/operator").await), "/operator/login");
    let mut two = two_again;

    let account = [("name", "wanjiku"), ("role", "viewer")];
    assert_eq!(
        deed(&mut one, "/operator/staff/new", &account).await,
        "first"
    );
    // Another role is another deed.
    let other = [("name", "wanjiku"), ("role", "manager")];
    assert_eq!(deed(&mut two, "/operator/staff/new", &other).await, "first");
    let made = two.post("/operator/staff/new", &account).await;
    assert_eq!(made.status(), 200);

    let campaign = [
        ("name", "Report"),
        ("segments", "1"),
        ("text_en", "CP2: report."),
        ("text_sw", "CP2: fika."),
    ];
    let made = one.post("/operator/campaigns/new", &campaign).await;
    let (path, _) = leads_to(&made).split_once("?said=").unwrap();
    let (steps, start) = (format!("{path}/steps"), [("step", "start")]);
    assert_eq!(deed(&mut one, &steps, &start).await, "first");
    let still = "SELECT COUNT(*) FROM campaigns WHERE state = 'draft'";
    assert_eq!(service.count(still).await, 1);
    assert_eq!(deed(&mut two, &steps, &start).await, "done");
    assert_eq!(service.count(still).await, 0);
    service.stop().await;
}

async fn an_auditor_finds_a_day_pages_through_it_and_takes_it_along(database: Database) {
    let service = with_staff(database, |_| {}).await;
    // More than a page, all in one millisecond.
    service
        .execute(
            "INSERT INTO audit (id, at, actor, subject, what, way) \
             SELECT 'many-' || number, 1791180000000, 'operator:a-name-of-thirty-characters', \
             '01900000-0000-7000-8000-000000000000', 'many.done', 'ussd' FROM \
             (WITH RECURSIVE n(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM n \
              WHERE number < 40) SELECT number FROM n) AS numbers",
        )
        .await;
    let mut auditor = at_the_console(&service, "auditor").await;
    let first = shown(
        &mut auditor,
        "/operator/audit?what=many&from=2026-10-05&to=2026-10-05",
    )
    .await;
    assert_eq!(first.matches("many.done").count(), 25);
    assert!(first.len() < 14 * 1024, "{} bytes", first.len());
    let (before, _) = first.split_once("\">Earlier ones").unwrap();
    let next = before.rsplit("href=\"").next().unwrap();
    let next = next.replace("&#38;", "&").replace("&amp;", "&");
    let second = shown(&mut auditor, &format!("/operator/audit{next}")).await;
    assert_eq!(second.matches("many.done").count(), 15);
    assert!(!second.contains("Earlier ones"), "{second}");
    let before = shown(&mut auditor, "/operator/audit?what=many&to=2026-10-04").await;
    assert!(!before.contains("many.done"));
    let wrong = shown(&mut auditor, "/operator/audit?from=yesterday").await;
    assert!(wrong.contains("A day is written as"), "{wrong}");
    let table = shown(&mut auditor, "/operator/audit.csv?what=many").await;
    assert_eq!(table.lines().count(), 41);
    let log = shown(&mut auditor, "/operator/audit?what=audit").await;
    assert!(log.contains("audit.exported"), "{log}");
    service.stop().await;
}
