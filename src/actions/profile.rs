//! What people tell about themselves, changed one detail at a time.

use crate::domain::Language;
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, SmsSpec, Value};
use crate::store::people::{self, Profile};
use crate::ussd::Outcome;

use super::admission::{admit, admitted_outcomes};
use super::choices::QUALIFICATION;
use super::places::{COUNTY, SUB_COUNTY};
use super::record::Changed;
use super::work::{Action, ActionError, Work};

/// A detail that people change from the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    Qualification,
    Workstation,
    Place,
    Email,
}

const WORKSTATION: FieldSpec = FieldSpec::new("workstation", Kind::Name(60));
const EMAIL: FieldSpec = FieldSpec::new("email", Kind::Email);

const SAVED: &[OutcomeSpec] = admitted_outcomes![OutcomeSpec::new("saved", "it is kept", &[])];

/// The action that changes one detail, by the fields it needs.
const fn changing(
    name: &'static str,
    about: &'static str,
    inputs: &'static [FieldSpec],
) -> ActionSpec {
    ActionSpec {
        name,
        about,
        writes: true,
        inputs,
        outcomes: SAVED,
        sends: &[&CHANGED],
        ..ActionSpec::BLANK
    }
}

pub(super) const SET_EMAIL: Action = Action {
    spec: changing("profile.set_email", "keeps a new e-mail address", &[EMAIL]),
    run: |work| Box::pin(change(work, Detail::Email)),
};

pub(super) const SET_PLACE: Action = Action {
    spec: changing(
        "profile.set_place",
        "keeps a new county and sub-county",
        &[COUNTY, SUB_COUNTY],
    ),
    run: |work| Box::pin(change(work, Detail::Place)),
};

pub(super) const SET_QUALIFICATION: Action = Action {
    spec: changing(
        "profile.set_qualification",
        "keeps a new highest qualification",
        &[QUALIFICATION],
    ),
    run: |work| Box::pin(change(work, Detail::Qualification)),
};

pub(super) const SET_WORKSTATION: Action = Action {
    spec: changing(
        "profile.set_workstation",
        "keeps a new workstation",
        &[WORKSTATION],
    ),
    run: |work| Box::pin(change(work, Detail::Workstation)),
};

pub(super) const CHANGED: SmsSpec = SmsSpec {
    name: "profile_changed",
    fields: &[
        FieldSpec::new("detail", Kind::Code(21)),
        FieldSpec::new("day", Kind::Date),
        FieldSpec::new("code", Kind::Code(14)),
    ],
};

impl Detail {
    /// Its name in the audit log and among the changes.
    fn name(self) -> &'static str {
        match self {
            Self::Qualification => "qualification",
            Self::Workstation => "workstation",
            Self::Place => "sub_county",
            Self::Email => "email",
        }
    }

    /// What an SMS calls it.
    fn shown(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Qualification, Language::En) => "highest qualification",
            (Self::Qualification, Language::Sw) => "kiwango cha elimu",
            (Self::Workstation, Language::En) => "workstation",
            (Self::Workstation, Language::Sw) => "kituo cha kazi",
            (Self::Place, Language::En) => "county",
            (Self::Place, Language::Sw) => "kaunti",
            (Self::Email, Language::En) => "e-mail",
            (Self::Email, Language::Sw) => "barua pepe",
        }
    }

    /// What a profile says of it.
    fn of(self, profile: &Profile) -> Option<String> {
        match self {
            Self::Qualification => profile.qualification.clone(),
            Self::Workstation => profile.workstation.clone(),
            Self::Place => profile.place(),
            Self::Email => profile
                .email
                .as_ref()
                .map(|email| email.as_str().to_owned()),
        }
    }

    /// Puts what was typed or chosen in its place.
    fn put(self, work: &Work<'_>, profile: &mut Profile) -> Result<(), ActionError> {
        match self {
            Self::Qualification => {
                profile.qualification = Some(work.hidden(QUALIFICATION.name)?.to_owned());
            }
            Self::Workstation => {
                profile.workstation = Some(work.name(WORKSTATION.name)?.to_owned());
            }
            Self::Place => {
                profile.county = Some(work.name(COUNTY.name)?.to_owned());
                profile.sub_county = Some(work.name(SUB_COUNTY.name)?.to_owned());
            }
            Self::Email => {
                let Value::Email(email) = work.field(EMAIL.name)? else {
                    return Err(ActionError::NoField(EMAIL.name));
                };
                profile.email = Some(email.clone());
            }
        }
        Ok(())
    }
}

async fn change(work: &mut Work<'_>, detail: Detail) -> Result<Outcome, ActionError> {
    let person = admit!(work, ChangeRecord);
    let mut profile = person.profile.clone();
    detail.put(work, &mut profile)?;
    people::set_profile(work.tx, &person.id, &profile, work.now).await?;
    let (old, new) = (detail.of(&person.profile), detail.of(&profile));
    let changed = Changed {
        field: detail.name(),
        old: old.as_deref(),
        new: new.as_deref(),
    };
    work.keep_change(&person, changed).await?;
    work.log(&person, "profile.changed", Some(detail.name().to_owned()))
        .await?;
    work.confirm(
        &CHANGED,
        &person,
        vec![(
            "detail",
            Value::Code(detail.shown(work.language).to_owned()),
        )],
    )
    .await?;
    Ok(Outcome::of("saved").having_changed())
}
