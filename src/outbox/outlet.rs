//! One channel as the worker sees it: how many messages it may take now.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::aggregators::{Channel, Wire};
use crate::domain::Lane;
use crate::store::channel_paces::Used;

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
    /// When it may have something to send again, as far as its pace goes.
    paced_until: Instant,
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
            paced_until: Instant::now(),
            places: Arc::new(Semaphore::new(in_flight)),
            kept: in_flight.div_ceil(KEPT).min(in_flight - 1),
        }
    }

    /// What has a place now. The last places are for urgent messages, so that an aggregator
    /// that is slow with a campaign is not slow with a password.
    pub(super) fn room(&self, now: Instant) -> Option<Room> {
        let free = self.places.available_permits();
        let (free, last) = match free.checked_sub(self.kept) {
            None | Some(0) => (free, Lane::LAST_URGENT),
            Some(free) => (free, Lane::Bulk),
        };
        let limit = free.min(CLAIM);
        (limit > 0 && now >= self.paced_until).then_some(Room { limit, last })
    }

    /// How many the pace lets leave now.
    pub(super) fn ready(&mut self, used: Used) -> usize {
        let ready = self.pace.ready(used);
        if ready == 0 {
            self.paced_until = Instant::now() + self.pace.until_next(used);
        }
        ready
    }

    /// Until when the pace is used up once so many have left.
    pub(super) fn spend(&mut self, used: Used, count: usize) -> i64 {
        let until = self.pace.after(used, count);
        let used = Used { until, ..used };
        self.paced_until = Instant::now() + self.pace.until_next(used);
        until
    }

    /// Whether only urgent messages have a place.
    pub(super) fn is_crowded(&self) -> bool {
        self.places.available_permits() <= self.kept
    }

    /// How long until the pace lets the next message leave.
    pub(super) fn until_next(&self) -> Duration {
        self.paced_until.saturating_duration_since(Instant::now())
    }

    /// A place for a message that was claimed.
    pub(super) fn take(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }
}
