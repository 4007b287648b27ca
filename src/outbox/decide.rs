//! What to do after an attempt: the decisions of the outbox, pure.

use std::time::Duration;

use crate::aggregators::{NotSent, SendOutcome};
use crate::config;
use crate::domain::Timestamp;
use crate::store::channel_states::{Hold, HoldKind};
use crate::store::outbox::Settled;

/// How long until one message tries whether an empty account was topped up.
const TOP_UP: Duration = Duration::from_mins(1);

/// What an attempt came to, as it is written down.
pub(super) struct Decision {
    pub(super) settled: Settled,
    pub(super) channel: Health,
    /// Set when an operator must do something before such messages can leave.
    pub(super) alarm: Option<&'static str>,
}

/// What an attempt says about its channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Health {
    /// It answers; whatever it said was about the message.
    Works,
    /// It does not answer as it should.
    Fails,
    /// Every message would meet this.
    Held(Hold),
}

/// Decides. `chance` is random in 0..=1 and spreads the next attempts.
pub(super) fn decide(
    outcome: SendOutcome,
    attempt: i64,
    now: Timestamp,
    settings: &config::Outbox,
    chance: f64,
) -> Decision {
    let quiet = |settled, channel| Decision {
        settled,
        channel,
        alarm: None,
    };
    let not_sent = match outcome {
        SendOutcome::Accepted { message_id, cost } => {
            let settled = Settled::Accepted {
                provider_id: message_id,
                cost,
            };
            return quiet(settled, Health::Works);
        }
        SendOutcome::Unknown { reason } => {
            let until = now.plus(settings.unknown_wait());
            return quiet(Settled::Unknown { until, reason }, Health::Fails);
        }
        SendOutcome::NotSent(not_sent) => not_sent,
    };
    let reason = not_sent.to_string();
    let failed = |alarm| Decision {
        settled: Settled::Failed {
            reason: reason.clone(),
        },
        channel: Health::Works,
        alarm,
    };
    let again = |wait: Duration| Settled::Again {
        due_at: now.plus(wait),
        reason: reason.clone(),
    };
    // The message keeps its place; its channel makes it wait.
    let hold = |kind, wait: Option<Duration>, alarm| Decision {
        settled: again(Duration::ZERO),
        channel: Health::Held(Hold {
            kind,
            reason: reason.clone(),
            since: now,
            until: wait.map(|wait| now.plus(wait)),
        }),
        alarm,
    };
    let backoff = settings.backoff(attempt, chance);
    let at_least = |told: Option<Duration>| told.map_or(backoff, |told| told.max(backoff));
    match not_sent {
        NotSent::Blocked | NotSent::Permanent { .. } => failed(None),
        NotSent::BadSender => failed(Some(
            "the aggregator does not know our sender; mend sender_id",
        )),
        NotSent::Held { .. } => failed(Some("the aggregator holds messages back; speak with them")),
        NotSent::NoBalance => hold(
            HoldKind::Parked,
            Some(TOP_UP),
            Some("the account is empty; top it up"),
        ),
        NotSent::BadCredentials => hold(
            HoldKind::Stopped,
            None,
            Some("the aggregator refuses the user name or key; mend the configuration"),
        ),
        NotSent::Throttled { retry_after } => {
            hold(HoldKind::Throttled, Some(at_least(retry_after)), None)
        }
        // The message is not at fault, so it wears out by its age alone.
        NotSent::OutOfReach => quiet(again(backoff), Health::Fails),
        NotSent::Transient { .. } if attempt >= settings.attempts => quiet(
            Settled::Failed {
                reason: format!("given up after {attempt} attempts: {reason}"),
            },
            Health::Works,
        ),
        NotSent::Transient { retry_after, .. } => {
            quiet(again(at_least(retry_after)), Health::Works)
        }
    }
}

/// Holds a channel on which too many sends in a row came to nothing.
pub(super) fn open_circuit(now: Timestamp, settings: &config::Outbox) -> Hold {
    Hold {
        kind: HoldKind::Unreachable,
        reason: format!(
            "{} sends in a row came to nothing",
            settings.circuit_failures
        ),
        since: now,
        until: Some(now.plus(settings.circuit())),
    }
}

/// When a held channel may be tried once more after this try.
pub(super) fn next_probe(kind: HoldKind, now: Timestamp, settings: &config::Outbox) -> Timestamp {
    now.plus(match kind {
        HoldKind::Parked | HoldKind::Stopped => TOP_UP,
        HoldKind::Throttled | HoldKind::Unreachable => settings.circuit(),
    })
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
    fn a_channel_is_held_as_long_as_it_is_told_to() {
        let held = |not_sent| match decided(SendOutcome::NotSent(not_sent), 1).channel {
            Health::Held(hold) => (hold.kind, hold.until.map(Timestamp::as_millis)),
            other => panic!("{other:?}"),
        };
        let retry_after = Some(Duration::from_secs(7));
        for (not_sent, hold) in [
            (NotSent::NoBalance, (HoldKind::Parked, Some(60_000))),
            (NotSent::BadCredentials, (HoldKind::Stopped, None)),
            (
                NotSent::Throttled { retry_after },
                (HoldKind::Throttled, Some(7000)),
            ),
        ] {
            assert_eq!(held(not_sent), hold);
        }
    }

    #[test]
    fn only_what_is_not_about_the_message_speaks_against_the_channel() {
        let health = |outcome| decided(outcome, 1).channel;
        let lost = SendOutcome::Unknown {
            reason: "HTTP 500".into(),
        };
        assert_eq!(health(lost), Health::Fails);
        assert_eq!(
            health(SendOutcome::NotSent(NotSent::OutOfReach)),
            Health::Fails
        );
        assert_eq!(
            health(SendOutcome::NotSent(NotSent::Blocked)),
            Health::Works
        );
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
