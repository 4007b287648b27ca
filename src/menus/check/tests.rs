//! A sound menu with one fault at a time.

use super::*;
use crate::menus::fixture::{CATALOGUE, SOUND, file};

/// All findings in files, one a line.
fn findings_in(files: &[MenuFile]) -> String {
    prove(files, &CATALOGUE).map_or_else(|findings| findings.to_string(), |_| String::new())
}

/// All findings in the sound menu after some changes, one a line without the file's name.
fn findings_after(changes: &[(&str, &str)]) -> String {
    let mut text = SOUND.to_owned();
    for (old, new) in changes {
        assert_eq!(text.matches(old).count(), 1, "{old}");
        text = text.replace(old, new);
    }
    findings_in(&[file("m", &text)]).replace("m:", "")
}

#[test]
fn a_sound_menu_is_proven() {
    assert_eq!(findings_after(&[]), "");
}

/// A stretch of the sound menu, what to write instead, and what is found then.
const FAULTS: &[(&str, &str, &str)] = &[
    // Syntax
    (
        "[screen.ask]",
        "[screen.ask",
        "35:12: unclosed table, expected `]`",
    ),
    (
        "text.en = \"Bye.\"",
        "text.en = \"Bye.",
        "60:16: invalid basic string, expected `\"`",
    ),
    ("[screen.ask]", "[screen.bye]", "58:9: duplicate key"),
    (
        "[words]",
        "colour = 1\n[words]",
        "3:1: unknown field `colour`, expected one of `start`, `words`, `screen`, `fragment`, `on`, `sms`",
    ),
    (
        "[screen.ask]",
        "[screen.ask]\ncolour = 1",
        "36:1: unknown field `colour`, expected one of `text`, `option`, `include`, `ask`, `save`, `invalid`, `list`, `item`, `per_page`, `action`, `call`, `on`, `goto`, `end`, `paged`, `letters`",
    ),
    (
        "label = { en = \"All\"",
        "lable = { en = \"All\"",
        "17:31: unknown field `lable`, expected one of `key`, `label`, `when`, `goto`",
    ),
    (
        "per_page = 3",
        "per_page = \"3\"",
        "54:12: invalid type: string \"3\", expected usize",
    ),
    (
        "start = \"home\"",
        "start = 1",
        "1:9: invalid type: integer `1`, expected a string",
    ),
    (
        "[sms.saved]\nen",
        "[sms]\nsaved = 3\n[nothing]\nen",
        "64:9: invalid type: integer `3`, expected a text in `en` and `sw`\n65:2: unknown field `nothing`, expected one of `start`, `words`, `screen`, `fragment`, `on`, `sms`",
    ),
    // Words
    (
        "home         = {",
        "hme          = {",
        "1:1: `[words]` has no `home.en` and `home.sw`\n5:1: nothing uses the word `hme`",
    ),
    (
        "sw = \"Subiri.\"",
        "sw = \"Subiri {name}.\"",
        "8:45: nothing is known at the word `unavailable` to fill in `{name}`",
    ),
    // Texts
    (
        "invalid.sw = \"Si nambari.\"\n",
        "",
        "40:14: the `sw` text is missing; each text stands in en and sw",
    ),
    (
        "en = \"Busy.\"",
        "en = \" \"",
        "8:23: the `en` text is empty",
    ),
    (
        "Report {day:long}",
        "Report {day:tall}",
        "30:8: unknown format `tall`; there are long, short, masked",
    ),
    (
        "Ripoti {day:long}",
        "Ripoti } {day}",
        "33:8: a brace without its partner",
    ),
    (
        "Ripoti {day:long}",
        "Ripoti ’{day}",
        "33:8: `’` is not in the GSM-7 alphabet and would halve the screen: write `'`",
    ),
    (
        "Ripoti {day:long}",
        "Ripoti {code:long}",
        "32:8: `{code}` is a code and can't be shown that way",
    ),
    // Screens
    (
        "start = \"home\"",
        "",
        "1:1: no file says `start = \"SCREEN\"`",
    ),
    (
        "start = \"home\"",
        "start = \"hame\"",
        "1:9: there is no screen `hame` to start with",
    ),
    (
        "[screen.bye]",
        "[screen.bye]\noption = []",
        "58:9: screen `bye` needs exactly one of `option`, `ask`, `list`, `action`, `call` or `end = true`",
    ),
    (
        "end = true\ntext.en = \"Bye.\"",
        "option = []\ntext.en = \"Bye.\"",
        "58:9: screen `bye` has nothing to choose",
    ),
    (
        "text.en = \"Your number?\"\ntext.sw = \"Nambari yako?\"\n",
        "",
        "35:9: screen `ask` needs `text.en` and `text.sw`",
    ),
    (
        "ask = \"msisdn\"",
        "ask = \"msisdn\"\nend = true",
        "35:9: screen `ask` needs exactly one of `option`, `ask`, `list`, `action`, `call` or `end = true`",
    ),
    (
        "ask = \"msisdn\"",
        "ask = \"colour\"",
        "36:7: `ask` takes one of msisdn, kra_pin, centre_code, national_id, tsc_number, birth_year, pin, code, digits, check_code, number, kilometres, name, words, email",
    ),
    (
        "ask = \"msisdn\"\nsave = \"line\"",
        "ask = \"kra_pin\"\nsave = \"pin\"",
        "36:7: `kra_pin` is typed in letters, several presses each: ask for digits, or say `letters = true`\n45:10: `save` needs `line`, which is not there on every way to it",
    ),
    (
        "ask = \"msisdn\"",
        "ask = \"msisdn\"\nletters = true",
        "37:11: that is not how `msisdn` is typed: remove `letters`",
    ),
    (
        "goto = \"save\"",
        "",
        "35:9: screen `ask` needs `goto`, the screen that follows",
    ),
    (
        "goto = \"save\"",
        "goto = \"safe\"",
        "42:8: there is no screen `safe`; there are: ask, bye, home, mine, pick, save, seek",
    ),
    (
        "per_page = 3",
        "per_page = 10",
        "54:12: `per_page` must be 1 to 9: one key an item",
    ),
    // Keys
    (
        "key = \"3\"",
        "key = \"2\"",
        "17:11: the key `2` stands twice in `home`",
    ),
    (
        "key = \"3\"",
        "key = \"98\"",
        "17:11: the key `98` is taken: 0 goes back, 00 home, 98 and 99 turn pages",
    ),
    (
        "key = \"3\"",
        "key = \"#\"",
        "17:11: a key is one to three digits, not `#`",
    ),
    // Actions
    (
        "action = \"find\"",
        "action = \"fnd\"",
        "22:10: there is no action `fnd`; there are: find, list, save, raise, prove",
    ),
    (
        "on.none = \"bye\"\n\n[screen.mine]",
        "\n[screen.mine]",
        "22:10: `on.none` is missing: said by a test",
    ),
    (
        "save = \"line\"\n",
        "",
        "44:10: `save` needs `line`, which is not there on every way to it",
    ),
    (
        "save = \"line\"\n",
        "save = \"code\"\n",
        "37:8: `code` is a code elsewhere and a telephone number here: save it under another name\n45:10: `save` needs `line`, which is not there on every way to it",
    ),
    (
        "list = \"list\"",
        "list = \"find\"",
        "49:8: `find` answers no list: use `action = `",
    ),
    (
        "action = \"find\"",
        "action = \"list\"",
        "22:10: `list` answers a list: use `list = `",
    ),
    // SMS
    (
        "[sms.saved]",
        "[sms.lost]",
        "1:1: `[sms.saved]` is missing: `save` sends it\n63:6: no action sends an SMS called `lost`",
    ),
    (
        "Imehifadhiwa, {code}.",
        "Imehifadhiwa, {name}.",
        "65:21: `{name}` is not filled on every way to the SMS `saved`; there are: code",
    ),
];

#[test]
fn each_fault_is_found_once_and_at_its_place() {
    for (old, new, findings) in FAULTS {
        assert_eq!(findings_after(&[(old, new)]), *findings, "{old} -> {new}");
    }
}

#[test]
fn a_screen_may_be_full_but_not_one_septet_more() {
    let options = "1. Mine\n2. Change\n3. All\n0. Exit".len();
    let wrong = "Wrong choice.\n".len();
    let room = 160 - "\n".len() - options - wrong;
    let text_of = |length| format!("text.en = \"{}\"", "x".repeat(length));
    let with_text = |length| findings_after(&[("text.en = \"Welcome\"", &text_of(length))]);
    assert_eq!(with_text(room), "");
    assert_eq!(
        with_text(room + 1),
        "12:11: `home` can need 161 septets in `en` with the line that a wrong answer adds, \
         1 too many: shorten it, or say `paged = true`"
    );
    assert_eq!(
        with_text(room + wrong + 2),
        "12:11: `home` can need 176 septets in `en`, 16 too many: shorten it, or say `paged = true`"
    );
}

#[test]
fn one_language_alone_can_be_too_long() {
    let text = format!("text.sw = \"Nambari yako?{}\"", "x".repeat(122));
    assert_eq!(
        findings_after(&[("text.sw = \"Nambari yako?\"", &text)]),
        "39:11: `ask` can need 163 septets in `sw` with the line that a wrong answer adds, \
         3 too many: shorten it, or say `paged = true`"
    );
}

#[test]
fn a_list_counts_full_pages_of_its_longest_items() {
    assert_eq!(
        findings_after(&[("per_page = 3", "per_page = 4")]),
        "50:11: `pick` can need 161 septets in `en` with the line that a wrong answer adds, \
         1 too many: shorten it, or lower `per_page`"
    );
}

#[test]
fn a_paged_screen_may_be_longer_but_its_options_may_not() {
    let long = "Welcome to a long text. ".repeat(10);
    let text = format!("paged = true\ntext.en = \"{long}\"");
    assert_eq!(findings_after(&[("text.en = \"Welcome\"", &text)]), "");
    let label = format!("{{ en = \"{}\"", "Mine".repeat(40));
    assert_eq!(
        findings_after(&[
            ("text.en = \"Welcome\"", &text),
            ("{ en = \"Mine\"", &label)
        ]),
        "13:11: `home` has an option or a word that is longer than a page"
    );
}

#[test]
fn a_question_that_takes_too_long_to_answer_is_found() {
    let name = "ask = \"name\"\nletters = true\nsave = \"called\"";
    let long = format!("text.en = \"{}\"", "Your names? ".repeat(12));
    let asks = [
        ("ask = \"msisdn\"\nsave = \"line\"", name),
        ("text.en = \"Your number?\"", long.as_str()),
        ("goto = \"save\"\n", "goto = \"bye\"\n"),
        ("[screen.save]\naction = \"save\"\non.saved = \"bye\"\n", ""),
    ];
    let found = findings_after(&asks);
    assert!(
        found.contains("takes about 32 seconds to read and answer"),
        "{found}"
    );
    let short = [asks[0], asks[2], asks[3]];
    assert_eq!(findings_after(&short), "");
}

#[test]
fn what_stands_alone_must_fit_alone() {
    let busy = format!("en = \"{}\"", "x".repeat(161));
    let saved = format!("en = \"Saved, {{code}}{}\"", "x".repeat(146));
    assert_eq!(
        findings_after(&[
            ("en = \"Busy.\"", &busy),
            ("en = \"Saved, {code}.\"", &saved)
        ]),
        "8:23: the word `unavailable` can need 161 septets in `en`, 1 too many\n\
         64:6: the SMS `saved` can need 161 septets in `en`, 1 too many"
    );
}

#[test]
fn the_offer_to_go_on_must_fit_with_its_options() {
    let question = format!("en = \"{}\"", "x".repeat(140));
    assert_eq!(
        findings_after(&[("en = \"Go on?\"", &question)]),
        "68:6: `resume` with its options can need 167 septets in `en` with the line that a wrong \
         answer adds, 7 too many: shorten it"
    );
    assert_eq!(
        findings_after(&[("sw = \"Hapana\"", "")]),
        "76:6: the `sw` text is missing; each text stands in en and sw"
    );
}

#[test]
fn a_circle_without_a_screen_is_found_once() {
    let around = "on.none = \"around\"\n\n[screen.around]\naction = \"save\"\non.saved = \"seek\"";
    let changes = [(
        "on.none = \"bye\"\n\n[screen.mine]",
        &*format!("{around}\n\n[screen.mine]"),
    )];
    assert_eq!(
        findings_after(&changes),
        "26:9: this leads around in a circle and shows nothing: around -> seek -> around\n\
         27:10: `save` needs `line`, which is not there on every way to it"
    );
}

#[test]
fn a_field_must_be_there_on_every_way() {
    // `seek` brings the fields of `mine` along, an empty list does not.
    let empty = (
        "goto = \"mine\"\non.none = \"bye\"",
        "goto = \"mine\"\non.none = \"mine\"",
    );
    let findings = findings_after(&[empty]);
    assert_eq!(findings.lines().count(), 6, "{findings}");
    assert!(findings.starts_with("29:1: nothing is known at `mine` to fill in `{name}`\n"));
}

#[test]
fn a_place_counts_characters_and_may_be_written_by_escapes() {
    assert_eq!(
        findings_after(&[("text.sw = \"Karibu\"", "text.sw = \"éééé’\"")]),
        "13:16: `’` is not in the GSM-7 alphabet and would halve the screen: write `'`"
    );
    assert_eq!(
        findings_after(&[("text.sw = \"Karibu\"", "text.sw = \"Kari\\u2019\"")]),
        "13:11: `’` is not in the GSM-7 alphabet and would halve the screen: write `'`"
    );
}

#[test]
fn lines_may_end_as_on_windows() {
    assert_eq!(findings_in(&[file("m", &SOUND.replace('\n', "\r\n"))]), "");
    let faulty = SOUND
        .replace("Ripoti {day:long}", "Ripoti {days}")
        .replace('\n', "\r\n");
    assert!(findings_in(&[file("m", &faulty)]).starts_with("m:33:8: "));
}

#[test]
fn faults_are_found_all_at_once() {
    let findings = findings_after(&[
        ("key = \"3\"", "key = \"2\""),
        ("ask = \"msisdn\"", "ask = \"msisdn\"\ncolour = 1"),
        ("invalid.sw = \"Si nambari.\"\n", ""),
        ("on.saved = \"bye\"", "on.saved = \"by\""),
        ("text.sw = \"Kwaheri.\"", "text.sw = \"Kwa`heri.\""),
        ("[sms.saved]", "[sms.lost]"),
    ]);
    let places: Vec<_> = findings
        .lines()
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    assert_eq!(places, ["1:1", "17:11", "37:1", "46:12", "61:15", "63:6"]);
}

#[test]
fn a_menu_may_stand_in_several_files() {
    let (first, second) = SOUND.split_at(SOUND.find("[screen.ask]").unwrap());
    assert_eq!(findings_in(&[file("a", first), file("b", second)]), "");
}

#[test]
fn a_name_stands_in_one_file_only() {
    let again = "start = \"bye\"\n[words.back]\nen = \"B\"\nsw = \"R\"\n\
                 [screen.bye]\nend = true\ntext = { en = \"A\", sw = \"A\" }\n\
                 [sms.saved]\nen = \"A\"\nsw = \"A\"\n";
    assert_eq!(
        findings_in(&[file("a", SOUND), file("b", again)]),
        "b:1:9: a second `start`; a menu has one\n\
         b:2:8: a second word called `back`\n\
         b:5:9: a second screen called `bye`\n\
         b:8:6: a second SMS called `saved`"
    );
}

#[test]
fn a_file_that_is_no_toml_says_nothing_about_the_others() {
    let (first, second) = SOUND.split_at(SOUND.find("[screen.ask]").unwrap());
    let faulty = first.replace("key = \"3\"", "key = \"2\"");
    assert_eq!(
        findings_in(&[
            file("a", &faulty),
            file("b", &second.replace("ask = ", "ask "))
        ]),
        "b:2:5: key with no value, expected `=`"
    );
}

#[test]
fn without_files_there_is_no_start() {
    assert!(findings_in(&[]).starts_with("menus:1:1: "));
}
