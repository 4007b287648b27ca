//! A password that has left but may not have arrived is sent once more, word for word.
//!
//! So one reset is one password, however often it is asked for: the person never wonders
//! which of two holds.

use crate::crypto::Sealed;
use crate::store::outbox::{self, Lane};
use crate::store::people::Person;

use super::parcel::{Address, Parcel};
use super::work::{ActionError, Work};

impl Work<'_> {
    /// Queues the text about a person that left to this line and is kept still. False
    /// when there is none, and then none is kept for another line either.
    pub(super) async fn resend(&mut self, about: &Person) -> Result<bool, ActionError> {
        let kept = outbox::kept(self.tx, &about.id, self.caller, self.now).await?;
        outbox::erase_kept_of(self.tx, &about.id, self.now).await?;
        let Some(kept) = kept else { return Ok(false) };
        // Sealed with a key that is gone: as good as erased.
        let Ok(clear) = Sealed::sms(kept.id.as_str()).open(&self.tools.keys, &kept.body) else {
            return Ok(false);
        };
        let address = Address {
            lane: Lane::Credential,
            to: self.caller,
            about: Some(&about.id),
            expires_at: kept.expires_at,
        };
        let parcel = Parcel::seal(self.tools, address, &String::from_utf8_lossy(&clear));
        let id = self.hand_over(parcel).await?;
        outbox::keep(self.tx, &id, kept.until).await?;
        Ok(true)
    }
}
