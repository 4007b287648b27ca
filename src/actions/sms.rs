//! Handing an SMS to the outbox, sealed, in the unit of work that causes it.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::crypto::Sealed;
use crate::domain::{MessageId, Msisdn, PersonId};
use crate::menus::{Fields, SmsSpec, Value};
use crate::store::outbox::{self, Lane, NewMessage};
use crate::store::people::Person;
use crate::text;

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
        let id = MessageId::fresh();
        let body = Sealed {
            column: "outbox.body",
            row: id.as_str(),
        }
        .seal(&self.tools.keys, text.as_bytes());
        let life = match sms.lane {
            Lane::Credential | Lane::Link => self.tools.policy.secret_sms_life(),
            Lane::Transaction | Lane::Notice | Lane::Bulk => CONFIRMATION_LIFE,
        };
        let routes = &self.tools.routes;
        let way = routes.choose(sms.lane, sms.to, &id, self.channel);
        let message = NewMessage {
            id: &id,
            // Each piece of work is a cause of its own; the session keeps it from running twice.
            cause: id.as_str(),
            lane: sms.lane,
            channel: way.channel,
            route: way.route,
            recipient: sms.to,
            person: sms.about,
            body: &body,
            segments: text::segments(&text),
            expires_at: self.now.plus(life),
        };
        outbox::add(self.tx, &message, self.now).await?;
        Ok(id)
    }
}
