//! `cp2 menus`, as a menu author calls it.

use std::path::Path;
use std::process::Command;

use crate::harness::menus::lay_out;

/// What a call came to: its exit code, stdout and stderr.
struct Called {
    code: i32,
    out: String,
    err: String,
}

fn menus(arguments: &[&str]) -> Called {
    let cp2 = env!("CARGO_BIN_EXE_cp2");
    let output = Command::new(cp2)
        .arg("menus")
        .args(arguments)
        .output()
        .unwrap();
    Called {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder with the shipped menu after one change.
fn folder_with(old: &str, new: &str) -> tempfile::TempDir {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("ussd_menus/main.toml");
    let text = std::fs::read_to_string(shipped).unwrap();
    assert!(text.contains(old), "{old}");
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path());
    std::fs::write(folder.path().join("main.toml"), text.replacen(old, new, 1)).unwrap();
    folder
}

fn path(folder: &tempfile::TempDir) -> &str {
    folder.path().to_str().unwrap()
}

#[test]
fn the_menus_of_the_program_are_in_order() {
    let called = menus(&["check"]);
    assert_eq!((called.code, called.err.as_str()), (0, ""));
    assert!(
        called.out.contains(" screens in en and sw are in order"),
        "{}",
        called.out
    );
}

#[test]
fn another_folder_is_checked_when_it_is_named() {
    let folder = folder_with("Goodbye.", "Bye.");
    assert_eq!(menus(&["check", path(&folder)]).code, 0);
}

#[test]
fn every_finding_is_a_line_on_stderr_that_begins_with_its_place() {
    let folder = folder_with("goto = \"deployment_find\"", "goto = \"deployment\"");
    let called = menus(&["check", path(&folder)]);
    assert_eq!((called.code, called.out.as_str()), (1, ""));
    let file = folder.path().join("main.toml").display().to_string();
    assert!(!called.err.is_empty());
    for line in called.err.lines() {
        let mut place = line.strip_prefix(&file).unwrap().splitn(4, ':').skip(1);
        for number in [place.next(), place.next()] {
            assert!(number.unwrap().parse::<usize>().unwrap() > 0, "{line}");
        }
    }
}

#[test]
fn a_program_reads_the_findings_as_json() {
    let folder = folder_with("Goodbye.", "Good\u{2019}bye.");
    let called = menus(&["check", path(&folder), "--json"]);
    assert_eq!(called.code, 1);
    let answer: serde_json::Value = serde_json::from_str(&called.out).unwrap();
    assert_eq!(answer["ok"], false);
    let finding = &answer["findings"][0];
    assert!(called.err.contains(finding["message"].as_str().unwrap()));
    assert!(
        called
            .err
            .contains(&format!(":{}:{}: ", finding["line"], finding["column"]))
    );
    let sound: serde_json::Value = serde_json::from_str(&menus(&["check", "--json"]).out).unwrap();
    assert_eq!(sound["ok"], true);
}

#[test]
fn a_folder_without_menus_is_a_failure_and_a_wrong_call_another() {
    let empty = tempfile::tempdir().unwrap();
    let called = menus(&["check", path(&empty)]);
    assert_eq!(called.code, 1);
    assert!(called.err.contains("holds no menu files"), "{}", called.err);
    let missing = empty.path().join("missing");
    let called = menus(&["check", missing.to_str().unwrap()]);
    assert_eq!(called.code, 1);
    assert!(called.err.contains("can't be read"), "{}", called.err);
    assert_eq!(menus(&["check", "--colour"]).code, 2);
}

#[test]
fn each_command_explains_itself_with_an_example() {
    for command in ["check", "preview", "graph", "diff", "schema"] {
        let called = menus(&[command, "--help"]);
        assert_eq!(called.code, 0);
        assert!(called.out.contains("Example: cp2 menus"), "{}", called.out);
    }
}

#[test]
fn a_preview_shows_what_is_too_long_and_by_how_much() {
    let folder = folder_with("Thank you. Goodbye.", &"x".repeat(170));
    let called = menus(&["preview", path(&folder), "--only", "bye"]);
    assert_eq!(called.code, 0);
    assert!(
        called.out.contains("  170 septets: 10 TOO MANY\n"),
        "{}",
        called.out
    );
    assert_eq!(menus(&["preview", "--only", "nowhere"]).code, 1);
}

#[test]
fn a_map_is_printed_as_text_or_picture_in_either_language() {
    assert!(menus(&["graph"]).out.starts_with("flowchart LR\n"));
    assert!(
        menus(&["graph", "--language", "sw"])
            .out
            .contains("Nilikopangiwa")
    );
    let picture = menus(&["graph", "--svg"]).out;
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    assert_eq!(menus(&["graph", "--language", "fr"]).code, 2);
}

#[test]
fn two_folders_are_compared_by_what_people_dial() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("ussd_menus");
    let shipped = shipped.to_str().unwrap();
    let folder = folder_with("goto = \"number_ask\"", "goto = \"bye\"");
    let called = menus(&["diff", shipped, shipped]);
    assert_eq!((called.code, called.out.as_str()), (0, ""));
    let called = menus(&["diff", shipped, path(&folder)]);
    assert_eq!((called.code, called.err.as_str()), (1, ""));
    let line = "5 (known) moved: number_ask -> bye\n";
    assert!(called.out.contains(line), "{}", called.out);
    let called = menus(&["diff", shipped, path(&folder), "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&called.out).unwrap();
    let expected = serde_json::json!({
        "path": "5", "outcomes": ["known"], "change": "moved", "old": "number_ask", "new": "bye",
    });
    assert!(answer.as_array().unwrap().contains(&expected), "{answer}");
    for wrong in [&["diff", shipped][..], &["diff", shipped, "/nowhere"]] {
        assert_eq!(menus(wrong).code, 2, "{wrong:?}");
    }
}
