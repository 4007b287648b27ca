//! Everything that reads what comes from outside, and what must hold for any bytes: nothing
//! breaks, and what was read can be written. The fuzz targets and the tests of the suite share
//! this text.

use std::sync::LazyLock;

use bytes::BytesMut;
use cp2::aggregators::africastalking::{AfricasTalking, Endpoint, Settings};
use cp2::aggregators::described::{Account, Described};
use cp2::aggregators::smpp::Smpp;
use cp2::aggregators::{Aggregator, Hop, RawRequest};
use cp2::config::{self, DescriptionText};
use cp2::crypto::{Keys, MasterKey, Token};
use cp2::domain::{
    CentreCode, CheckCode, Email, KraPin, Msisdn, Name, NationalId, Role, Series, TscNumber,
    UserName,
};
use cp2::imports::{Kind, Reader, Source};
use cp2::rehearsal::Script;
use cp2::text;
use cp2::ussd::Screen;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method};
use rusmpp::decode::DecodeWithLength;
use rusmpp::{Command, Pdu};
use zeroize::Zeroizing;

/// An account at each aggregator that there is: Africa's Talking, and all that are described.
static SIDES: LazyLock<Vec<Box<dyn Aggregator>>> = LazyLock::new(|| {
    let settings = Settings {
        base_url: "https://api.africastalking.com".to_owned(),
        username: "fuzz".to_owned(),
        api_key: Zeroizing::new("key-of-fuzz".to_owned()),
        sender_id: None,
        endpoint: Endpoint::Classic,
    };
    let first = AfricasTalking::open(settings).expect("the settings are in order");
    let mut sides: Vec<Box<dyn Aggregator>> = vec![Box::new(first)];
    for name in DESCRIBED {
        let description = DescriptionText::read(name).expect("it is built in");
        let account = account(&description.text);
        let send = description_of("[send]\nurl = \"{base_url}\"\nanswer = { read = \"json\" }\n");
        let texts = if description.text.contains("[send]") {
            vec![description]
        } else {
            vec![description, send]
        };
        let side = Described::open(&texts, account);
        sides.push(Box::new(
            side.unwrap_or_else(|error| panic!("{name}: {error}")),
        ));
    }
    sides
});

const DESCRIBED: [&str; 16] = [
    "advanta-sms",
    "advanta-ussd",
    "airtel-ussd",
    "arkesel-ussd",
    "crossgate-ussd",
    "hubtel-ussd",
    "infobip-sms",
    "infobip-ussd",
    "mtn-sms",
    "mtn-ussd",
    "nalo-ussd",
    "onfon-sms",
    "safaricom-sms",
    "safaricom-ussd",
    "techsavanna-ussd",
    "twilio-sms",
];

fn description_of(text: &str) -> DescriptionText {
    DescriptionText {
        file: "fuzz.toml".into(),
        text: text.to_owned(),
    }
}

/// An account with a value for each that its description asks for.
fn account(description: &str) -> Account {
    let is_name = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    let asked = description.split("values.").skip(1);
    let names = asked.filter_map(|rest| rest.split(|letter| !is_name(letter)).next());
    Account {
        values: names
            .map(|name| (name.to_owned(), "a-value".into()))
            .collect(),
        base_url: Some("https://sms.example.org/".into()),
        sender_id: Some("COUNCIL".into()),
        service_codes: vec!["*384*2026#".into()],
        public_url: "https://cp2.example.org".into(),
        callbacks: Zeroizing::new("/callbacks/x/secret".into()),
    }
}

/// An account at an SMSC.
static SMSC: LazyLock<Smpp> = LazyLock::new(|| {
    let text = format!(
        "[keys]\ncurrent = \"fuzz\"\nkey.fuzz = \"{}\"\n\
         [[channel]]\nname = \"smpp\"\nkind = \"smpp\"\nservice_codes = [\"*384*2026#\"]\n\
         sender_id = \"COUNCIL\"\n\
         [channel.smpp]\naddress = \"127.0.0.1:9\"\ntls = false\nsystem_id = \"fuzz\"\n\
         password = \"fuzz\"\n",
        "5a".repeat(32)
    );
    let config = config::parse("fuzz.toml", &text, []).expect("the configuration is in order");
    Smpp::open(&config.channel[0]).expect("the account is in order")
});

/// A callback. The first byte says of which aggregator, the second which, and how it is written.
pub(crate) fn callback(bytes: &[u8]) {
    let [whose, which, body @ ..] = bytes else {
        return;
    };
    let aggregator = &SIDES[usize::from(*whose) % SIDES.len()];
    let mut headers = HeaderMap::new();
    let kind = if which & 0x80 == 0 {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    let in_query = which & 0x40 != 0;
    let query = std::str::from_utf8(body).ok().filter(|_| in_query);
    let request = RawRequest {
        method: if in_query {
            &Method::GET
        } else {
            &Method::POST
        },
        path: "/callbacks/x/secret/ussd",
        rest: "",
        query,
        headers: &headers,
        body: if in_query { &[] } else { body },
    };
    match which & 7 {
        0..=2 => {
            let Some(side) = aggregator.ussd() else {
                return;
            };
            if let Ok(Hop::Turn(turn)) = side.read_hop(&request) {
                let text = "Habari".to_owned();
                let screen = Screen { text, end: false };
                let answer = side.write_screen(&screen, &turn, &request);
                let said = String::from_utf8_lossy(answer.body());
                assert!(said.contains("Habari"), "the screen is lost: {said}");
            }
            let _ = side.read_session_end(&request);
        }
        3 => drop(aggregator.read_inbound(&request)),
        4 | 5 => drop(aggregator.read_reports(&request)),
        6 => drop(aggregator.read_opt_out(&request)),
        _ => {
            if let Some(cards) = aggregator.sim_cards() {
                let _ = cards.read_sim_swap(&request);
            }
        }
    }
}

/// What an SMSC sends behind the length of a PDU.
pub(crate) fn pdu(bytes: &[u8]) {
    let mut buffer = BytesMut::from(bytes);
    let Ok((command, _)) = Command::decode(&mut buffer, bytes.len()) else {
        return;
    };
    if let Some(Pdu::DeliverSm(pdu)) = command.pdu() {
        drop(SMSC.read(pdu));
    }
}

/// A file of the council. The first byte says what it is about.
pub(crate) fn table(bytes: &[u8]) {
    let Some((kind, file)) = bytes.split_first() else {
        return;
    };
    let kind = match kind % 3 {
        0 => Kind::Centres,
        1 => Kind::Professionals,
        _ => Kind::Deployments,
    };
    let Ok(source) = Source::survey(file) else {
        return;
    };
    assert_eq!(source.bytes, file.len() as u64);
    let Ok(mut rows) = Reader::open(kind, source, file) else {
        return;
    };
    let mut last = 0;
    while let Ok(lines) = rows.lines(100) {
        if lines.is_empty() {
            break;
        }
        for line in &lines {
            assert!(line.row > last, "rows are counted upwards");
            last = line.row;
            let _ = rows.form().read(line);
        }
    }
}

/// What people type: whatever is taken means the same in its own spelling.
pub(crate) fn value(typed: &str) {
    if let Ok(it) = Msisdn::parse(typed) {
        assert_eq!(Msisdn::parse(it.as_str()).ok(), Some(it.clone()));
        assert_eq!(Msisdn::parse(&it.e164()).ok(), Some(it));
    }
    if let Ok(it) = NationalId::parse(typed) {
        assert_eq!(NationalId::parse(it.as_str()).ok(), Some(it));
    }
    if let Ok(it) = KraPin::parse(typed) {
        assert_eq!(KraPin::parse(it.as_str()).ok(), Some(it));
    }
    if let Ok(it) = TscNumber::parse(typed) {
        assert_eq!(TscNumber::parse(it.as_str()).ok(), Some(it));
    }
    if let Ok(it) = CentreCode::parse(typed) {
        assert_eq!(CentreCode::parse(it.as_str()).ok(), Some(it));
    }
    if let Ok(it) = Email::parse(typed) {
        assert_eq!(Email::parse(it.as_str()).ok(), Some(it));
    }
    if let Ok(it) = Name::parse(typed) {
        assert!(
            text::septets(it.as_str()).is_some(),
            "every phone can show it"
        );
        assert_eq!(Name::parse(it.as_str()).ok(), Some(it));
    }
    if let Some(it) = UserName::parse(typed) {
        assert_eq!(UserName::parse(it.as_str()), Some(it));
    }
    let _ = (Role::parse(typed), Series::parse(typed));
}

/// What opens something: only what was made is taken.
pub(crate) fn secret(typed: &str) {
    if let Some(token) = Token::parse(typed) {
        let again = Token::parse(token.reveal()).expect("its own spelling");
        assert_eq!(again.hash(), token.hash());
    }
    if let Some(code) = CheckCode::parse(typed) {
        let again = CheckCode::parse(&code.in_groups()).expect("its own spelling");
        assert_eq!(again.as_str(), code.as_str());
    }
    if let Ok(key) = MasterKey::parse(typed) {
        let _ = Keys::new("k".into(), [("k".to_owned(), key)].into());
    }
}

/// Any text, as phones carry it.
pub(crate) fn words(any: &str) {
    let folded = text::fold(any);
    assert!(text::septets(&folded).is_some(), "folded, and not GSM-7");
    for whole in [any, folded.as_str()] {
        let parts = text::split(whole);
        assert_eq!(parts.concat(), whole, "a part is lost");
        assert_eq!(parts.len(), text::segments(whole));
        let is_one = parts.len() == 1;
        for part in parts {
            let fits = match text::septets(whole) {
                Some(_) => text::septets(part) <= Some(if is_one { 160 } else { 153 }),
                None => part.encode_utf16().count() <= if is_one { 70 } else { 67 },
            };
            assert!(fits, "a part is too long");
        }
    }
    for most in [0, 1, 7, 160] {
        let cut = text::cut(&folded, most);
        assert!(text::septets(&cut).is_some_and(|septets| septets <= most));
    }
    if let Some(septets) = text::to_septets(&folded) {
        assert_eq!(text::from_septets(&septets), folded);
    }
}

/// What staff write: transcripts, settings, descriptions of a wire.
pub(crate) fn file(text: &str) {
    let lines = text.lines().count();
    match Script::parse("fuzz.txt", text) {
        Ok(script) => assert!(script.steps.iter().all(|step| step.line <= lines)),
        Err(error) => assert!((1..=lines).contains(&error.line)),
    }
    let _ = config::parse("fuzz.toml", text, []);
    let _ = Described::open(&[description_of(text)], account(text));
}
