//! Any bytes at all, at everything that reads what comes from outside: some thousand here by
//! chance and by spoiling what is good, millions by the fuzz targets, which share the text.

#[path = "../../fuzz/parsers.rs"]
mod read;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// What each of them takes.
const CALLBACKS: &[&[u8]] = &[
    b"\0\0sessionId=ATUid_1&serviceCode=%2A384%2A2026%23&phoneNumber=%2B254700000001&text=1%2A2",
    b"\0\x03id=in-1&from=%2B254700000001&to=22026&text=RESET&date=2026-10-05+06%3A00%3A00",
    b"\0\x04id=ATXid_1&phoneNumber=%2B254700000001&status=Failed&failureReason=UserInBlacklist",
    b"\x02\x40SESSIONID=1&MSISDN=254700000001&USSDCODE=384&INPUT=1",
    b"\x06\x80{\"sessionId\":\"1\",\"msisdn\":\"254700000001\",\"userData\":\"1\"}",
];

const TABLES: &[&[u8]] = &[
    b"\0centre_code,name,county,sub_county\n99208105,Mfano,Nairobi,Westlands\n",
    b"\x01national_id;phone;first name;surname\n90000001;0700000001;Amina;\"Ng\x92ang\x92a\"\n",
    b"\x02national_id,centre,exam,year,role\n90000001,99208105,KCSE,2026,INV\n",
];

const VALUES: &[&str] = &[
    "+254 700-000 001",
    "0700000001",
    "A001234567K",
    "90000001",
    "99208105-CM",
    "a.b@c.co.ke",
    "Ng’ang’a wa Mũriũki",
    "KCSE 2026",
    "12345678901",
];

const FILES: &[&str] = &[
    "line 254700000001\ndial 1\n| Hello\ntype 1\nend\nrepeat\nwait 1h\n",
    "[ussd]\nsession = \"SESSIONID\"\n[send]\nurl = \"{base_url}\"\nanswer = { read = \"json\" }\n",
];

/// Something good with a few bytes in it that are not.
fn spoiled(good: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<Index>(), any::<u8>(), 0_u8..3);
    (any::<Index>(), vec(change, 0..6)).prop_map(move |(which, changes)| {
        let mut bytes = which.get(good).to_vec();
        for (at, byte, how) in changes {
            let at = at.index(bytes.len().max(1));
            match how {
                0 if at < bytes.len() => bytes[at] = byte,
                1 => bytes.insert(at.min(bytes.len()), byte),
                _ => bytes.truncate(at),
            }
        }
        bytes
    })
}

fn spoiled_text(good: &'static [&'static str]) -> impl Strategy<Value = String> {
    let change = (any::<Index>(), any::<char>(), any::<bool>());
    (any::<Index>(), vec(change, 0..5)).prop_map(move |(which, changes)| {
        let mut text: Vec<char> = which.get(good).chars().collect();
        for (at, letter, replace) in changes {
            let at = at.index(text.len().max(1));
            if replace && at < text.len() {
                text[at] = letter;
            } else {
                text.insert(at, letter);
            }
        }
        text.into_iter().collect()
    })
}

/// A `DELIVER_SM` behind its length, with these bytes where it says what it brings.
fn delivered(rest: Vec<u8>) -> Vec<u8> {
    let mut pdu = vec![0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 7];
    pdu.extend(rest);
    pdu
}

/// As many as `PROPTEST_CASES` says.
fn some() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").map_or(2000, |cases| cases.parse().unwrap());
    ProptestConfig {
        cases,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(some())]

    #[test]
    fn callbacks_are_read_or_refused(bytes in spoiled(CALLBACKS), more in vec(any::<u8>(), 0..200)) {
        read::callback(&bytes);
        read::callback(&more);
    }

    #[test]
    fn pdus_are_read_or_left(rest in vec(any::<u8>(), 0..120)) {
        read::pdu(&rest);
        read::pdu(&delivered(rest));
    }

    #[test]
    fn tables_are_read_row_by_row(bytes in spoiled(TABLES), more in vec(any::<u8>(), 0..300)) {
        read::table(&bytes);
        read::table(&more);
    }

    #[test]
    fn values_mean_the_same_in_their_own_spelling(typed in spoiled_text(VALUES), more in any::<String>()) {
        for typed in [typed, more] {
            read::value(&typed);
            read::secret(&typed);
        }
    }

    #[test]
    fn secrets_are_known_in_their_own_spelling(
        token in "[0-9a-zA-Z]{20,28}",
        code in "[0-9]{4,7}[- ]?[0-9]{8}",
    ) {
        read::secret(&token);
        read::secret(&code);
    }

    #[test]
    fn texts_are_carried_whole(text in any::<String>(), long in "[ -~€\\^’ũ]{140,330}") {
        read::words(&text);
        read::words(&long);
    }

    #[test]
    fn files_are_read_or_refused_with_a_line(text in spoiled_text(FILES), more in any::<String>()) {
        read::file(&text);
        read::file(&more);
    }
}
