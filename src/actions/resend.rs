//! A password that has left but may not have arrived is sent once more, word for word.
//!
//! So one reset is one password, however often it is asked for: the person never wonders
//! which of two holds.

use crate::crypto::Sealed;
use crate::domain::MessageId;
use crate::store::outbox::{self, Lane, NewMessage};
use crate::store::people::Person;
use crate::text;

use super::work::{ActionError, Work};

impl Work<'_> {
    /// Queues the text about a person that left to this line and is kept still. False
    /// when there is none, and then none is kept for another line either.
    pub(super) async fn resend(&mut self, about: &Person) -> Result<bool, ActionError> {
        let kept = outbox::kept(self.tx, &about.id, self.caller, self.now).await?;
        outbox::erase_kept_of(self.tx, &about.id, self.now).await?;
        let Some(kept) = kept else { return Ok(false) };
        // Sealed with a key that is gone: as good as erased.
        let Ok(clear) = place(&kept.id).open(&self.tools.keys, &kept.body) else {
            return Ok(false);
        };
        let id = MessageId::fresh();
        let body = place(&id).seal(&self.tools.keys, &clear);
        let routes = &self.tools.routes;
        let way = routes.choose(Lane::Credential, self.caller, &id, self.channel);
        let message = NewMessage {
            id: &id,
            // Each request is a cause of its own.
            cause: id.as_str(),
            lane: Lane::Credential,
            channel: way.channel,
            route: way.route,
            recipient: self.caller,
            person: Some(&about.id),
            body: &body,
            segments: text::segments(&String::from_utf8_lossy(&clear)),
            expires_at: kept.expires_at,
        };
        outbox::add(self.tx, &message, self.now).await?;
        outbox::keep(self.tx, &id, kept.until).await?;
        Ok(true)
    }
}

fn place(id: &MessageId) -> Sealed<'_> {
    Sealed {
        column: "outbox.body",
        row: id.as_str(),
    }
}
