//! What to do after an attempt: the decisions of the outbox, pure.

use std::time::Duration;

use crate::aggregators::{NotSent, SendOutcome};
use crate::config;
use crate::domain::Timestamp;
use crate::store::outbox::Settled;

/// How long a whole channel waits when its account is empty or its key refused.
const CHANNEL_WAIT: Duration = Duration::from_mins(1);

/// What an attempt came to, as it is written down.
pub(super) struct Decision {
    pub(super) settled: Settled,
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
    let again = |wait: Duration| Settled::Again {
        due_at: now.plus(wait),
        reason: reason.clone(),
    };
    match not_sent {
        NotSent::Blocked | NotSent::BadSender | NotSent::Permanent { .. } => {
            quiet(Settled::Failed { reason })
        }
        NotSent::Held { .. } => Decision {
            settled: Settled::Failed { reason },
            alarm: Some("the aggregator holds messages back; speak with them"),
        },
        NotSent::NoBalance => Decision {
            settled: again(CHANNEL_WAIT),
            alarm: Some("the account is empty; top it up"),
        },
        NotSent::BadCredentials => Decision {
            settled: again(CHANNEL_WAIT),
            alarm: Some("the aggregator refuses the user name or key; mend the configuration"),
        },
        NotSent::Transient { .. } | NotSent::Throttled { .. } if attempt >= settings.attempts => {
            quiet(Settled::Failed {
                reason: format!("given up after {attempt} attempts: {reason}"),
            })
        }
        NotSent::Transient { retry_after, .. } | NotSent::Throttled { retry_after } => {
            let wait = backoff(attempt, settings, chance);
            quiet(again(retry_after.map_or(wait, |told| told.max(wait))))
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

    fn settled(outcome: SendOutcome, attempt: i64) -> Settled {
        let now = Timestamp::from_millis(0);
        decide(outcome, attempt, now, &config::Outbox::default(), 1.0).settled
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
    fn an_empty_account_wears_no_message_out() {
        let outcome = SendOutcome::NotSent(NotSent::NoBalance);
        assert!(matches!(settled(outcome, 500), Settled::Again { .. }));
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
