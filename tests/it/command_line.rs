//! The program as people call it: what it prints, and what it says with its exit code.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use cp2::demo::sandbox::Behaviour;
use cp2::domain::Msisdn;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tempfile::TempDir;

use cp2::domain::{Clock, SystemClock};

use crate::harness::program::{PATIENCE, Program, Said, cp2, demo, run};
use crate::harness::service::{client, happens, person};
use crate::harness::{TestService, on_each_database};

on_each_database!(
    the_outbox_is_listed_for_people_and_for_programs,
    the_map_shows_the_traffic_of_a_database,
    operators_decide_who_is_registered,
    operators_decide_who_takes_over_from_a_lost_line,
    operators_answer_what_people_report,
);

/// A configuration that is in order, but for what a test replaces.
const CONFIG: &str = r#"[server]
listen = "127.0.0.1:0"
public_url = "https://cp2.example.org"
[database]
url = "sqlite:DATABASE"
[keys]
current = "k1"
[keys.key]
k1 = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"
[[channel]]
name = "at"
kind = "africastalking"
secret = "a-path-secret-of-tests"
base_url = "http://127.0.0.1:9"
username = "tests"
api_key = "key-of-tests"
service_codes = ["*384*2026#"]
"#;

/// A folder with a configuration in it, in which a piece of text is replaced.
pub(crate) fn configured(from: &str, to: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cp2.toml");
    let database = folder.path().join("cp2.db");
    assert!(CONFIG.contains(from), "{from}");
    let text = CONFIG
        .replace(from, to)
        .replace("DATABASE", &database.display().to_string());
    fs::write(&file, text).unwrap();
    (folder, file)
}

pub(crate) fn with_config(command: &[&str], file: &Path) -> std::process::Command {
    let mut command = cp2(command);
    command.arg("--config").arg(file);
    command
}

fn assert_failed(said: &Said, with: &str) {
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert_eq!(said.out, "");
    assert!(said.err.contains(with), "{with:?} in {}", said.err);
}

#[test]
fn menus_are_checked_against_the_data_of_a_database() {
    let (_folder, config) = configured("[keys]", "[keys]");
    let check = || run(&mut with_config(&["menus", "check", "--data"], &config));
    // A path that was mistyped is no empty database.
    assert_failed(&check(), "there is no database at ");
    run(&mut with_config(&["db", "migrate"], &config));
    let said = check();
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(
        said.out.contains(" screens in en and sw are in order"),
        "{}",
        said.out
    );
}

#[test]
fn the_exit_code_tells_a_failure_from_a_wrong_call() {
    for (arguments, code) in [
        (&["--help"][..], 0),
        (&["--version"], 0),
        (&["help", "serve"], 0),
        (&["key", "new"], 0),
        (&["config", "sample"], 0),
        (&["config", "check", "--config", "/nowhere/cp2.toml"], 1),
        (&["serve", "--config", "/nowhere/cp2.toml"], 1),
        (&["db", "migrate", "--config", "/nowhere/cp2.toml"], 1),
        (&["outbox", "dead", "--config", "/nowhere/cp2.toml"], 1),
        (&[], 2),
        (&["nonsense"], 2),
        (&["config"], 2),
        (&["serve", "--only", "nothing"], 2),
        (&["demo", "--listen", "here"], 2),
        (&["demo", "--professionals", "-1"], 2),
        (&["key", "new", "extra"], 2),
    ] {
        let said = run(&mut cp2(arguments));
        assert_eq!(said.code, Some(code), "{arguments:?}: {}", said.err);
        let (silent, loud) = if code == 0 {
            (said.err, said.out)
        } else {
            (said.out, said.err)
        };
        assert_eq!(silent, "", "{arguments:?}");
        assert!(!loud.is_empty(), "{arguments:?}");
    }
}

/// The commands that a help text lists.
fn listed(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            let name = line.strip_prefix("  ")?.split(' ').next()?;
            (!name.is_empty() && name != "help").then(|| name.to_owned())
        });
    names.collect()
}

#[test]
fn the_help_of_each_command_has_an_example() {
    let mut waiting = vec![Vec::<String>::new()];
    let mut seen = 0;
    while let Some(command) = waiting.pop() {
        let help = run(cp2(&command).arg("--help")).out;
        let example = format!("Example: cp2 {}", command.join(" "));
        assert!(help.contains(&example), "{example:?} in {help}");
        waiting.extend(
            listed(&help)
                .into_iter()
                .map(|name| [command.clone(), vec![name]].concat()),
        );
        seen += 1;
    }
    assert!(seen >= 13, "{seen} commands");
}

#[test]
fn a_new_key_is_64_digits_and_another_one_each_time() {
    let keys = [
        run(&mut cp2(["key", "new"])).out,
        run(&mut cp2(["key", "new"])).out,
    ];
    for key in &keys {
        let digits = key.strip_suffix('\n').unwrap();
        assert!(digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn the_sample_becomes_a_configuration_with_three_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cp2.toml");
    fs::write(&file, run(&mut cp2(["config", "sample"])).out).unwrap();
    let key = folder.path().join("k1");
    fs::write(&key, run(&mut cp2(["key", "new"])).out).unwrap();
    let mut check = with_config(&["config", "check"], &file);
    assert_failed(&run(&mut check), "`keys.key` holds no key");
    check.env("CP2__KEYS__KEY__K1_FILE", &key);
    assert_failed(&run(&mut check), "`channel.at.secret` can be guessed");
    check.env("CP2__CHANNEL__AT__SECRET", "9f2c41d7a05e48b1b3f6");
    assert_failed(&run(&mut check), "`channel.at.api_key`");
    check.env("CP2__CHANNEL__AT__API_KEY", "atsk_synthetic");
    let said = run(&mut check);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let verdict = said.out.lines().last().unwrap();
    assert!(
        verdict.starts_with(&format!("{}: in order", file.display())),
        "{verdict}"
    );
    for line in [
        format!("server.listen = \"127.0.0.1:8080\"  ({}:", file.display()),
        "keys.key.k1 = set  (CP2__KEYS__KEY__K1_FILE in the environment)".to_owned(),
        "channel.at.secret = set  (CP2__CHANNEL__AT__SECRET in the environment)".to_owned(),
        "menus.folder = not set  (default)".to_owned(),
    ] {
        assert!(
            said.out.lines().any(|said| said.starts_with(&line)),
            "{line}: {}",
            said.out
        );
    }
    for secret in ["9f2c41d7a05e48b1b3f6", "atsk_synthetic"] {
        assert!(!said.out.contains(secret));
    }
    let brief = run(check.arg("--brief"));
    assert_eq!(brief.out.lines().count(), 1, "{}", brief.out);
}

#[test]
fn a_configuration_that_is_wrong_is_named_by_file_line_and_key() {
    for (from, to, line, key) in [
        ("[server]", "[server]\nlissten = 1", 2, "lissten"),
        ("[keys]", "[polizy]\n[keys]", 6, "polizy"),
        ("current = \"k1\"", "current = 7", 7, "current"),
        ("\"127.0.0.1:0\"", "\"nowhere\"", 2, "listen"),
        ("https://cp2", "http://cp2", 3, "server.public_url"),
        ("https://cp2", "https://cp 2", 3, "server.public_url"),
        ("a-path-secret-of-tests", "demo", 13, "channel.at.secret"),
        ("api_key = \"key-of-tests\"\n", "", 10, "channel.at.api_key"),
        ("username = \"tests\"\n", "", 10, "channel.at.username"),
        ("current = \"k1\"\n", "", 6, "current"),
        ("k1 = \"5a", "k1 = \"xx", 9, "keys.key.k1"),
        (
            "api_key = \"key-of-tests\"",
            "api_key = \"\"",
            16,
            "channel.at.api_key",
        ),
        (
            "service_codes",
            "screen_septets = { safaricom = 160, airtel = 159 }\nservice_codes",
            17,
            "channel.at.screen_septets.airtel",
        ),
        (
            "service_codes",
            "screen_septets = { mpesa = 160 }\nservice_codes",
            17,
            "screen_septets",
        ),
        (
            "http://127.0.0.1:9",
            "http://example.org",
            14,
            "channel.at.base_url",
        ),
        (
            "[keys]",
            "[outbox]\nlease_s = 1\n[keys]",
            7,
            "outbox.lease_s",
        ),
        ("kind = ", "kind = = ", 12, "kind"),
    ] {
        let (_folder, file) = configured(from, to);
        for command in [&["config", "check"][..], &["serve"], &["db", "migrate"]] {
            let said = run(&mut with_config(command, &file));
            assert_failed(&said, &format!("`{key}`"));
            let place = format!("cp2: {}:{line}:", file.display());
            assert!(said.err.starts_with(&place), "{place} in {}", said.err);
            assert_eq!(said.err.lines().count(), 1, "{}", said.err);
            for secret in ["5a5a", "a-path-secret", "key-of-tests"] {
                assert!(!said.err.contains(secret), "{}", said.err);
            }
        }
    }
}

#[test]
fn a_crest_that_is_none_stops_the_start_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let crest = folder.path().join("crest.svg");
    let setting = format!("[council]\ncrest = \"{}\"\n[keys]", crest.display());
    let (_folder, file) = configured("[keys]", &setting);
    let place = format!("cp2: {}:7:1: `council.crest` names ", file.display());
    let svg = |inner: &str| {
        format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>\n{inner}</svg>")
    };
    for (text, why) in [
        (None, "which can't be read: "),
        (
            Some("\u{89}PNG".to_owned()),
            "which is no SVG that can be read: ",
        ),
        (Some(svg("<text>KNEC</text>")), "which has <text> in line 2"),
        (
            Some(svg("<rect width='99' height='1'/>")),
            "which draws beyond its edge",
        ),
    ] {
        if let Some(text) = text {
            fs::write(&crest, text).unwrap();
        }
        for command in [&["config", "check"][..], &["serve"]] {
            let said = run(&mut with_config(command, &file));
            assert_failed(&said, why);
            assert!(said.err.starts_with(&place), "{place} in {}", said.err);
        }
    }
    fs::write(&crest, svg("<circle cx='4' cy='4' r='3'/>")).unwrap();
    let said = run(&mut with_config(&["config", "check"], &file));
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let shown = format!(
        "council.crest = \"{}\"  ({}:7)",
        crest.display(),
        file.display()
    );
    assert!(said.out.contains(&shown), "{shown} in {}", said.out);
}

#[test]
fn the_check_finds_what_would_stop_the_start() {
    let filter = "[logging]\nfilter = \"cp2=loud\"\n[keys]";
    let (_folder, file) = configured("[keys]", filter);
    for command in [&["config", "check"][..], &["serve"]] {
        let said = run(&mut with_config(command, &file));
        assert_failed(&said, "cp2: logging.filter can't be read; ");
    }
}

#[test]
fn bad_menus_are_named_by_file_line_and_column_before_anyone_can_connect() {
    // The port is taken, so an attempt to listen would be what is complained about.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let menus = tempfile::tempdir().unwrap();
    let file = menus.path().join("main.toml");
    fs::write(&file, "[screen.home]\ntext.en = \"Hi\"\nend = maybe\n").unwrap();
    let folder = format!("[menus]\nfolder = {:?}\n[keys]", menus.path());
    let (_folder, config) = configured("[keys]", &folder);
    let said = run(with_config(&["serve"], &config).env("CP2__SERVER__LISTEN", listen));
    assert_failed(&said, "the menus are wrong");
    let finding = format!("{}:3:", file.display());
    let line = said.err.lines().find(|line| line.starts_with(&finding));
    let column = line.unwrap_or_else(|| panic!("{finding} in {}", said.err));
    let column = column[finding.len()..].split(':').next().unwrap();
    assert!(column.parse::<u32>().is_ok(), "{}", said.err);
}

#[test]
fn systemd_hears_how_it_stands_and_its_journal_how_grave_each_line_is() {
    let (folder, config) = configured("[keys]", "[keys]");
    let at = |name: &str| folder.path().join(name);
    let systemd = UnixDatagram::bind(at("notify")).unwrap();
    systemd.set_read_timeout(Some(PATIENCE)).unwrap();
    let heard = || {
        let mut words = [0; 64];
        let length = systemd.recv(&mut words).unwrap();
        String::from_utf8_lossy(&words[..length]).trim().to_owned()
    };
    let journal = fs::File::create(at("journal")).unwrap();
    let place = journal.metadata().unwrap();
    let stream = format!("{}:{}", place.dev(), place.ino());
    let under_systemd = |command: &mut Command| {
        let journal = journal.try_clone().unwrap();
        command
            .env("NOTIFY_SOCKET", at("notify"))
            .env("JOURNAL_STREAM", &stream)
            .stderr(journal)
            .spawn()
            .unwrap()
    };
    let mut service = under_systemd(&mut with_config(&["serve"], &config));
    assert_eq!(heard(), "READY=1");
    let told = Command::new("kill").arg(service.id().to_string()).status();
    assert!(told.unwrap().success());
    assert_eq!(heard(), "STOPPING=1");
    assert!(service.wait().unwrap().success());
    let said = fs::read_to_string(at("journal")).unwrap();
    assert!(
        said.lines().all(|line| line.starts_with("<6>")),
        "all is well: {said}"
    );
    assert!(said.contains("stopped"), "{said}");

    let missing = at("missing.toml");
    let mut fails = under_systemd(&mut with_config(&["serve"], &missing));
    assert!(!fails.wait().unwrap().success());
    let said = fs::read_to_string(at("journal")).unwrap();
    let last = said.lines().last().unwrap();
    assert!(last.starts_with("<3>cp2: "), "{said}");
}

#[test]
fn a_database_belongs_to_whom_its_folder_belongs_to() {
    let (folder, config) = configured("[keys]", "[keys]");
    // Root alone can give something away, and for others it is theirs anyway.
    let _ = chown(folder.path(), Some(65_534), None);
    let owner = |path: &Path| fs::metadata(path).unwrap().uid();
    let (database, copy) = (folder.path().join("cp2.db"), folder.path().join("copy.db"));
    let migrated = run(&mut with_config(&["db", "migrate"], &config));
    assert_eq!(migrated.code, Some(0), "{}", migrated.err);
    assert_eq!(owner(&database), owner(folder.path()));
    let copy = copy.to_str().unwrap();
    let kept = run(&mut with_config(&["db", "backup", copy], &config));
    assert_eq!(kept.code, Some(0), "{}", kept.err);
    fs::remove_file(&database).unwrap();
    let restore = ["db", "restore", copy, "--by", "test"];
    let restored = run(&mut with_config(&restore, &config));
    assert_eq!(restored.code, Some(0), "{}", restored.err);
    assert_eq!(owner(&database), owner(folder.path()));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let (_folder, config) = configured("127.0.0.1:0", &listen);
    let complaint = format!("cp2: can't listen on {listen}");
    assert_failed(&run(&mut with_config(&["serve"], &config)), &complaint);
    let temporary = tempfile::tempdir().unwrap();
    let mut demo = cp2(["demo", "--listen", &listen]);
    let complaint = format!("can't listen on {listen}; --listen ");
    assert_failed(&run(demo.env("TMPDIR", temporary.path())), &complaint);
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
}

async fn status(url: &str) -> u16 {
    client().get(url).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_service_runs_until_it_is_told_to_stop() {
    let (_folder, config) = configured("[keys]", "[logging]\nformat = \"json\"\n[keys]");
    let mut service = Program::start(&mut with_config(&["serve"], &config));
    let ready: Value = serde_json::from_str(&service.line_with("ready")).unwrap();
    let base = format!("http://{}", ready["addr"].as_str().unwrap());
    assert_eq!(status(&format!("{base}/healthz")).await, 200);
    assert_eq!(status(&format!("{base}/readyz")).await, 200);
    let runs = happens(async || run(&mut with_config(&["status"], &config)).code == Some(0));
    assert!(runs.await, "a service that runs is ready");
    // The browser phone belongs to the demo alone.
    for path in [
        "/phone",
        "/phone/phone.js",
        "/phone/inbox.json?msisdn=254700000001",
    ] {
        assert_eq!(status(&format!("{base}{path}")).await, 404, "{path}");
    }
    assert_eq!(service.stop().code(), Some(0));
    for line in service.said().lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
    }
    assert!(service.said().contains("stopped"));
    let over = run(&mut with_config(&["status"], &config));
    let faults = "cp2: not ready: no process answers callbacks and pages; no process sends SMS";
    assert_eq!((over.code, over.err.trim_end()), (Some(1), faults));
}

#[test]
fn logs_for_people_have_no_colour_in_a_pipe() {
    let (_folder, config) = configured("[keys]", "[keys]");
    let mut service = Program::start(&mut with_config(&["serve"], &config));
    service.line_with("ready");
    assert_eq!(service.stop().code(), Some(0));
    assert!(!service.said().contains('\u{1b}'), "{}", service.said());
}

/// What a phone shows after these answers, each a hop of its own.
async fn dial(base: &str, session: &str, transcripts: &[&str]) -> String {
    let client = client();
    let mut screen = String::new();
    for text in transcripts {
        let fields = [
            ("sessionId", session),
            ("serviceCode", "*384*2026#"),
            ("phoneNumber", "+254700000001"),
            ("text", text),
        ];
        let request = client.post(format!("{base}/callbacks/at/demo/ussd"));
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(serde_urlencoded::to_string(fields).unwrap());
        screen = request.send().await.unwrap().text().await.unwrap();
    }
    screen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_answers_where_it_says_and_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let left = || fs::read_dir(temporary.path()).unwrap().count();
    let mut command = cp2(["demo", "--listen", "127.0.0.1:0", "--professionals", "0"]);
    let mut demo = Program::start(command.env("TMPDIR", temporary.path()));
    let line = demo.line_with("Site ");
    let base = line
        .split_whitespace()
        .find(|word| word.starts_with("http://"))
        .unwrap();
    let base = base.trim_end_matches('/').to_owned();
    assert!(!base.ends_with(":0"), "{base}");
    assert!(
        dial(&base, "s1", &[""])
            .await
            .starts_with("CON KNEC CP2\n1. My deployment")
    );
    assert_eq!(status(&format!("{base}/phone")).await, 200);
    assert_eq!(left(), 1);
    assert_eq!(demo.stop().code(), Some(0));
    assert!(!demo.said().contains('\u{1b}'), "{}", demo.said());
    assert_eq!(left(), 0);
}

#[test]
fn a_demo_that_is_stopped_as_soon_as_it_speaks_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let mut command = cp2(["demo", "--listen", "127.0.0.1:0", "--professionals", "0"]);
    let mut demo = Program::start(command.env("TMPDIR", temporary.path()));
    demo.line_with("CP2 demo is running");
    assert_eq!(demo.stop().code(), Some(0));
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_with_a_folder_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("my data");
    let arguments = ["--data", data.to_str().unwrap()];
    let (mut first, base) = demo(&arguments);
    let switched = dial(&base, "s1", &["", "7"]).await;
    assert!(
        switched.starts_with("CON KNEC CP2\n1. Nilikopangiwa"),
        "{switched}"
    );
    assert_eq!(first.stop().code(), Some(0));
    let key = fs::metadata(data.join("demo.key")).unwrap();
    assert_eq!(
        key.permissions().mode() & 0o777,
        0o600,
        "nobody else may read the key"
    );
    let (mut second, base) = demo(&arguments);
    let screen = dial(&base, "s2", &[""]).await;
    assert_eq!(screen, switched, "the line's language was kept");
    assert_eq!(second.stop().code(), Some(0));
    assert!(data.join("cp2.db").exists());
}

async fn the_outbox_is_listed_for_people_and_for_programs(service: &TestService) {
    let blocked = Msisdn::parse(&person(1)).unwrap();
    let silent = Msisdn::parse(&person(2)).unwrap();
    service.sandbox.behave(&blocked, Behaviour::Blacklisted);
    service.sandbox.behave(&silent, Behaviour::NoReport);
    for number in [1, 2] {
        service.phone(number).walk(&["3", "1"]).await;
    }
    service
        .outbox_comes_to(&[("accepted", 1), ("failed", 1)])
        .await;
    let (_folder, config) = configured("sqlite:DATABASE", &service.database_url());
    let said = |command: &[&str]| {
        let said = run(&mut with_config(command, &config));
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{command:?}");
        said.out
    };
    assert_eq!(said(&["outbox", "status"]), "accepted   1\nfailed     1\n");
    let counts: Value = serde_json::from_str(&said(&["outbox", "status", "--json"])).unwrap();
    assert_eq!(counts["messages"], json!({ "accepted": 1, "failed": 1 }));
    assert_eq!(counts["held_channels"], json!({}));
    let line = said(&["outbox", "dead"]);
    assert!(
        line.starts_with("2026-10-05 09:00:00  credential  failed   25470****001  1 tries"),
        "{line}"
    );
    let dead: Value = serde_json::from_str(&said(&["outbox", "dead", "--json"])).unwrap();
    let [dead] = dead.as_array().unwrap().as_slice() else {
        panic!("{dead}")
    };
    let expected = [
        ("at", json!("2026-10-05 09:00:00")),
        ("lane", json!("credential")),
        ("state", json!("failed")),
        ("to", json!("25470****001")),
        ("attempts", json!(1)),
        ("reason", json!("the recipient has blocked this sender")),
    ];
    for (name, value) in expected {
        assert_eq!(dead[name], value, "{dead}");
    }
    assert_eq!(said(&["db", "migrate"]), "the schema is up to date\n");
    let id = dead["id"].as_str().unwrap();
    assert_eq!(
        said(&["outbox", "show", id]),
        "2026-10-05 09:00:00  queued     attempt 0  at\n\
         2026-10-05 09:00:00  sending    attempt 1  at\n\
         2026-10-05 09:00:00  failed     attempt 1  at  the recipient has blocked this sender\n"
    );
    let events: Value = serde_json::from_str(&said(&["outbox", "show", id, "--json"])).unwrap();
    assert_eq!(events[2]["state"], "failed");
    let nobody = run(&mut with_config(&["outbox", "show", "nobody"], &config));
    assert_failed(&nobody, "cp2: no message has the id nobody; ");
    let resumed = said(&["outbox", "resume", "at", "--by", "wanjiku"]);
    assert!(resumed.starts_with("at was not held back"), "{resumed}");
}

async fn the_map_shows_the_traffic_of_a_database(service: &TestService) {
    service.phone(1).walk(&["1"]).await;
    service.phone(2).walk(&["0"]).await;
    let (_folder, config) = configured("sqlite:DATABASE", &service.database_url());
    let said = run(&mut with_config(&["menus", "graph", "--traffic"], &config));
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    for part in [
        "<b>home</b><br/>KNEC CP2<br/>2 sessions, 0 ended",
        "<br/>1 sessions, 1 ended",
        "  class s_home heat4\n",
        "  class s_reset_confirm heat0\n",
    ] {
        assert!(said.out.contains(part), "{part} in {}", said.out);
    }
}

async fn operators_decide_who_is_registered(service: &TestService) {
    let asked = "3*1*Otieno Juma*90000321*3*500123*1985*1*kisumu*1*1";
    for line in [98, 99] {
        let mut phone = service.phone(line);
        phone.press(asked).await;
        phone.press("1").await;
    }
    let (_folder, file) = with_the_keys_of(service);
    let said = |command: &[&str]| run(&mut with_config(command, &file));
    let list = said(&["operator", "registrations", "list", "--json"]);
    let waiting: Value = serde_json::from_str(&list.out).unwrap();
    assert_eq!(waiting[0]["name"], "Otieno Juma");
    assert_eq!(waiting[0]["requests_with_this_id"], 2);
    let decide = |word, at: usize| {
        let reference = waiting[at]["reference"].as_str().unwrap();
        said(&[
            "operator",
            "registrations",
            word,
            reference,
            "--by",
            "wanjiku",
        ])
    };
    assert_eq!(decide("approve", 0).code, Some(0));
    assert_failed(&decide("approve", 0), "waits");
    assert_failed(&decide("approve", 1), "ID number is registered already");
    assert_eq!(decide("refuse", 1).code, Some(0));
    let plain = said(&["operator", "registrations", "list"]);
    assert_eq!((plain.code, plain.out.as_str()), (Some(0), ""));
    let decided = "SELECT COUNT(*) FROM registrations WHERE decided_by = 'operator:wanjiku'";
    assert_eq!(service.count(decided).await, 2);
}

/// A configuration on the database of a service, with its keys.
fn with_the_keys_of(service: &TestService) -> (TempDir, PathBuf) {
    let (folder, file) = configured("sqlite:DATABASE", &service.database_url());
    let text = fs::read_to_string(&file).unwrap();
    let text = text.replace("current = \"k1\"", "current = \"test\"");
    fs::write(&file, text.replace("k1 = \"", "test = \"")).unwrap();
    (folder, file)
}

async fn operators_decide_who_takes_over_from_a_lost_line(service: &TestService) {
    // The command goes by the clock of the machine.
    let behind = SystemClock.now().since(service.clock.now());
    service.clock.advance(behind);
    let claim = ["2", "1", "90000002", "500002", "1980"];
    for line in [98, 99] {
        let noted = service.phone(line).walk(&claim).await;
        assert!(noted.starts_with("END If all this is right"), "{noted}");
    }
    let (_folder, file) = with_the_keys_of(service);
    let said = |command: &[&str]| run(&mut with_config(command, &file));
    let list = said(&["operator", "numbers", "list", "--json"]);
    let waiting: Value = serde_json::from_str(&list.out).unwrap();
    // The second request took the place of the first.
    assert_eq!(waiting.as_array().unwrap().len(), 1);
    assert_eq!(waiting[0]["new_line"], "254700000099");
    let reference = waiting[0]["reference"].as_str().unwrap();
    let approve = || {
        said(&[
            "operator", "numbers", "approve", reference, "--by", "wanjiku",
        ])
    };
    assert_eq!(approve().code, Some(0));
    assert_failed(&approve(), "waits");
    service.clock.advance(Duration::from_mins(1));
    let told = service.sms_of("254700000099", 1).await[0].text.clone();
    assert!(
        told.starts_with("This line is now your CP2 number"),
        "{told}"
    );
    let old = service.phone(2).dial().await;
    assert!(old.starts_with("CON This line is not registered"), "{old}");
    // Whoever took the line over reads where to go, and gets no password yet.
    let new = service.phone(99).walk(&["1"]).await;
    assert!(new.starts_with("CON KCSE 2026 Supervisor"), "{new}");
    let waits = service.phone(99).walk(&["3", "1"]).await;
    assert!(
        waits.starts_with("END For your safety this must wait until"),
        "{waits}"
    );
    let by = "SELECT COUNT(*) FROM audit WHERE actor = 'operator:wanjiku'";
    assert_eq!(service.count(by).await, 2);
}

async fn operators_answer_what_people_report(service: &TestService) {
    let keys = ["6", "2", "My town is Maragua", "1"];
    service.phone(4).walk(&keys).await;
    service.sms_of("254700000004", 1).await;
    let (_folder, file) = with_the_keys_of(service);
    let said = |command: &[&str]| run(&mut with_config(command, &file));
    let list = said(&["operator", "problems", "list", "--json"]);
    let waiting: Value = serde_json::from_str(&list.out).unwrap();
    assert_eq!(waiting[0]["words"], "My town is Maragua");
    assert_eq!(waiting[0]["language"], "en");
    let reference = waiting[0]["reference"].as_str().unwrap();
    let by_wanjiku = |word, more: &[&str]| {
        let command = ["operator", "problems", word, reference, "--by", "wanjiku"];
        said(&[&command, more].concat())
    };
    assert_eq!(by_wanjiku("take", &[]).code, Some(0));
    assert_failed(&by_wanjiku("take", &[]), "waits for that");
    let status = ["6", "4", "1"];
    let taken = service.phone(4).walk(&status).await;
    assert!(taken.contains("\nBeing looked at\nAnswer: -"), "{taken}");
    let shown = said(&["operator", "problems", "show", reference]);
    assert!(
        shown.out.contains("\"My town is Maragua\""),
        "{}",
        shown.out
    );
    let too_long = by_wanjiku("answer", &["--text-en", &"a".repeat(91)]);
    assert_eq!(too_long.code, Some(2));
    assert!(too_long.err.contains("room for 90"), "{}", too_long.err);
    assert_eq!(by_wanjiku("answer", &[]).code, Some(2));
    // Read by somebody who reads English, for want of their own words.
    let words = "Mji wako umerekebishwa kuwa Maragua.";
    let answered = by_wanjiku("answer", &["--text-sw", words]);
    assert_eq!(answered.code, Some(0), "{}", answered.err);
    assert_failed(
        &by_wanjiku("answer", &["--text-en", "Twice"]),
        "waits for that",
    );
    assert_failed(&said(&["operator", "problems", "show", reference]), "waits");
    // The command goes by the clock of the machine.
    let behind = SystemClock.now().since(service.clock.now());
    service.clock.advance(behind);
    let told = service.sms_of("254700000004", 2).await[0].text.clone();
    assert_eq!(
        told,
        format!(
            "The council has answered your report {reference}. To read it, dial *384*2026#: 6, My reports."
        )
    );
    let closed = service.phone(4).walk(&status).await;
    assert!(
        closed.contains(&format!("\nAnswered\nAnswer: {words}")),
        "{closed}"
    );
    let contents = format!("{:?}", service.contents().await);
    assert!(!contents.contains("umerekebishwa"));
    let by = "SELECT COUNT(*) FROM audit WHERE actor = 'operator:wanjiku' \
              AND what IN ('problem.taken', 'problem.answered') AND subject <> actor";
    assert_eq!(service.count(by).await, 2);
}
