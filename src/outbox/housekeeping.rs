//! What the worker does now and then: picks up what nobody works on, forgets what nobody
//! needs.

use std::time::Duration;

use crate::actions::api::forget_answers;
use crate::store::outbox;
use crate::store::{
    StoreError, approvals, channel_states, guesses, inbound_parts, menu_versions,
    reports as report_rows, sessions, staff_sessions, web_sessions, webhooks,
};

use super::reports;
use super::worker::Inner;

/// How long what was done is counted, the limits go by the day; and how long parts of SMS are
/// kept.
const USE_LIFE: Duration = Duration::from_hours(48);

/// The most sessions that are forgotten in one unit of work.
const FORGET: usize = 5_000;

/// How often a text whose answer was lost is sent once more.
const REPEATS: i64 = 1;

/// How long a report waits for its message.
const REPORT_LIFE: Duration = Duration::from_hours(48);

/// How long menu files are kept after the last session began with them.
const MENU_LIFE: Duration = Duration::from_hours(48);

impl Inner {
    /// Picks up what nobody is working on, and learns what others know of the channels.
    pub(super) async fn sweep(&self) -> Result<(), StoreError> {
        let now = self.settings.clock.now();
        let mut tx = self.settings.store.begin().await?;
        let until = now.plus(self.settings.outbox.unknown_wait());
        let abandoned = outbox::abandon_leases(&mut tx, now, until).await?;
        reports::apply_overtaken(&mut tx, now, &self.settings.metrics).await?;
        reports::match_orphans(&mut tx, now, &self.settings.metrics).await?;
        self.divert(&mut tx, now).await?;
        let resent = outbox::resolve_unknown(&mut tx, now, REPEATS).await?;
        let expired = outbox::expire(&mut tx, now).await?;
        outbox::erase_kept(&mut tx, now).await?;
        let held = channel_states::all(&mut tx).await?;
        tx.commit().await?;
        self.standings.refresh(held);
        if abandoned + resent + expired > 0 {
            tracing::warn!(abandoned, resent, expired, "messages without a worker");
        }
        Ok(())
    }

    /// Forgets what nobody needs any more; what is kept for days, `clerk` forgets.
    pub(super) async fn tidy(&self) -> Result<(), StoreError> {
        let now = self.settings.clock.now();
        loop {
            let mut tx = self.settings.store.begin().await?;
            let gone = sessions::forget_expired(&mut tx, now, FORGET).await?;
            tx.commit().await?;
            if gone < FORGET {
                break;
            }
        }
        let mut tx = self.settings.store.begin().await?;
        menu_versions::forget_before(&mut tx, now.minus(MENU_LIFE)).await?;
        web_sessions::forget_expired(&mut tx, now).await?;
        staff_sessions::forget_expired(&mut tx, now).await?;
        guesses::forget_before(&mut tx, now.minus(USE_LIFE)).await?;
        inbound_parts::forget_before(&mut tx, now.minus(USE_LIFE)).await?;
        report_rows::forget_before(&mut tx, now.minus(REPORT_LIFE)).await?;
        forget_answers(&mut tx, now).await?;
        webhooks::forget_old_secrets(&mut tx, now).await?;
        approvals::forget_before(&mut tx, now.minus(USE_LIFE)).await?;
        tx.commit().await
    }
}
