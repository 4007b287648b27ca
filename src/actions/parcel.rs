//! SMS on their way to the outbox: sealed, given a route, queued together.

use crate::aggregators::Way;
use crate::crypto::Sealed;
use crate::domain::{Lane, MessageId, Msisdn, PersonId, Timestamp};
use crate::store::outbox::{self, NewMessage};
use crate::store::{StoreError, Tx};
use crate::text;

use super::work::Tools;

/// Who gets an SMS, and how urgently.
#[derive(Clone, Copy)]
pub(super) struct Address<'a> {
    pub(super) lane: Lane,
    pub(super) to: &'a Msisdn,
    pub(super) about: Option<&'a PersonId>,
    /// When it is of no use any more.
    pub(super) expires_at: Timestamp,
}

/// One SMS, its text sealed.
pub(super) struct Parcel<'a> {
    pub(super) id: MessageId,
    /// What there is one SMS for; without it, the SMS is a cause of its own.
    cause: Option<String>,
    /// The link of the paid SMS that it answers.
    link_id: Option<String>,
    address: Address<'a>,
    body: Vec<u8>,
    segments: usize,
}

impl<'a> Parcel<'a> {
    /// Seals a text at once, so that it stands nowhere else.
    pub(super) fn seal(tools: &Tools, address: Address<'a>, text: &str) -> Self {
        let id = MessageId::fresh();
        Self {
            body: Sealed::sms(id.as_str()).seal(&tools.keys, text.as_bytes()),
            id,
            cause: None,
            link_id: None,
            address,
            segments: text::segments(text),
        }
    }

    /// The same, once for this cause.
    pub(super) fn caused_by(self, cause: String) -> Self {
        Self {
            cause: Some(cause),
            ..self
        }
    }

    /// The same, as the answer to whoever has paid for it by this link.
    pub(super) fn answering(self, payer: &Msisdn, link_id: Option<&str>) -> Self {
        let link_id = link_id.filter(|_| self.address.to == payer);
        Self {
            link_id: link_id.map(str::to_owned),
            ..self
        }
    }
}

/// Queues SMS that would leave by this channel where no route says otherwise.
pub(super) async fn queue(
    tx: &mut Tx,
    tools: &Tools,
    channel: &str,
    parcels: &[Parcel<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    let messages: Vec<_> = parcels
        .iter()
        .map(|parcel| {
            let Address {
                lane,
                to,
                about,
                expires_at,
            } = parcel.address;
            let way = match &parcel.link_id {
                // Only the aggregator that made the link can use it.
                Some(_) => Way::home(channel),
                None => tools.routes.choose(lane, to, &parcel.id, channel),
            };
            NewMessage {
                id: &parcel.id,
                cause: parcel.cause.as_deref().unwrap_or(parcel.id.as_str()),
                lane,
                channel: way.channel,
                route: way.route,
                link_id: parcel.link_id.as_deref(),
                recipient: to,
                person: about,
                body: &parcel.body,
                segments: parcel.segments,
                expires_at,
            }
        })
        .collect();
    outbox::add_many(tx, &messages, now).await.map(drop)
}
