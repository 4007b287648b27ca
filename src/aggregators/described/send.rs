//! The request that sends one SMS, as `[send]` describes it.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Request;
use zeroize::Zeroizing;

use super::answer::Answer;
use super::description::{Body, SendWords, form};
use super::door::{Door, DoorWords};
use super::template::{OfAccount, OfSms, Template, plain};
use super::{Account, DescribedError};
use crate::aggregators::Sms;

/// Where and as whom we send, and what.
pub(super) struct Desk {
    door: Door,
    query: BTreeMap<String, Template<OfSms>>,
    body: Option<Body<OfSms>>,
    pub(super) answer: Answer,
}

impl Desk {
    pub(super) fn open(words: SendWords, account: &Account) -> Result<Self, DescribedError> {
        let door = DoorWords {
            method: words.method,
            url: &words.url,
            basic: words.basic.as_ref(),
            headers: &words.headers,
            kind: words.body.as_ref().map(Body::kind),
        };
        let desk = Self {
            door: Door::open(door, account)?,
            query: words.query,
            body: words.body,
            answer: words.answer,
        };
        desk.all_set(account)?;
        Ok(desk)
    }

    pub(super) fn request(&self, sms: &Sms<'_>, account: &Account) -> Request<Bytes> {
        let look = |slot: &OfSms| match slot {
            OfSms::Text => Some(plain(sms.text)),
            OfSms::To => Some(plain(sms.to.as_str())),
            OfSms::ToPlus => Some(Zeroizing::new(sms.to.e164())),
            OfSms::ToLocal => Some(Zeroizing::new(format!("0{}", &sms.to.as_str()[3..]))),
            OfSms::LinkId => sms.link_id.map(plain),
            OfSms::Id => Some(plain(sms.id.as_str())),
            OfSms::Seconds => Some(plain(&(sms.now.as_millis() / 1000).to_string())),
            OfSms::Account(OfAccount::Sender) if sms.sender.is_some() => sms.sender.map(plain),
            OfSms::Account(slot) => account.value_of(slot),
        };
        let body = self.body.as_ref().map(|body| body.write(&look));
        let query = form(&self.query, &look);
        self.door.request(&query, body.unwrap_or_default())
    }

    /// Every value that an SMS will need is there. The sender may be left to the aggregator.
    fn all_set(&self, account: &Account) -> Result<(), DescribedError> {
        let mut slots: Vec<&OfSms> = self.query.values().flat_map(Template::slots).collect();
        if let Some(body) = &self.body {
            slots.extend(body.slots());
        }
        for slot in slots {
            if let OfSms::Account(slot) = slot
                && *slot != OfAccount::Sender
                && account.value_of(slot).is_none()
            {
                return Err(DescribedError::NoValue(slot.to_string()));
            }
        }
        Ok(())
    }
}
