//! The people of the demo: synthetic, always the same but for the days of their exams.

use std::time::Duration;

use jiff::civil::{Date, DateTime, date};
use jiff::{Span, ToSpan};

use crate::aggregators::Network;
use crate::crypto::{Hasher, Keys};
use crate::domain::{
    CentreCode, DeploymentId, Exam, Gender, Kes, KraPin, Language, Msisdn, Name, NationalId,
    PersonId, Role, Series, Timestamp, TscNumber,
};
use crate::store::centres::{self, Centre};
use crate::store::deployments::{self, Deployment, State};
use crate::store::passwords::{self, PasswordRecord};
use crate::store::people::{self, Person, Profile};
use crate::store::pins::{self, PinRecord};
use crate::store::{Store, StoreError, Tx, invitations, lines};

use super::phone::DemoPerson;

/// The password that every named person of the demo begins with.
pub const FIRST_PASSWORD: &str = "karibu2026";

/// How long invitations of the demo wait for an answer, from its first start on.
const TIME_TO_ANSWER: Duration = Duration::from_hours(14 * 24);

/// Why the demo's people could not be put in place.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The store could not do as told.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The first password could not be hashed.
    #[error(transparent)]
    Password(#[from] crate::crypto::PasswordError),
    /// A value of the demo is none. A test proves otherwise.
    #[error("the demo's own data is wrong: {0}")]
    Wrong(&'static str),
}

/// A named person of the demo.
struct Cast {
    number: u32,
    name: &'static str,
    gender: Gender,
    tsc: Option<&'static str>,
    pin: Option<&'static str>,
    network: Network,
    description: &'static str,
    work: &'static [Posting],
}

/// What a named person does.
struct Posting {
    centre: &'static str,
    exam: Exam,
    role: Role,
    state: State,
}

const fn posted(centre: &'static str, exam: Exam, role: Role) -> Posting {
    Posting {
        centre,
        exam,
        role,
        state: State::Posted,
    }
}

const CAST: &[Cast] = &[
    Cast {
        number: 1,
        name: "Achieng Mercy Odhiambo",
        gender: Gender::Female,
        tsc: Some("500001"),
        pin: Some("1234"),
        network: Network::Safaricom,
        description: "invigilator, deployed to 99208105",
        work: &[posted("99208105", Exam::Kcse, Role::Invigilator)],
    },
    Cast {
        number: 2,
        name: "Kamau Peter Njoroge",
        gender: Gender::Male,
        tsc: Some("500002"),
        pin: None,
        network: Network::Safaricom,
        description: "supervisor, deployed to 99208105",
        work: &[posted("99208105", Exam::Kcse, Role::Supervisor)],
    },
    Cast {
        number: 3,
        name: "Ng'ang'a Ruth Wairimu",
        gender: Gender::Female,
        tsc: Some("500003"),
        pin: Some("1234"),
        network: Network::Safaricom,
        description: "centre manager of 99208105",
        work: &[posted("99208105", Exam::Kcse, Role::CentreManager)],
    },
    Cast {
        number: 4,
        name: "Barasa Joel Wekesa",
        gender: Gender::Male,
        tsc: None,
        pin: None,
        network: Network::Safaricom,
        description: "registered, not deployed",
        work: &[],
    },
    Cast {
        number: 5,
        name: "Cherono Faith Kiplagat",
        gender: Gender::Female,
        tsc: Some("500005"),
        pin: None,
        network: Network::Safaricom,
        description: "deployed twice",
        work: &[
            posted("99208105", Exam::Kcse, Role::Supervisor),
            posted("99104012", Exam::Kjsea, Role::Invigilator),
        ],
    },
    Cast {
        number: 6,
        name: "Mutua Daniel Kioko",
        gender: Gender::Male,
        tsc: Some("500006"),
        pin: None,
        network: Network::Safaricom,
        description: "examiner, invitation not yet answered",
        work: &[Posting {
            centre: "99900001",
            exam: Exam::Kcse,
            role: Role::Examiner,
            state: State::Invited,
        }],
    },
    Cast {
        number: 7,
        name: "Khadija Nakhumicha Mwanajuma Atieno Chepkemoi Wanjiru-Mumbua",
        gender: Gender::Female,
        tsc: Some("500007"),
        pin: None,
        network: Network::Airtel,
        description: "Kiswahili, Airtel, the longest names",
        work: &[posted("99731222", Exam::Kcse, Role::Invigilator)],
    },
    Cast {
        number: 8,
        name: "Wanjala Esther Nekesa",
        gender: Gender::Female,
        tsc: Some("500008"),
        pin: Some("1234"),
        network: Network::Safaricom,
        description: "centre manager of two centres",
        work: &[
            posted("99731222", Exam::Kcse, Role::CentreManager),
            posted("99104012", Exam::Kjsea, Role::CentreManager),
        ],
    },
];

/// A centre of the demo.
struct Place {
    code: &'static str,
    name: &'static str,
    sub_county: &'static str,
    county: &'static str,
    distribution_centre: &'static str,
    location: &'static str,
    candidates: u32,
}

const CENTRES: &[Place] = &[
    Place {
        code: "99208105",
        name: "Mfano Secondary School",
        sub_county: "Murang'a South",
        county: "Murang'a",
        distribution_centre: "Murang'a South Container",
        location: "Maragua town, Kenol road",
        candidates: 184,
    },
    Place {
        code: "99104012",
        name: "Mfano Junior School",
        sub_county: "Mukurweini",
        county: "Nyeri",
        distribution_centre: "Mukurweini Container",
        location: "Mukurweini market",
        candidates: 61,
    },
    Place {
        code: "99731222",
        name: "Mtakatifu Yohana Mbatizaji Mixed Day and Boarding Secondary",
        sub_county: "Tharaka North",
        county: "Tharaka Nithi",
        distribution_centre: "Tharaka North Deputy County Commissioner's Office Container",
        location: "Gatunga, behind the chief's camp, Marimanti road",
        candidates: 247,
    },
    Place {
        code: "99900001",
        name: "Mfano Marking Centre",
        sub_county: "Westlands",
        county: "Nairobi",
        distribution_centre: "Westlands Container",
        location: "Waiyaki Way, Westlands",
        candidates: 0,
    },
];

impl Place {
    fn centre(&self) -> Result<Centre, SeedError> {
        Ok(Centre {
            code: CentreCode::parse(self.code).map_err(|_| SeedError::Wrong("a centre code"))?,
            name: self.name.into(),
            sub_county: self.sub_county.into(),
            county: self.county.into(),
            distribution_centre: self.distribution_centre.into(),
            location: Some(self.location.into()),
            candidates: Some(self.candidates),
            distance_km: None,
        })
    }
}

/// The demo's line of that number: 254700000000 and so many.
fn line(number: u32) -> Result<Msisdn, SeedError> {
    Msisdn::parse(&format!("254700{number:06}")).map_err(|_| SeedError::Wrong("a number"))
}

/// The phones that the browser can take up.
pub fn phones() -> Result<Vec<DemoPerson>, SeedError> {
    let mut phones = Vec::new();
    for person in CAST {
        let msisdn = line(person.number)?;
        phones.push(DemoPerson {
            msisdn,
            network: person.network.clone(),
            description: person.description.into(),
        });
    }
    let nobody = DemoPerson {
        msisdn: line(99)?,
        network: Network::Safaricom,
        description: "not registered".into(),
    };
    phones.push(nobody);
    Ok(phones)
}

/// When KCSE begins, by the council's calendar of 2026: a Monday.
pub const CALENDAR: Date = date(2026, 10, 19);

/// When it begins instead, so that the register of attendance is open now: on Monday of
/// this week.
#[must_use]
pub fn this_week(now: Timestamp) -> Date {
    let today = now.date_in_kenya();
    let since_monday = today.weekday().to_monday_zero_offset();
    today.saturating_sub(i64::from(since_monday).days())
}

/// Puts the demo's people in place, and so many more around them. False when they are
/// there already. Their exams are as far from those of the calendar as KCSE begins.
pub async fn seed(
    store: &Store,
    keys: &Keys,
    hasher: &Hasher,
    professionals: u32,
    kcse_begins: Date,
    now: Timestamp,
) -> Result<bool, SeedError> {
    let password = zeroize::Zeroizing::new(FIRST_PASSWORD.to_owned());
    let hash = hasher.hash(password).await?;
    let mut tx = store.begin().await?;
    if people::by_msisdn(&mut tx, &line(1)?).await?.is_some() {
        return Ok(false);
    }
    for place in CENTRES {
        centres::insert(&mut tx, &place.centre()?).await?;
    }
    let moved = CALENDAR
        .until(kcse_begins)
        .map_err(|_| SeedError::Wrong("the day KCSE begins"))?;
    let mut serial = 9_900_000;
    for cast in CAST {
        let kra_pin = (cast.number == 1).then_some("A000000001Z");
        let person = person(
            cast.number,
            (cast.name, cast.gender),
            cast.tsc,
            kra_pin,
            90_000_000 + cast.number,
        )?;
        people::insert(&mut tx, &person, now).await?;
        let record = PasswordRecord {
            hash: hash.clone(),
            must_change: false,
            expires_at: None,
        };
        passwords::replace(&mut tx, &person.id, &record, now).await?;
        if let Some(pin) = cast.pin {
            let record = PinRecord {
                mac: keys.secret_mac(person.id.as_str(), pin),
                reset_at: None,
            };
            pins::replace(&mut tx, &person.id, &record, now).await?;
        }
        for posting in cast.work {
            serial += 1;
            let deployment = deployment(&person.id, posting, serial, moved)?;
            deployments::insert(&mut tx, &deployment, now).await?;
            if posting.state == State::Invited {
                let answer_by = now.plus(TIME_TO_ANSWER);
                invitations::set_deadline(&mut tx, &deployment.id, answer_by, now).await?;
            }
        }
    }
    lines::set_language(&mut tx, &line(7)?, Language::Sw, now).await?;
    crowd(&mut tx, professionals, (serial, moved), now).await?;
    tx.commit().await?;
    Ok(true)
}

const FIRST_NAMES: [(&str, Gender); 8] = [
    ("Akinyi", Gender::Female),
    ("Njeri", Gender::Female),
    ("Otieno", Gender::Male),
    ("Mwende", Gender::Female),
    ("Kipchoge", Gender::Male),
    ("Halima", Gender::Female),
    ("Wafula", Gender::Male),
    ("Nyambura", Gender::Female),
];
const LAST_NAMES: [&str; 7] = [
    "Ochieng", "Mwangi", "Mutiso", "Koech", "Hassan", "Simiyu", "Kariuki",
];

/// People without a story, from 254700001000 on.
async fn crowd(
    tx: &mut Tx,
    professionals: u32,
    (serial, moved): (u32, Span),
    now: Timestamp,
) -> Result<(), SeedError> {
    for index in 0..professionals {
        let at = index as usize;
        let (first, gender) = FIRST_NAMES[at % FIRST_NAMES.len()];
        let name = format!("{first} {}", LAST_NAMES[at % LAST_NAMES.len()]);
        let named = (name.as_str(), gender);
        let person = person(1000 + index, named, None, None, 91_000_000 + index)?;
        people::insert(tx, &person, now).await?;
        let posting = posted(CENTRES[at % 2].code, Exam::Kcse, Role::Invigilator);
        let deployment = deployment(&person.id, &posting, serial + 1 + index, moved)?;
        deployments::insert(tx, &deployment, now).await?;
    }
    Ok(())
}

fn person(
    number: u32,
    (name, gender): (&str, Gender),
    tsc: Option<&str>,
    kra_pin: Option<&str>,
    national_id: u32,
) -> Result<Person, SeedError> {
    Ok(Person {
        id: PersonId::fresh(),
        national_id: NationalId::parse(&national_id.to_string())
            .map_err(|_| SeedError::Wrong("a national ID"))?,
        tsc_number: tsc
            .map(TscNumber::parse)
            .transpose()
            .map_err(|_| SeedError::Wrong("a TSC number"))?,
        name: Name::parse(name).map_err(|_| SeedError::Wrong("a name"))?,
        town: Some("Maragua".into()),
        msisdn: Some(line(number)?),
        kra_pin: kra_pin
            .map(KraPin::parse)
            .transpose()
            .map_err(|_| SeedError::Wrong("a KRA PIN"))?,
        profile: Profile {
            // A few records lack it, as records do.
            birth_year: (number != 4).then_some(1980),
            gender: Some(gender.code().to_owned()),
            ..Profile::default()
        },
        waits_until: None,
    })
}

fn deployment(
    person: &PersonId,
    posting: &Posting,
    serial: u32,
    moved: Span,
) -> Result<Deployment, SeedError> {
    let place = CENTRES.iter().find(|known| known.code == posting.centre);
    let centre = place.ok_or(SeedError::Wrong("a centre"))?.centre()?;
    let (reports_at, starts_on, ends_on) = dates(posting);
    let is_examiner = posting.role == Role::Examiner;
    Ok(Deployment {
        id: DeploymentId::fresh(),
        person: person.clone(),
        centre,
        series: Series {
            exam: posting.exam,
            year: 2026,
        },
        role: posting.role,
        state: posting.state,
        serial,
        issued_on: date(2026, 9, 28).saturating_add(moved),
        reports_at: Timestamp::from_kenya(reports_at.saturating_add(moved)),
        starts_on: starts_on.saturating_add(moved),
        ends_on: ends_on.saturating_add(moved),
        rate: match posting.role {
            Role::Supervisor => Kes(680),
            _ => Kes(550),
        },
        paper: is_examiner.then(|| "565/2".into()),
        examiner_number: is_examiner.then(|| format!("{serial:07}")),
        answer_by: None,
        answered_at: None,
    })
}

/// When to report, and the first and last day: the council's calendar of 2026.
fn dates(posting: &Posting) -> (DateTime, Date, Date) {
    match (posting.exam, posting.role) {
        (_, Role::Examiner) => (
            date(2026, 11, 30).at(8, 0, 0, 0),
            date(2026, 11, 30),
            date(2026, 12, 19),
        ),
        (Exam::Kjsea, _) => (
            date(2026, 10, 23).at(7, 0, 0, 0),
            date(2026, 10, 26),
            date(2026, 11, 3),
        ),
        (_, Role::Supervisor) => (
            date(2026, 10, 16).at(6, 30, 0, 0),
            CALENDAR,
            date(2026, 11, 20),
        ),
        _ => (
            date(2026, 10, 16).at(7, 0, 0, 0),
            CALENDAR,
            date(2026, 11, 20),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kcse_goes_on_whenever_the_demo_is_started() {
        for (today, begins) in [
            (date(2026, 10, 19), CALENDAR),
            (date(2026, 10, 25), CALENDAR),
            (date(2027, 1, 1), date(2026, 12, 28)),
            (date(2028, 2, 29), date(2028, 2, 28)),
        ] {
            // Ten to midnight in Kenya, when it is another day in London.
            let now = Timestamp::from_kenya(today.at(23, 50, 0, 0));
            assert_eq!(this_week(now), begins);
        }
    }
}
