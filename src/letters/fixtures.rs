//! A made-up council and its letters, for the tests of this room.

use jiff::civil::{date, time};

use super::{Check, Council, LetterData};
use crate::domain::{
    Accent, CentreCode, CheckCode, Crest, Exam, Kes, Msisdn, Name, NationalId, Role, Series,
    TscNumber,
};

pub(super) fn council() -> Council {
    let accent = Accent::default();
    Council {
        crest: Crest::plain(accent).unwrap(),
        accent,
        name: "The National Examinations Council".to_owned(),
        address: vec!["P.O. Box 00000-00100, Nairobi".to_owned()],
        signatory: "Mfano wa Jina".to_owned(),
        signatory_title: "Chief Executive Officer".to_owned(),
        service_code: Some("*384*2026#".to_owned()),
        reference: "KNEC/GEN/EA/FA/SI/APP".to_owned(),
        invitation_reference: "KNEC/CONF/EA/FA/SE/EXMS".to_owned(),
    }
}

pub(super) fn letter(role: Role) -> LetterData {
    let is_examiner = role == Role::Examiner;
    LetterData {
        serial: 9_900_001,
        issued_on: date(2026, 9, 28),
        name: Name::parse("Akinyi Ng'ang'a").unwrap(),
        national_id: NationalId::parse("90000001").unwrap(),
        tsc_number: Some(TscNumber::parse("900001").unwrap()),
        mobile: Msisdn::parse("254700000001").unwrap(),
        town: Some("Mfano".to_owned()),
        role,
        series: Series {
            exam: Exam::Kcse,
            year: 2026,
        },
        centre_code: CentreCode::parse("99208105").unwrap(),
        centre_name: "Mfano Secondary School".to_owned(),
        sub_county: "Mfano South".to_owned(),
        county: "Mfano".to_owned(),
        report_on: date(2026, 10, 16),
        report_at: time(8, 0, 0, 0),
        from: date(2026, 10, 19),
        to: date(2026, 11, 20),
        rate_per_day: (!is_examiner).then_some(Kes(550)),
        distribution_centre: Some("Mfano South container".to_owned()),
        paper: is_examiner.then(|| "565/2".to_owned()),
        examiner_number: is_examiner.then(|| "9900006".to_owned()),
        reply_by: is_examiner.then(|| date(2026, 10, 9)),
        accepted_on: is_examiner.then(|| date(2026, 10, 2)),
        check: Check {
            code: CheckCode::new(9_900_001, 48_291_374),
            place: "https://cp2.example.org/v".to_owned(),
        },
    }
}
