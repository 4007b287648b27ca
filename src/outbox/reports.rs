//! Delivery reports: they come late, twice, out of order, before the send's own
//! answer, or never.

use crate::aggregators::{FailureReason, Report, ReportStatus};
use crate::domain::{HomeNetwork, Timestamp};
use crate::metrics::{About, Metrics};
use crate::store::outbox::{self, Reported, Verdict};
use crate::store::reports::{self, ReportRow};
use crate::store::{StoreError, Tx, blocked};

/// The most messages that are matched with waiting reports at a time.
const AT_ONCE: usize = 100;

/// Takes a report in: it settles its message, or waits for it.
pub async fn take(
    tx: &mut Tx,
    channel: &str,
    report: Report,
    now: Timestamp,
    metrics: &Metrics,
) -> Result<(), StoreError> {
    let row = row(report);
    if apply(tx, channel, &row, now, metrics).await? {
        return Ok(());
    }
    if let Some(recipient) = &row.recipient
        && outbox::adopt_report(tx, channel, recipient, &row.provider_id, now).await?
    {
        apply(tx, channel, &row, now, metrics).await?;
        return Ok(());
    }
    reports::keep(tx, channel, &row, now).await
}

/// Applies what waits for messages whose channels and ids have just become known.
pub(super) async fn apply_waiting_for(
    tx: &mut Tx,
    known: &[(&str, &str)],
    now: Timestamp,
    metrics: &Metrics,
) -> Result<(), StoreError> {
    for (channel, provider_id) in reports::waiting_for(tx, known).await? {
        apply_waiting(tx, &channel, &provider_id, now, metrics).await?;
    }
    Ok(())
}

async fn apply_waiting(
    tx: &mut Tx,
    channel: &str,
    provider_id: &str,
    now: Timestamp,
    metrics: &Metrics,
) -> Result<(), StoreError> {
    for (verdict, reason) in reports::take(tx, channel, provider_id).await? {
        let changed = outbox::report(tx, channel, provider_id, verdict, reason.as_deref(), now);
        count(channel, verdict, changed.await?.as_deref(), now, metrics);
        learn(tx, channel, provider_id, verdict, reason.as_deref()).await?;
    }
    Ok(())
}

/// Applies reports that crossed their message's id on the way.
pub(super) async fn apply_overtaken(
    tx: &mut Tx,
    now: Timestamp,
    metrics: &Metrics,
) -> Result<(), StoreError> {
    for (channel, provider_id) in reports::overtaken(tx, AT_ONCE).await? {
        apply_waiting(tx, &channel, &provider_id, now, metrics).await?;
    }
    Ok(())
}

/// Gives waiting reports to messages whose fate is unknown, where a line has one of
/// each. So a message that left just before a crash is not sent again.
pub(super) async fn match_orphans(
    tx: &mut Tx,
    now: Timestamp,
    metrics: &Metrics,
) -> Result<(), StoreError> {
    for orphan in outbox::orphans(tx, AT_ONCE).await? {
        let ids = reports::ids_for(tx, &orphan.channel, &orphan.recipient, orphan.since).await?;
        let [id] = ids.as_slice() else { continue };
        if outbox::adopt_report(tx, &orphan.channel, &orphan.recipient, id, now).await? {
            apply_waiting(tx, &orphan.channel, id, now, metrics).await?;
        }
    }
    Ok(())
}

async fn apply(
    tx: &mut Tx,
    channel: &str,
    row: &ReportRow,
    now: Timestamp,
    metrics: &Metrics,
) -> Result<bool, StoreError> {
    let (id, reason) = (&row.provider_id, row.reason.as_deref());
    let changed = outbox::report(tx, channel, id, row.verdict, reason, now).await?;
    count(channel, row.verdict, changed.as_deref(), now, metrics);
    let is_known = changed.is_some();
    if is_known {
        learn(tx, channel, id, row.verdict, reason).await?;
    }
    Ok(is_known)
}

/// Counts what ended; a unit of work that is tried again counts twice.
fn count(
    channel: &str,
    verdict: Verdict,
    changed: Option<&[Reported]>,
    now: Timestamp,
    metrics: &Metrics,
) {
    let outcome = match verdict {
        Verdict::InTransit => return,
        Verdict::Delivered => "delivered",
        Verdict::Failed => "failed",
    };
    for message in changed.unwrap_or_default() {
        let about = About {
            channel,
            network: HomeNetwork::of(&message.recipient),
            lane: message.lane,
        };
        metrics.reported(about, outcome, now.since(message.created_at));
    }
}

/// Remembers what a report says about the line, so that its holder reads it.
async fn learn(
    tx: &mut Tx,
    channel: &str,
    provider_id: &str,
    verdict: Verdict,
    reason: Option<&str>,
) -> Result<(), StoreError> {
    let ours = [FailureReason::NoCredit, FailureReason::InvalidLink];
    let why = match reason {
        Some(reason) if reason == FailureReason::Blocked.as_str() => Some(blocked::BLOCKED),
        Some(reason) if ours.iter().any(|ours| ours.as_str() == reason) => None,
        _ => Some(blocked::UNDELIVERED),
    };
    blocked::learn(tx, channel, provider_id, verdict, why).await
}

fn row(report: Report) -> ReportRow {
    let verdict = match report.status {
        ReportStatus::Delivered => Verdict::Delivered,
        ReportStatus::Failed => Verdict::Failed,
        // A status that nobody knows proves at least that the aggregator has it.
        ReportStatus::InTransit | ReportStatus::Unknown => Verdict::InTransit,
    };
    let reason = match (report.status, report.reason) {
        (_, Some(reason)) => Some(reason.as_str().to_owned()),
        (ReportStatus::Failed | ReportStatus::Unknown, None) => Some(report.said),
        (ReportStatus::Delivered | ReportStatus::InTransit, None) => None,
    };
    ReportRow {
        provider_id: report.message_id,
        recipient: report.to,
        verdict,
        reason,
    }
}
