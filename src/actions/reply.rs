//! Answers to SMS keywords: one segment each, worded in the menu files.

use crate::menus::{FieldSpec, Kind, SmsSpec, Value};
use crate::store::outbox::Lane;

use super::sms::Note;
use super::work::{ActionError, Work};

const CODE: FieldSpec = FieldSpec::new("code", Kind::Code(14));

/// An answer that names nothing but the code to dial.
const fn plain(name: &'static str) -> SmsSpec {
    SmsSpec {
        name,
        fields: &[CODE],
    }
}

/// The one deployment of whoever asks.
pub const DEPLOYMENT: SmsSpec = SmsSpec {
    name: "keyword_deployment",
    fields: &[
        FieldSpec::new("series", Kind::Series),
        FieldSpec::new("role", Kind::Role),
        FieldSpec::new("centre_code", Kind::Centre),
        FieldSpec::new("centre_name", Kind::Name(60)),
        FieldSpec::new("report_day", Kind::Date),
        FieldSpec::new("report_hour", Kind::Time),
    ],
};
/// What is known of whoever asks.
pub const DETAILS: SmsSpec = SmsSpec {
    name: "keyword_details",
    fields: &[
        FieldSpec::new("name", Kind::Name(60)),
        FieldSpec::new("line", Kind::Msisdn),
        FieldSpec::new("kra_pin_state", Kind::Code(11)),
    ],
};
/// The ID number is that of the line's holder.
pub const MATCHES: SmsSpec = SmsSpec {
    name: "keyword_matches",
    fields: &[FieldSpec::new("name", Kind::Name(60)), CODE],
};
/// The ID number is not.
pub const WRONG_ID: SmsSpec = SmsSpec {
    name: "keyword_wrong_id",
    fields: &[FieldSpec::new("tries", Kind::Number(2))],
};
/// Too many were not.
pub const LOCKED: SmsSpec = SmsSpec {
    name: "keyword_locked",
    fields: &[FieldSpec::new("minutes", Kind::Number(4))],
};
/// The line or the PIN is too new.
pub const WAITS: SmsSpec = SmsSpec {
    name: "keyword_waits",
    fields: &[
        FieldSpec::new("until_day", Kind::Date),
        FieldSpec::new("until_hour", Kind::Time),
    ],
};
/// The network is being asked about the SIM card.
pub const CHECKING: SmsSpec = plain("keyword_checking");
/// Which words there are.
pub const HELP: SmsSpec = plain("keyword_help");
/// The text was none of them.
pub const UNKNOWN: SmsSpec = plain("keyword_unknown");
/// The line is not registered.
pub const STRANGER: SmsSpec = plain("keyword_stranger");
/// This takes a PIN, and none is taken by SMS.
pub const DIAL: SmsSpec = plain("keyword_dial");
/// This takes the ID number too.
pub const NEEDS_ID: SmsSpec = plain("keyword_needs_id");
/// There is no deployment.
pub const NONE: SmsSpec = plain("keyword_none");
/// There are several, to choose from.
pub const SEVERAL: SmsSpec = plain("keyword_several");
/// An earlier password may still arrive.
pub const ON_ITS_WAY: SmsSpec = plain("keyword_on_its_way");
/// The limit of what was asked for is reached.
pub const TOO_MANY: SmsSpec = plain("keyword_too_many");
/// No more promotion comes.
pub const STOPPED: SmsSpec = plain("keyword_stopped");
/// Promotion comes again.
pub const STARTED: SmsSpec = plain("keyword_started");

impl Work<'_> {
    /// Queues an answer to whoever asks, known or not. Menus that have no words for it
    /// leave the question unanswered: false.
    pub async fn reply(
        &mut self,
        spec: &'static SmsSpec,
        mut fields: Vec<(&'static str, Value)>,
    ) -> Result<bool, ActionError> {
        if !self.tools.menu.get().menu.sms.contains_key(spec.name) {
            return Ok(false);
        }
        fields.push(("code", Value::Code(self.tools.service_code.clone())));
        let person = self.person().await?.map(|person| person.id);
        let to = self.caller;
        let note = Note {
            spec,
            to,
            about: person.as_ref(),
            lane: Lane::Transaction,
        };
        self.send_note(note, fields).await?;
        Ok(true)
    }
}
