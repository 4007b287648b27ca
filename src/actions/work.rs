//! What every action works with.

use std::pin::Pin;

use zeroize::Zeroizing;

use crate::aggregators::{Network, Routes};
use crate::config::{Api, Operator, Policy, Retention};
use crate::crypto::{Hasher, Keys};
use crate::domain::{Language, Msisdn, Proofs, Timestamp};
use crate::menus::{ActionSpec, Current, Fields, Value};
use crate::store::callers::Caller;
use crate::store::people::Person;
use crate::store::{StoreError, Tx, audit, people};
use crate::ussd::{Outcome, Page};

use super::pulse::Pulse;

/// What stays the same from one piece of work to the next.
#[derive(Clone)]
pub struct Tools {
    /// Which channel carries an SMS.
    pub routes: Routes,
    /// Seals what must not be read from a stolen disk.
    pub keys: Keys,
    /// Hashes passwords.
    pub hasher: Hasher,
    /// Limits and lifetimes.
    pub policy: Policy,
    /// How staff work.
    pub operator: Operator,
    /// How long things are kept.
    pub retention: Retention,
    /// How the council's own systems call.
    pub api: Api,
    /// The wording of every SMS.
    pub menu: Current,
    /// The address that links begin with.
    pub public_url: String,
    /// The code that people dial, for texts that name it.
    pub service_code: String,
    /// Whether SMS are slow.
    pub pulse: Pulse,
}

/// By which way somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A USSD session.
    Ussd,
    /// A page.
    Web,
    /// An SMS.
    Sms,
    /// The council's staff.
    Operator,
    /// The council's own systems.
    Api,
}

impl Way {
    /// Its name in the audit log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ussd => "ussd",
            Self::Web => "web",
            Self::Sms => "sms",
            Self::Operator => "operator",
            Self::Api => "api",
        }
    }
}

/// What was done before the unit of work began, because it is slow.
#[derive(Default)]
pub struct Prepared {
    /// A new password and its hash.
    pub(super) password: Option<(Zeroizing<String>, String)>,
    /// What was seen of the line that asks, for an action that changes nothing.
    pub(super) caller: Option<Caller>,
}

impl Prepared {
    /// For an action that changes nothing: the line that asks, as it was seen just now.
    #[must_use]
    pub fn seeing(caller: Caller) -> Self {
        Self {
            caller: Some(caller),
            ..Self::default()
        }
    }
}

/// What an action that changes nothing asks of the line, so that it can be looked up for many
/// at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// What is known of it and its holder.
    Line,
    /// The holder's settled work too.
    Work,
}

/// An action: what it promises to menus, and how it does it.
pub(super) struct Action {
    pub(super) spec: ActionSpec,
    pub(super) run: for<'a> fn(&'a mut Work<'_>) -> Running<'a>,
}

/// An action on its way to its outcome.
type Running<'a> = Pin<Box<dyn Future<Output = Result<Outcome, ActionError>> + Send + 'a>>;

/// One action at work.
pub struct Work<'a> {
    /// The unit of work that all of it belongs to.
    pub tx: &'a mut Tx,
    /// What it works with.
    pub tools: &'a Tools,
    /// The line that asks.
    pub caller: &'a Msisdn,
    /// Its network, where that is told.
    pub network: Option<&'a Network>,
    /// The language of the person on it.
    pub language: Language,
    /// Who acts, where it is not the person whose record it is.
    pub actor: Option<&'a str>,
    /// By which way they ask.
    pub way: Way,
    /// The channel that SMS leave by.
    pub channel: &'a str,
    /// The link that pays for the answer to the line that asks.
    pub link_id: Option<&'a str>,
    /// When.
    pub now: Timestamp,
    /// Whether the unit of work may change anything.
    pub may_write: bool,
    /// What they have said and been told so far.
    pub fields: &'a Fields,
    /// What they have proven about who they are.
    pub proofs: Proofs,
    /// The part of a list that is wanted.
    pub page: Page,
    /// What was done beforehand.
    pub prepared: Prepared,
}

/// Why an action came to no outcome. The person reads that the service is busy.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// The store could not do as told.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A menu asks for an action that is not there. The check at start proves otherwise.
    #[error("there is no such action")]
    NoSuchAction,
    /// A field is missing or of another kind. The check at start proves otherwise.
    #[error("the field `{0}` is missing")]
    NoField(&'static str),
    /// A menu lets something be done before what it needs is proven.
    #[error("what it needs is not proven")]
    Unproven,
    /// What somebody told can't be written down.
    #[error("what was told can't be written down")]
    Told(#[from] serde_json::Error),
    /// What somebody told can't be read.
    #[error(transparent)]
    Sealed(#[from] crate::crypto::SealError),
    /// The password could not be prepared.
    #[error(transparent)]
    Password(#[from] crate::crypto::PasswordError),
}

static NOTHING: Fields = Fields::new();

impl<'a> Work<'a> {
    /// Work that no session asks for: nothing is said, proven or prepared yet.
    #[must_use]
    pub fn of_nobody(
        tx: &'a mut Tx,
        tools: &'a Tools,
        caller: &'a Msisdn,
        (way, channel): (Way, &'a str),
        now: Timestamp,
    ) -> Self {
        Self {
            tx,
            tools,
            caller,
            network: None,
            language: Language::default(),
            actor: None,
            way,
            channel,
            link_id: None,
            now,
            may_write: true,
            fields: &NOTHING,
            proofs: Proofs::default(),
            page: Page::default(),
            prepared: Prepared::default(),
        }
    }
}

impl Work<'_> {
    /// The person who holds the line.
    pub(super) async fn person(&mut self) -> Result<Option<Person>, ActionError> {
        if let Some(seen) = &self.prepared.caller {
            return Ok(seen.person.clone());
        }
        Ok(people::by_msisdn(self.tx, self.caller).await?)
    }

    /// The same, with their record held until the work is done, so that two changes
    /// of one record follow each other.
    pub(super) async fn person_held(&mut self) -> Result<Option<Person>, ActionError> {
        let Some(found) = self.person().await? else {
            return Ok(None);
        };
        people::lock(self.tx, &found.id).await?;
        // It may have changed while we waited.
        Ok(people::by_id(self.tx, &found.id)
            .await?
            .filter(|person| person.msisdn.as_ref() == Some(self.caller)))
    }

    /// A field that the action declares as an input.
    pub(super) fn field(&self, name: &'static str) -> Result<&Value, ActionError> {
        self.fields.get(name).ok_or(ActionError::NoField(name))
    }

    /// A secret that the action declares as an input.
    pub(super) fn secret(&self, name: &'static str) -> Result<String, ActionError> {
        match self.field(name)? {
            Value::Secret(secret) => Ok(secret.clone()),
            _ => Err(ActionError::NoField(name)),
        }
    }

    /// A name or words that the action declares as an input.
    pub(super) fn name(&self, name: &'static str) -> Result<&str, ActionError> {
        match self.field(name)? {
            Value::Name(text) => Ok(text),
            _ => Err(ActionError::NoField(name)),
        }
    }

    /// A choice that the action declares as an input and nobody sees.
    pub(super) fn hidden(&self, name: &'static str) -> Result<&str, ActionError> {
        match self.field(name)? {
            Value::Hidden(text) => Ok(text),
            _ => Err(ActionError::NoField(name)),
        }
    }

    /// Writes down that something was done to a person's record.
    pub(super) async fn log(
        &mut self,
        person: &Person,
        what: &str,
        detail: Option<String>,
    ) -> Result<(), ActionError> {
        let entry = audit::Entry {
            actor: self.actor.unwrap_or(person.id.as_str()),
            subject: Some(&person.id),
            what,
            way: self.way.name(),
            detail,
        };
        Ok(audit::add(self.tx, &entry, self.now).await?)
    }
}
