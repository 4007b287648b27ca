//! One channel as the worker sees it: how many messages it may take now.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::aggregators::{Channel, Wire};
use crate::domain::Lane;

use super::pace::Pace;

/// The most messages in one claim.
const CLAIM: usize = 256;

/// Of so many places one is kept free for who waits for a password.
const KEPT: usize = 8;

/// Places and pace of one channel.
pub(super) struct Outlet {
    pub(super) channel: String,
    /// Whether it sends by a connection that may be another process's.
    pub(super) keeps_connection: bool,
    pace: Pace,
    places: Arc<Semaphore>,
    kept: usize,
}

/// How much may be claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) limit: usize,
    /// The last lane that may have it.
    pub(super) last: Lane,
}

impl Outlet {
    pub(super) fn of(channel: &Channel, in_flight: usize) -> Self {
        Self {
            channel: channel.name.clone(),
            keeps_connection: matches!(channel.aggregator.wire(), Wire::Smpp(_)),
            pace: Pace::of(channel.sms_per_second),
            places: Arc::new(Semaphore::new(in_flight)),
            kept: in_flight.div_ceil(KEPT).min(in_flight - 1),
        }
    }

    /// What may leave now. The last places are for urgent messages, so that an aggregator
    /// that is slow with a campaign is not slow with a password.
    pub(super) fn room(&mut self, now: Instant) -> Option<Room> {
        let free = self.places.available_permits();
        let (free, last) = match free.checked_sub(self.kept) {
            None | Some(0) => (free, Lane::LAST_URGENT),
            Some(free) => (free, Lane::Bulk),
        };
        let limit = free.min(self.pace.ready(now)).min(CLAIM);
        (limit > 0).then_some(Room { limit, last })
    }

    /// Whether only urgent messages have a place.
    pub(super) fn is_crowded(&self) -> bool {
        self.places.available_permits() <= self.kept
    }

    /// How long until the pace lets the next message leave.
    pub(super) fn until_next(&self) -> Duration {
        self.pace.until_next()
    }

    /// A place for a message that was claimed.
    pub(super) fn take(&mut self) -> Option<OwnedSemaphorePermit> {
        self.pace.spend(1);
        Arc::clone(&self.places).try_acquire_owned().ok()
    }
}
