//! The PIN: proving it, proving who one is without it, and setting it.

use crate::domain::Proofs;
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, SmsSpec};
use crate::store::people::Person;
use crate::store::pins::{self, PinRecord};
use crate::ussd::Outcome;

use super::admission::{LOCKED, NEEDS_PIN, NEEDS_SET_UP, pin_bucket};
use super::caller::STRANGER;
use super::guessing::{Guess, WRONG};
use super::weak_pin::is_weak;
use super::work::{Action, ActionError, Work};

const PROVEN: OutcomeSpec = OutcomeSpec::new("proven", "it is right", &[]);

pub(super) const PROVE: Action = Action {
    spec: ActionSpec {
        name: "pin.prove",
        about: "compares a PIN that was typed",
        writes: true,
        inputs: &[FieldSpec::new("pin", Kind::Secret)],
        outcomes: &[PROVEN, WRONG, LOCKED, STRANGER],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(prove(work)),
};

pub(super) const PROVE_ID: Action = Action {
    spec: ActionSpec {
        name: "id.prove",
        about: "compares an ID number that was typed",
        writes: true,
        inputs: &[FieldSpec::new("typed_id", Kind::Secret)],
        outcomes: &[PROVEN, WRONG, LOCKED, STRANGER],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(prove_id(work)),
};

pub(super) const IDENTIFY: Action = Action {
    spec: ActionSpec {
        name: "identity.prove",
        about: "compares an ID number and a TSC number or year of birth that were typed",
        writes: true,
        inputs: &[
            FieldSpec::new("typed_id", Kind::Secret),
            FieldSpec::new("typed_fact", Kind::Secret),
        ],
        outcomes: &[
            PROVEN,
            WRONG,
            LOCKED,
            OutcomeSpec::new(
                "incomplete",
                "the record has neither a TSC number nor a year of birth",
                &[],
            ),
            STRANGER,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(identify(work)),
};

pub(super) const SET: Action = Action {
    spec: ActionSpec {
        name: "pin.set",
        about: "keeps a new PIN, typed twice, once the old one or the identity is proven",
        writes: true,
        inputs: &[
            FieldSpec::new("new_pin", Kind::Secret),
            FieldSpec::new("pin_again", Kind::Secret),
        ],
        outcomes: &[
            OutcomeSpec::new("set", "it is kept", &[]),
            OutcomeSpec::new("differ", "the two are not the same", &[]),
            OutcomeSpec::new("weak", "it is too easy to guess", &[]),
            STRANGER,
        ],
        sends: &[&CHANGED],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(set(work)),
};

pub(super) const REQUIRE: Action = Action {
    spec: ActionSpec {
        name: "pin.require",
        about: "asks for the PIN, if it was not proven in this session yet",
        outcomes: &[
            PROVEN,
            OutcomeSpec::new("just_set", "it was set in this very session", &[]),
            NEEDS_PIN,
            NEEDS_SET_UP,
            STRANGER,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(require(work)),
};

pub(super) const CHANGED: SmsSpec = SmsSpec {
    name: "pin_changed",
    fields: &[
        FieldSpec::new("day", Kind::Date),
        FieldSpec::new("code", Kind::Code(14)),
    ],
};

async fn prove(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let typed = work.secret("pin")?;
    let Some(person) = work.person_held().await? else {
        return Ok(Outcome::of(STRANGER.name));
    };
    let kept = pins::of(work.tx, &person.id).await?;
    let keys = &work.tools.keys;
    let is_right =
        || kept.is_some_and(|kept| keys.secret_matches(&kept.mac, person.id.as_str(), &typed));
    let guess = work.guess(&pin_bucket(&person), is_right).await?;
    let proofs = Proofs {
        pin: true,
        ..Proofs::default()
    };
    proven(work, &person, "pin", guess, proofs).await
}

async fn prove_id(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let typed = work.secret("typed_id")?;
    let Some(person) = work.person_held().await? else {
        return Ok(Outcome::of(STRANGER.name));
    };
    let is_right = || person.national_id.as_str() == typed;
    let guess = work.guess(&identity_bucket(&person), is_right).await?;
    let proofs = Proofs {
        national_id: true,
        ..Proofs::default()
    };
    proven(work, &person, "national_id", guess, proofs).await
}

async fn identify(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let id = work.secret("typed_id")?;
    let fact = work.secret("typed_fact")?;
    let Some(person) = work.person_held().await? else {
        return Ok(Outcome::of(STRANGER.name));
    };
    if person.tsc_number.is_none() && person.profile.birth_year.is_none() {
        return Ok(Outcome::of("incomplete"));
    }
    let is_right = || is_person(&person, &id, &fact);
    let guess = work.guess(&identity_bucket(&person), is_right).await?;
    let proofs = Proofs {
        national_id: true,
        identity: true,
        pin: false,
    };
    proven(work, &person, "identity", guess, proofs).await
}

async fn set(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let (pin, again) = (work.secret("new_pin")?, work.secret("pin_again")?);
    let Some(person) = work.person_held().await? else {
        return Ok(Outcome::of(STRANGER.name));
    };
    if !(work.proofs.pin || work.proofs.identity) {
        return Err(ActionError::Unproven);
    }
    if pin != again {
        return Ok(Outcome::of("differ"));
    }
    if is_weak(&pin, &person) {
        return Ok(Outcome::of("weak"));
    }
    let before = pins::of(work.tx, &person.id).await?;
    let knew_it = before.is_some() && !work.proofs.identity;
    let record = PinRecord {
        mac: work.tools.keys.secret_mac(person.id.as_str(), &pin),
        // A thief with a phone and a card could do this too, so it opens nothing at once.
        reset_at: if knew_it {
            before.as_ref().and_then(|before| before.reset_at)
        } else {
            Some(work.now)
        },
    };
    pins::replace(work.tx, &person.id, &record, work.now).await?;
    // The identity is proven, so the guesses at the old PIN no longer matter.
    work.guess(&pin_bucket(&person), || true).await?;
    let how = match (&before, knew_it) {
        (None, _) => "first",
        (Some(_), false) => "forgotten",
        (Some(_), true) => "changed",
    };
    work.log(&person, "pin.set", Some(how.to_owned())).await?;
    if before.is_some() {
        work.confirm(&CHANGED, &person, Vec::new()).await?;
    }
    let proofs = Proofs {
        pin: true,
        ..Proofs::default()
    };
    Ok(Outcome::of("set").having_proven(proofs))
}

async fn require(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let Some(person) = work.person().await? else {
        return Ok(Outcome::of(STRANGER.name));
    };
    if work.proofs.pin && work.proofs.identity {
        return Ok(Outcome::of("just_set"));
    }
    if work.proofs.pin {
        return Ok(Outcome::of(PROVEN.name));
    }
    let needs = match pins::of(work.tx, &person.id).await? {
        Some(_) => NEEDS_PIN.name,
        None => NEEDS_SET_UP.name,
    };
    Ok(Outcome::of(needs).to_try_again())
}

/// Whether an ID number and a second fact are those of a person.
fn is_person(person: &Person, id: &str, fact: &str) -> bool {
    let tsc = person
        .tsc_number
        .as_ref()
        .is_some_and(|tsc| tsc.as_str() == fact);
    let year = person
        .profile
        .birth_year
        .is_some_and(|year| year.to_string() == fact);
    person.national_id.as_str() == id && (tsc || year)
}

/// Where wrong guesses at who a person is are counted.
pub(super) fn identity_bucket(person: &Person) -> String {
    format!("identity:{}", person.id.as_str())
}

async fn proven(
    work: &mut Work<'_>,
    person: &Person,
    what: &str,
    guess: Guess,
    proofs: Proofs,
) -> Result<Outcome, ActionError> {
    let (came_to, outcome) = match guess {
        Guess::Right => ("proven", Outcome::of(PROVEN.name).having_proven(proofs)),
        Guess::Not(outcome) => ("failed", outcome),
    };
    let detail = format!("{what}: {}", outcome.name);
    work.log(person, &format!("proof.{came_to}"), Some(detail))
        .await?;
    Ok(outcome)
}
