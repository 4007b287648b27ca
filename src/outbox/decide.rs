//! What to do after an attempt: the decisions of the outbox, pure.

use std::time::Duration;

use crate::aggregators::{NotSent, SendOutcome};
use crate::config;
use crate::domain::Timestamp;
use crate::store::outbox::Settled;

/// How long a whole channel rests when its account is empty or its key refused.
const CHANNEL_REST: Duration = Duration::from_mins(1);

/// What an attempt came to, as it is written down.
pub(super) struct Decision {
    pub(super) settled: Settled,
    /// Until when nothing may leave on this channel.
    pub(super) rest: Option<Timestamp>,
    /// Set when an operator must do something before anything on this channel can leave.
    pub(super) alarm: Option<&'static str>,
}

/// Decides. `chance` is random in 0..=1 and spreads the next attempts.
pub(super) fn decide(
    outcome: SendOutcome,
    attempt: i64,
    now: Timestamp,
    settings: &config::Outbox,
    chance: f64,
) -> Decision {
    let quiet = |settled| Decision {
        settled,
        rest: None,
        alarm: None,
    };
    let not_sent = match outcome {
        SendOutcome::Accepted { message_id, cost } => {
            return quiet(Settled::Accepted {
                provider_id: message_id,
                cost,
            });
        }
        SendOutcome::Unknown { reason } => {
            let until = now.plus(settings.unknown_wait());
            return quiet(Settled::Unknown { until, reason });
        }
        SendOutcome::NotSent(not_sent) => not_sent,
    };
    let reason = not_sent.to_string();
    let again = |wait: Duration| {
        let due_at = now.plus(wait);
        Settled::Again {
            due_at,
            reason: reason.clone(),
        }
    };
    let rest_for = |wait: Duration, alarm| Decision {
        settled: again(wait),
        rest: Some(now.plus(wait)),
        alarm,
    };
    let backoff = backoff(attempt, settings, chance);
    match not_sent {
        NotSent::Blocked | NotSent::Permanent { .. } => quiet(Settled::Failed { reason }),
        NotSent::BadSender => Decision {
            settled: Settled::Failed { reason },
            rest: None,
            alarm: Some("the aggregator does not know our sender; mend sender_id"),
        },
        NotSent::Held { .. } => Decision {
            settled: Settled::Failed { reason },
            rest: None,
            alarm: Some("the aggregator holds messages back; speak with them"),
        },
        NotSent::NoBalance => rest_for(CHANNEL_REST, Some("the account is empty; top it up")),
        NotSent::BadCredentials => rest_for(
            CHANNEL_REST,
            Some("the aggregator refuses the user name or key; mend the configuration"),
        ),
        NotSent::Throttled { retry_after } => {
            rest_for(retry_after.map_or(backoff, |told| told.max(backoff)), None)
        }
        // The message is not at fault, so it wears out by its age alone.
        NotSent::OutOfReach => quiet(again(backoff)),
        NotSent::Transient { .. } if attempt >= settings.attempts => quiet(Settled::Failed {
            reason: format!("given up after {attempt} attempts: {reason}"),
        }),
        NotSent::Transient { retry_after, .. } => {
            quiet(again(retry_after.map_or(backoff, |told| told.max(backoff))))
        }
    }
}

/// Full jitter: anything up to the doubled wait, so that attempts do not march in step.
fn backoff(attempt: i64, settings: &config::Outbox, chance: f64) -> Duration {
    let doublings = u32::try_from(attempt.saturating_sub(1))
        .unwrap_or(u32::MAX)
        .min(30);
    let whole = Duration::from_millis(settings.backoff_ms).saturating_mul(1 << doublings);
    whole
        .min(Duration::from_secs(settings.backoff_cap_s))
        .mul_f64(chance.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(outcome: SendOutcome, attempt: i64) -> Decision {
        let now = Timestamp::from_millis(0);
        decide(outcome, attempt, now, &config::Outbox::default(), 1.0)
    }

    fn settled(outcome: SendOutcome, attempt: i64) -> Settled {
        decided(outcome, attempt).settled
    }

    fn transient(retry_after: Option<Duration>) -> SendOutcome {
        SendOutcome::NotSent(NotSent::Transient {
            reason: "500".into(),
            retry_after,
        })
    }

    #[test]
    fn a_passing_fault_is_tried_again_later_and_later() {
        for (attempt, wait) in [(1, 500), (2, 1000), (3, 2000), (11, 60_000)] {
            let Settled::Again { due_at, .. } = settled(transient(None), attempt) else {
                panic!("{attempt}")
            };
            assert_eq!(due_at.as_millis(), wait, "attempt {attempt}");
        }
    }

    #[test]
    fn the_aggregators_wait_wins_over_a_shorter_one_of_ours() {
        let Settled::Again { due_at, .. } = settled(transient(Some(Duration::from_secs(7))), 1)
        else {
            panic!("not again")
        };
        assert_eq!(due_at.as_millis(), 7000);
    }

    #[test]
    fn the_last_attempt_gives_up() {
        assert!(matches!(
            settled(transient(None), 12),
            Settled::Failed { .. }
        ));
    }

    #[test]
    fn what_is_the_channels_fault_wears_no_message_out() {
        for not_sent in [
            NotSent::NoBalance,
            NotSent::BadCredentials,
            NotSent::Throttled { retry_after: None },
            NotSent::OutOfReach,
        ] {
            let outcome = SendOutcome::NotSent(not_sent);
            assert!(matches!(settled(outcome, 500), Settled::Again { .. }));
        }
    }

    #[test]
    fn a_channel_rests_as_long_as_it_is_told_to() {
        let rest = |not_sent| decided(SendOutcome::NotSent(not_sent), 1).rest;
        let retry_after = Some(Duration::from_secs(7));
        for (not_sent, millis) in [
            (NotSent::NoBalance, Some(60_000)),
            (NotSent::BadCredentials, Some(60_000)),
            (NotSent::Throttled { retry_after }, Some(7000)),
            (NotSent::Blocked, None),
            (NotSent::OutOfReach, None),
        ] {
            assert_eq!(rest(not_sent).map(Timestamp::as_millis), millis);
        }
    }

    #[test]
    fn what_every_message_will_meet_is_told_to_the_operator() {
        let now = Timestamp::from_millis(0);
        for (not_sent, is_told) in [
            (NotSent::BadSender, true),
            (NotSent::BadCredentials, true),
            (NotSent::Blocked, false),
        ] {
            let outcome = SendOutcome::NotSent(not_sent);
            let decision = decide(outcome, 1, now, &config::Outbox::default(), 1.0);
            assert_eq!(decision.alarm.is_some(), is_told, "{:?}", decision.alarm);
        }
    }

    #[test]
    fn a_lost_answer_is_left_to_a_delivery_report() {
        let outcome = SendOutcome::Unknown {
            reason: "time-out".into(),
        };
        let Settled::Unknown { until, .. } = settled(outcome, 1) else {
            panic!("not unknown")
        };
        assert_eq!(until.as_millis(), 60_000);
    }
}
