//! Handing an SMS to the outbox, sealed, in the unit of work that causes it.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::domain::{MessageId, Msisdn, PersonId};
use crate::menus::{Fields, SmsSpec, Value};
use crate::store::outbox::Lane;
use crate::store::people::Person;

use super::parcel::{self, Address, Parcel};
use super::work::{ActionError, Work};

/// How long a confirmation is worth sending.
const CONFIRMATION_LIFE: Duration = Duration::from_hours(24);

/// One SMS about one person.
pub(super) struct Letterbox<'a> {
    pub(super) spec: &'static SmsSpec,
    pub(super) to: &'a Msisdn,
    pub(super) about: &'a Person,
    pub(super) lane: Lane,
}

/// One SMS that need not be about anybody known.
pub(super) struct Note<'a> {
    pub(super) spec: &'static SmsSpec,
    pub(super) to: &'a Msisdn,
    pub(super) about: Option<&'a PersonId>,
    pub(super) lane: Lane,
}

impl Work<'_> {
    /// Queues an SMS about a person.
    pub(super) async fn send(
        &mut self,
        sms: Letterbox<'_>,
        fields: Vec<(&str, Value)>,
    ) -> Result<(), ActionError> {
        let note = Note {
            spec: sms.spec,
            to: sms.to,
            about: Some(&sms.about.id),
            lane: sms.lane,
        };
        self.send_note(note, fields).await
    }

    /// Confirms to the line that asks what it has changed, with the day and the code to dial
    /// if it was somebody else.
    pub(super) async fn confirm(
        &mut self,
        spec: &'static SmsSpec,
        about: &Person,
        mut fields: Vec<(&str, Value)>,
    ) -> Result<(), ActionError> {
        fields.push(("day", Value::Date(self.now.date_in_kenya())));
        fields.push(("code", Value::Code(self.tools.service_code.clone())));
        let sms = Letterbox {
            spec,
            to: self.caller,
            about,
            lane: Lane::Transaction,
        };
        self.send(sms, fields).await
    }

    /// Queues an SMS. Its text is sealed at once and stands nowhere else.
    pub(super) async fn send_note(
        &mut self,
        sms: Note<'_>,
        fields: Vec<(&str, Value)>,
    ) -> Result<(), ActionError> {
        self.queue(sms, fields).await.map(drop)
    }

    /// The same, and which message it became.
    pub(super) async fn queue(
        &mut self,
        sms: Note<'_>,
        fields: Vec<(&str, Value)>,
    ) -> Result<MessageId, ActionError> {
        let fields: Fields = fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let current = self.tools.menu.get();
        let wording = current
            .menu
            .sms
            .get(sms.spec.name)
            .ok_or(ActionError::NoSuchAction)?;
        let text = Zeroizing::new(wording.it.of(self.language).fill(
            &fields,
            self.language,
            usize::MAX,
        ));
        let life = match sms.lane {
            Lane::Credential | Lane::Link => self.tools.policy.secret_sms_life(),
            Lane::Transaction | Lane::Notice | Lane::Bulk => CONFIRMATION_LIFE,
        };
        let address = Address {
            lane: sms.lane,
            to: sms.to,
            about: sms.about,
            expires_at: self.now.plus(life),
        };
        // Each piece of work is a cause of its own; the session keeps it from running twice.
        let parcel = Parcel::seal(self.tools, address, &text);
        self.hand_over(parcel).await
    }

    /// Queues what is sealed, and says which message it became.
    pub(super) async fn hand_over(&mut self, parcel: Parcel<'_>) -> Result<MessageId, ActionError> {
        let parcels = [parcel.answering(self.caller, self.link_id)];
        parcel::queue(self.tx, self.tools, self.channel, &parcels, self.now).await?;
        let [parcel] = parcels;
        Ok(parcel.id)
    }
}
