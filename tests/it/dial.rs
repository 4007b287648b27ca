//! `cp2 dial`, driven as a program drives it: by a script, by lines, by a service far away.

use std::io::Write;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::NamedTempFile;

use crate::harness::program::{Program, Said, cp2, demo, run};

const CODE: &str = "*384*2026#";

fn script(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// Dials with a script; gives what was said.
fn played(arguments: &[&str], text: &str) -> Said {
    let script = script(text);
    let mut command = cp2(["dial"]);
    command.args(arguments).arg("--script").arg(script.path());
    run(&mut command)
}

fn assert_parts(said: &Said, parts: &[&str]) {
    assert_eq!(said.code, Some(0), "{}", said.err);
    let mut rest = said.out.as_str();
    for part in parts {
        let Some((_, later)) = rest.split_once(part) else {
            panic!("no {part:?} in its place in {}", said.out);
        };
        rest = later;
    }
}

#[test]
fn a_password_is_reset_by_a_script_and_its_sms_is_shown() {
    let said = played(
        &[CODE, "--from", "254700000002"],
        "# Reset the password.\n3\n1\n\n:sms\n",
    );
    assert_parts(
        &said,
        &[
            "254700000002 dials *384*2026#\n",
            "┌ 254700000002 Safaricom ─",
            "│ 3. Reset password ",
            " of 160 septets, 30 s ─",
            "> 3\n",
            "> 1\n",
            "│ Your new password is on its way",
            " of 160 septets, the end ─",
            "SMS to 254700000002\n",
            "password ",
        ],
    );
}

#[test]
fn a_phone_far_away_speaks_the_callback_and_reads_the_inbox() {
    let (mut demo, base) = demo(&[]);
    let said = played(
        &["--from", "254700000002", "--url", &base],
        "3\n1\n:sms\n:dial *384*2026*1#\n:end\n",
    );
    assert_parts(
        &said,
        &[
            "> 1\n",
            "SMS to 254700000002\n",
            "254700000002 dials *384*2026*1#\n",
            "│ KCSE 2026 Supervisor ",
            "254700000002 hangs up\n",
        ],
    );
    let wrong = [
        "--url",
        &base,
        "--secret",
        "wrong",
        "--from",
        "254700000002",
    ];
    let said = played(&wrong, "");
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("HTTP 404"), "{}", said.err);
    assert!(said.err.contains("--secret"), "{}", said.err);
    assert_eq!(demo.stop().code(), Some(0));
}

#[test]
fn several_phones_keep_their_own_sessions_and_networks() {
    let said = played(
        &["--from", "254700000001", "--from", "0700000007"],
        "3\n:2\n:dial\n:from 254700000001\n0\n:from 254700000099\n:dial\n",
    );
    assert_parts(
        &said,
        &[
            "254700000001 dials",
            "> 3\n",
            "254700000007 dials",
            "┌ 254700000007 Airtel ─",
            " of 184 septets, 60 s ─",
            "> 0\n┌ 254700000001 Safaricom ─",
            "│ KNEC CP2 ",
            "254700000099 dials",
            "not registered",
        ],
    );
}

#[test]
fn lines_on_stdin_are_answers_too() {
    let mut command = Command::new("sh");
    let cp2 = env!("CARGO_BIN_EXE_cp2");
    command.args([
        "-c",
        &format!("printf '0\\n' | {cp2} dial --from 254700000001"),
    ]);
    command.stdin(Stdio::null());
    assert_parts(
        &run(&mut command),
        &["dials", "> 0\n", "│ Thank you. Goodbye."],
    );
}

#[test]
fn a_program_reads_an_object_a_line() {
    let said = played(&["--from", "254700000002", "--json"], "3\n1\n:sms\n");
    assert_eq!(said.code, Some(0), "{}", said.err);
    let events: Vec<Value> = said
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names: Vec<_> = events.iter().map(|event| &event["event"]).collect();
    assert_eq!(
        names,
        [
            "dialled", "screen", "typed", "screen", "typed", "screen", "sms"
        ]
    );
    assert!(events.iter().all(|event| event["msisdn"] == "254700000002"));
    let last = &events[5];
    assert_eq!((&last["end"], &last["limit"]), (&true.into(), &160.into()));
    assert_eq!(last["septets"], last["text"].as_str().unwrap().len());
    assert_eq!(events[6]["segments"], 1);
}

#[test]
fn a_network_that_is_kept_waiting_hangs_up() {
    let said = played(
        &["--from", "254700000001", "--silence", "1"],
        "3\n:timeout\n:dial\n0\n",
    );
    assert_parts(
        &said,
        &[
            " of 160 septets, 1 s ─",
            "254700000001 timed out: silence of 1 s\n",
            "254700000001 dials",
            "│ Thank you. Goodbye.",
        ],
    );
    let said = played(&["--from", "254700000001", "--session", "1"], ":timeout\n");
    assert_parts(&said, &["254700000001 timed out: session of 1 s\n"]);
}

#[test]
fn what_can_not_be_done_says_on_which_line() {
    let said = played(&["--from", "254700000001"], "0\n1\n");
    assert_eq!(said.code, Some(1));
    let told = "cp2: line 2: there is no session: `:dial` begins one\n";
    assert_eq!(said.err, told);
    let said = played(&["--from", "254700000001"], "1\n:jump\n");
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
    assert!(said.err.contains(":2: there is no command `:jump`"));
}

#[test]
fn wrong_calls_are_told_from_failures() {
    for (arguments, part) in [
        (&["dial"][..], "--from <MSISDN>"),
        (&["dial", "--from", "12"], "--from"),
        (&["dial", "*100#", "--from", "254700000001"], "*384*2026#"),
        (
            &["dial", "--from", "254700000001", "--url", "here"],
            "http://",
        ),
        (
            &["dial", "--from", "254700000001", "--silence", "0"],
            "--silence",
        ),
        (
            &["dial", "--from", "254700000001", "--network", "x"],
            "Airtel",
        ),
    ] {
        let said = run(&mut cp2(arguments));
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(2), ""),
            "{arguments:?}"
        );
        assert!(said.err.contains(part), "{part:?} in {}", said.err);
    }
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let said = run(&mut cp2(["dial", "--from", "254700000001", "--url", &base]));
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
    let told = format!("cp2: nothing answers at {base}; `cp2 demo` starts a service");
    assert!(said.err.starts_with(&told), "{}", said.err);
}

#[test]
fn a_phone_that_is_stopped_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let script = script(":timeout\n");
    let mut command = cp2(["dial", "--from", "254700000001", "--script"]);
    command.arg(script.path()).env("TMPDIR", temporary.path());
    let mut phone = Program::start(&mut command);
    phone.line_with("of 160 septets");
    assert_eq!(phone.stop().code(), Some(0));
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}
