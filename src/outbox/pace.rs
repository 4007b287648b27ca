//! How fast each channel may send.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::aggregators::Channels;

/// A pace for each channel.
pub(super) struct Paces(BTreeMap<String, DefaultDirectRateLimiter>);

impl Paces {
    pub(super) fn of(channels: &Channels) -> Self {
        let pace = |per_second: u32| {
            let per_second = NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN);
            RateLimiter::direct(Quota::per_second(per_second))
        };
        Self(
            channels
                .iter()
                .map(|channel| (channel.name.clone(), pace(channel.sms_per_second)))
                .collect(),
        )
    }

    /// Waits for this channel's turn.
    pub(super) async fn wait(&self, channel: &str) {
        if let Some(pace) = self.0.get(channel) {
            pace.until_ready().await;
        }
    }
}
