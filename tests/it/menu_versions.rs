//! Menus that change while people are in a session.

use std::fs;
use std::path::Path;
use std::time::Duration;

use cp2::config::Config;
use tempfile::TempDir;

use crate::harness::menus::lay_out;
use crate::harness::program::{Program, cp2};
use crate::harness::service::{SECRET, client, happens, person};
use crate::harness::{Database, Phone, TestService, with_each_database};

with_each_database!(
    a_session_keeps_the_menu_that_it_began_with,
    menus_that_fail_the_proof_are_refused_as_a_whole,
    a_restart_with_other_menus_leaves_live_sessions_theirs,
    another_process_knows_the_menu_of_a_session,
    a_menu_that_nobody_knows_any_more_leads_home,
    menus_that_cannot_be_proven_any_more_lead_home,
    a_dropped_session_of_an_older_menu_is_not_offered,
    versions_that_nobody_uses_are_forgotten,
);

const VERSIONS: &str = "SELECT COUNT(*) FROM menu_versions";

/// The shipped menu in a folder of the test's own.
struct Menus(TempDir);

impl Menus {
    fn new() -> Self {
        let menus = Self(tempfile::tempdir().unwrap());
        lay_out(menus.0.path());
        menus
    }

    fn write(&self, text: &str) {
        fs::write(self.0.path().join("main.toml"), text).unwrap();
    }

    /// Writes the shipped menu with this instead of its title.
    fn rename(&self, title: &str) {
        self.write(&shipped().replace("KNEC CP2", title));
    }

    fn set(&self, config: &mut Config) {
        config.menus.folder = Some(self.0.path().to_owned());
        config.menus.poll_ms = 10;
    }
}

fn shipped() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ussd_menus/main.toml");
    fs::read_to_string(path).unwrap()
}

async fn started(database: Database) -> (TestService, Menus) {
    let menus = Menus::new();
    let service = TestService::start_with(database, |config| menus.set(config)).await;
    (service, menus)
}

/// Waits until whoever dials reads this first.
async fn shows(service: &TestService, title: &str) {
    let first = format!("CON {title}\n");
    let shown = happens(async || service.phone(4).dial().await.starts_with(&first)).await;
    assert!(shown, "{title}");
}

async fn home(phone: &mut Phone<'_>) -> String {
    let screen = phone.press("00").await;
    screen.lines().next().unwrap().to_owned()
}

async fn a_session_keeps_the_menu_that_it_began_with(database: Database) {
    let (service, menus) = started(database).await;
    let mut before = service.phone(1);
    before.dial().await;
    menus.rename("CP2 Two");
    shows(&service, "CP2 Two").await;
    menus.rename("CP2 Three");
    shows(&service, "CP2 Three").await;
    assert_eq!(home(&mut before).await, "CON KNEC CP2");
    assert!(
        before
            .press("4")
            .await
            .contains("Must be your M-PESA name.")
    );
    assert_eq!(home(&mut before).await, "CON KNEC CP2");
    assert_eq!(before.press("0").await, "END Thank you. Goodbye.");
    service.stop().await;
}

/// The program as the platform runs it, reading its menus anew only when told.
fn program(database: &Database, menus: &Menus) -> Program {
    let file = menus.0.path().join("cp2.conf");
    let text = format!(
        r#"
        [server]
        listen = "127.0.0.1:0"
        [database]
        url = "{database}"
        [keys]
        current = "k1"
        key.k1 = "{key}"
        [menus]
        folder = "{folder}"
        poll_ms = 0
        [[channel]]
        name = "at"
        kind = "africastalking"
        secret = "{SECRET}"
        base_url = "http://127.0.0.1:9"
        username = "tests"
        api_key = "key-of-tests"
        service_codes = ["*384*2026#"]
        "#,
        database = database.url(),
        key = "5a".repeat(32),
        folder = menus.0.path().display(),
    );
    fs::write(&file, text).unwrap();
    Program::start(cp2(["serve", "--config"]).arg(file))
}

/// The first hop of a session, on a line that nobody has registered.
async fn dial(base: &str, session: &str) -> String {
    let fields = [
        ("sessionId", session),
        ("serviceCode", "*384*2026#"),
        ("phoneNumber", "+254700000099"),
        ("text", ""),
    ];
    let request = client().post(format!("{base}/callbacks/at/{SECRET}/ussd"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let body = serde_urlencoded::to_string(fields).unwrap();
    let answer = request.body(body).send().await.unwrap();
    answer.text().await.unwrap()
}

async fn menus_that_fail_the_proof_are_refused_as_a_whole(database: Database) {
    let menus = Menus::new();
    let mut program = program(&database, &menus);
    let ready = program.line_with("ready");
    let (_, address) = ready.split_once("addr=").unwrap();
    let base = format!("http://{}", address.split_whitespace().next().unwrap());
    let before = dial(&base, "ATUid_1").await;
    assert!(before.starts_with("CON This line is not"), "{before}");

    let renamed = shipped().replace("This line is not", "That line is not");
    let broken = renamed
        .replace("goto = \"reset_confirm\"", "goto = \"nowhere\"")
        .replace("Goodbye.", "Good\u{2019}bye.");
    menus.write(&broken);
    program.hang_up();
    let refused = "the menus are refused, the old ones go on: ";
    let findings: Vec<_> = (0..2).map(|_| program.line_with(refused)).collect();
    for part in [
        "there is no screen `nowhere`",
        "is not in the GSM-7 alphabet",
    ] {
        let is_said = |line: &String| line.contains(part) && line.contains("main.toml:");
        assert!(findings.iter().any(is_said), "{part}: {findings:#?}");
    }
    assert_eq!(dial(&base, "ATUid_2").await, before);
    let ready = client().get(format!("{base}/readyz")).send().await.unwrap();
    assert_eq!(ready.status(), 200);

    fs::remove_file(menus.0.path().join("main.toml")).unwrap();
    program.hang_up();
    program.line_with(refused);
    assert_eq!(dial(&base, "ATUid_3").await, before);

    menus.write(&renamed);
    program.hang_up();
    program.line_with("new menus, for sessions that begin now");
    let after = dial(&base, "ATUid_4").await;
    assert!(after.starts_with("CON That line is not"), "{after}");
    program.hang_up();
    program.line_with("the menus are as they were");
    assert_eq!(program.stop().code(), Some(0));
    assert!(!program.said().contains("254700000099"));
    database.remove().await;
}

/// A session begins with one menu, the service starts anew with another.
async fn restarted(
    service: TestService,
    menus: &Menus,
    session: &str,
    change: impl AsyncFnOnce(&TestService),
) -> TestService {
    let number = person(1);
    let start = service.hop(session, &number, "", "63902").await;
    assert!(start.starts_with("CON KNEC CP2\n"), "{start}");
    change(&service).await;
    menus.rename("CP2 Two");
    let service = service.restart(|config| menus.set(config)).await;
    shows(&service, "CP2 Two").await;
    service
}

async fn next(service: &TestService, session: &str, text: &str) -> String {
    let number = person(1);
    let screen = service.hop(session, &number, text, "63902").await;
    screen.lines().next().unwrap().to_owned()
}

async fn a_restart_with_other_menus_leaves_live_sessions_theirs(database: Database) {
    let (service, menus) = started(database).await;
    let service = restarted(service, &menus, "ATUid_a", async |_| {}).await;
    assert_eq!(next(&service, "ATUid_a", "00").await, "CON KNEC CP2");
    assert_eq!(
        next(&service, "ATUid_a", "00*4").await,
        "CON Achieng Mercy Odhiambo"
    );
    assert_eq!(next(&service, "ATUid_a", "00*4*0").await, "CON KNEC CP2");
    service.stop().await;
}

async fn another_process_knows_the_menu_of_a_session(database: Database) {
    let (service, menus) = started(database).await;
    menus.rename("CP2 Two");
    shows(&service, "CP2 Two").await;
    // Both versions are written down with the sessions that began with them.
    let number = person(1);
    service.hop("ATUid_two", &number, "", "63902").await;
    menus.write(&shipped());
    let service = service.restart(|config| menus.set(config)).await;
    assert_eq!(next(&service, "ATUid_two", "00").await, "CON CP2 Two");
    shows(&service, "KNEC CP2").await;
    service.stop().await;
}

async fn a_menu_that_nobody_knows_any_more_leads_home(database: Database) {
    let (service, menus) = started(database).await;
    let forget = async |service: &TestService| service.execute("DELETE FROM menu_versions").await;
    let service = restarted(service, &menus, "ATUid_a", forget).await;
    assert_eq!(next(&service, "ATUid_a", "4").await, "CON CP2 Two");
    // From here on it walks the menu that holds now.
    assert_eq!(
        next(&service, "ATUid_a", "4*4").await,
        "CON Achieng Mercy Odhiambo"
    );
    service.stop().await;
}

async fn menus_that_cannot_be_proven_any_more_lead_home(database: Database) {
    let (service, menus) = started(database).await;
    let spoil = async |service: &TestService| {
        service
            .execute("UPDATE menu_versions SET files = '[]'")
            .await;
    };
    let service = restarted(service, &menus, "ATUid_a", spoil).await;
    assert_eq!(next(&service, "ATUid_a", "4").await, "CON CP2 Two");
    service.stop().await;
}

async fn a_dropped_session_of_an_older_menu_is_not_offered(database: Database) {
    let (service, menus) = started(database).await;
    service.phone(2).walk(&["4"]).await;
    menus.rename("CP2 Two");
    shows(&service, "CP2 Two").await;
    let start = service.phone(2).dial().await;
    assert!(start.starts_with("CON CP2 Two\n"), "{start}");
    service.stop().await;
}

async fn versions_that_nobody_uses_are_forgotten(database: Database) {
    let (service, menus) = started(database).await;
    let service = restarted(service, &menus, "ATUid_a", async |_| {}).await;
    assert_eq!(service.count(VERSIONS).await, 2);
    service.clock.advance(Duration::from_hours(49));
    // With a session that begins, its version is written down again.
    service.phone(3).dial().await;
    let service = service.restart(|config| menus.set(config)).await;
    service.count_comes_to(VERSIONS, 1).await;
    shows(&service, "CP2 Two").await;
    service.stop().await;
}
