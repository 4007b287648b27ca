//! How long one letter takes to be drawn, of people who share nothing but their role. Run it
//! by `cargo bench --bench letters`.
#![expect(
    clippy::unwrap_used,
    reason = "a measurement that can't go on should stop where it is"
)]

use std::hint::black_box;

use cp2::domain::{
    Accent, CentreCode, CheckCode, Crest, Exam, Kes, Msisdn, Name, NationalId, Role, Series,
    TscNumber,
};
use cp2::letters::{Check, Council, LetterData, Letters};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::civil::{date, time};

const GIVEN: [&str; 8] = [
    "Achieng", "Kamau", "Ng'ang'a", "Cherono", "Wanjiru", "Juma", "Khadija", "Zuberi",
];
const FAMILY: [&str; 8] = [
    "Odhiambo", "Njoroge", "Wairimu", "Kiplagat", "Mumbua", "Quezada", "Yego", "Fadhili",
];
const PLACES: [&str; 4] = ["Murang'a South", "Mukurweini", "Kakamega North", "Tharaka"];

fn council() -> Council {
    let accent = Accent::default();
    Council {
        crest: Crest::plain(accent).unwrap(),
        accent,
        name: "National Examinations Council".to_owned(),
        address: vec!["P.O. Box 0000-00100".to_owned(), "Nairobi".to_owned()],
        signatory: "The Chief Executive Officer".to_owned(),
        signatory_title: "For the Council".to_owned(),
        service_code: Some("*384*2026#".to_owned()),
        reference: "KNEC/GEN/EA/FA/SI/APP".to_owned(),
        invitation_reference: "KNEC/CONF/EA/FA/SE/EXMS".to_owned(),
    }
}

/// The letter of somebody who is like nobody before.
fn letter(number: u32, role: Role) -> LetterData {
    let pick = |from: &[&'static str], place: u32| {
        let index = usize::try_from(place).unwrap() % from.len();
        from[index]
    };
    let place = pick(&PLACES, number);
    let (given, family) = (pick(&GIVEN, number), pick(&FAMILY, number / 8));
    let serial = 9_000_000 + number;
    LetterData {
        serial,
        issued_on: date(2026, 9, 28),
        name: Name::parse(&format!("{given} {family}")).unwrap(),
        national_id: NationalId::parse(&format!("{}", 90_000_000 + number)).unwrap(),
        tsc_number: TscNumber::parse(&format!("{}", 500_000 + number)).ok(),
        mobile: Msisdn::parse(&format!("2547{number:08}")).unwrap(),
        town: Some(place.to_owned()),
        role,
        series: Series {
            exam: Exam::Kcse,
            year: 2026,
        },
        centre_code: CentreCode::parse(&format!("99{number:06}")).unwrap(),
        centre_name: format!("{place} {family} Secondary School"),
        sub_county: place.to_owned(),
        county: place.to_owned(),
        report_on: date(2026, 10, 16),
        report_at: time(7, 0, 0, 0),
        from: date(2026, 10, 19),
        to: date(2026, 11, 20),
        rate_per_day: Some(Kes(550)),
        distribution_centre: Some(format!("{place} Container")),
        paper: None,
        examiner_number: None,
        reply_by: None,
        accepted_on: None,
        check: Check {
            code: CheckCode::new(serial, u64::from(number) * 7_919),
            place: "https://cp2.example.org/v".to_owned(),
        },
    }
}

fn letters(criterion: &mut Criterion) {
    let letters = Letters::new(council(), &[]).unwrap();
    let mut group = criterion.benchmark_group("letter");
    group.throughput(Throughput::Elements(1));
    for role in [Role::Invigilator, Role::CentreManager] {
        let mut number = 0;
        group.bench_function(role.code(), |bencher| {
            bencher.iter(|| {
                number += 1;
                black_box(letters.render(&letter(number, role)).unwrap())
            });
        });
    }
    group.finish();
}

criterion_group!(benches, letters);
criterion_main!(benches);
