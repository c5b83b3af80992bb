//! Whether a call is tried again, and when.
//!
//! Only what another attempt can cure is tried again: time-outs, broken connections, 429, 502, 503
//! and 504. A 500 is a fault in the server that a repetition meets again; a 401 is not a retry but a
//! matter of the token (see the pipeline).

mod backoff;
pub(crate) mod budget;
mod classify;
mod retry_after;

use std::time::Duration;

pub(crate) use backoff::Backoff;
pub(crate) use budget::Retries;
pub use budget::RetryBudget;
pub(crate) use classify::{Class, classify};
pub(crate) use retry_after::retry_after;

/// The limits of trying again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Attempts in all, the first included.
    pub(crate) max_attempts: u32,
    /// The longest `Retry-After` that is waited for.
    pub(crate) longest_retry_after: Duration,
}

/// What to do after an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Wait this long, then try again.
    Wait(Duration),
    /// The call ends with what the last attempt met.
    Stop,
}

/// What is known when the decision is due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    pub(crate) class: Class,
    /// Attempts made so far.
    pub(crate) attempts: u32,
    /// Whether the operation may be carried out twice.
    pub(crate) idempotent: bool,
    pub(crate) retry_after: Option<Duration>,
    /// What is left of the call's deadline.
    pub(crate) left: Duration,
}

/// Decides. A wait that would reach the deadline is not begun: failing now, with the reason, beats
/// failing later without one.
pub(crate) fn decide(limits: Limits, attempt: Attempt, backoff: &mut Backoff) -> Decision {
    let worth_it = match attempt.class {
        Class::Accepted | Class::Unchanged | Class::Unauthorized | Class::Final => false,
        // Neither reached a handler, so even what may not happen twice can be sent again.
        Class::Throttled | Class::NotSent => true,
        Class::TimedOut | Class::Broken | Class::Unavailable => attempt.idempotent,
    };
    if !worth_it || attempt.attempts >= limits.max_attempts {
        return Decision::Stop;
    }
    let asked = attempt.retry_after.unwrap_or_default();
    let wait = asked.max(backoff.next_wait());
    if asked > limits.longest_retry_after || wait >= attempt.left {
        return Decision::Stop;
    }
    Decision::Wait(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        max_attempts: 3,
        longest_retry_after: Duration::from_mins(1),
    };

    fn failed(class: Class) -> Attempt {
        Attempt {
            class,
            attempts: 1,
            idempotent: true,
            retry_after: None,
            left: Duration::from_secs(30),
        }
    }

    fn decision(attempt: Attempt) -> Decision {
        decide(LIMITS, attempt, &mut Backoff::new())
    }

    #[test]
    fn what_another_attempt_can_cure_is_tried_again() {
        for class in [
            Class::Throttled,
            Class::NotSent,
            Class::TimedOut,
            Class::Broken,
            Class::Unavailable,
        ] {
            assert!(matches!(decision(failed(class)), Decision::Wait(_)), "{class:?}");
        }
        for class in [
            Class::Accepted,
            Class::Unchanged,
            Class::Unauthorized,
            Class::Final,
        ] {
            assert_eq!(decision(failed(class)), Decision::Stop, "{class:?}");
        }
    }

    #[test]
    fn what_may_have_happened_is_not_sent_twice_unless_it_may() {
        for (class, again) in [
            (Class::Throttled, true),
            (Class::NotSent, true),
            (Class::TimedOut, false),
            (Class::Broken, false),
            (Class::Unavailable, false),
        ] {
            let decision = decision(Attempt {
                idempotent: false,
                ..failed(class)
            });
            assert_eq!(matches!(decision, Decision::Wait(_)), again, "{class:?}");
        }
    }

    #[test]
    fn attempts_are_limited() {
        let attempt = failed(Class::TimedOut);
        assert!(matches!(
            decision(Attempt {
                attempts: 2,
                ..attempt
            }),
            Decision::Wait(_)
        ));
        assert_eq!(
            decision(Attempt {
                attempts: 3,
                ..attempt
            }),
            Decision::Stop
        );
    }

    #[test]
    fn the_server_wish_is_a_floor() {
        let wish = Some(Duration::from_secs(12));
        assert_eq!(
            decision(Attempt {
                retry_after: wish,
                ..failed(Class::Throttled)
            }),
            Decision::Wait(Duration::from_secs(12))
        );
        let zero = decision(Attempt {
            retry_after: Some(Duration::ZERO),
            ..failed(Class::Throttled)
        });
        assert!(
            matches!(zero, Decision::Wait(wait) if wait > Duration::ZERO),
            "{zero:?}"
        );
    }

    #[test]
    fn a_day_is_not_waited_for_even_with_time_to_spare() {
        let day = Duration::from_hours(24);
        let attempt = Attempt {
            retry_after: Some(day),
            left: day * 2,
            ..failed(Class::Throttled)
        };
        assert_eq!(decision(attempt), Decision::Stop);
    }

    #[test]
    fn nobody_sleeps_past_the_deadline() {
        let attempt = Attempt {
            retry_after: Some(Duration::from_secs(5)),
            ..failed(Class::Unavailable)
        };
        assert_eq!(
            decision(Attempt {
                left: Duration::from_secs(5),
                ..attempt
            }),
            Decision::Stop
        );
        assert!(matches!(
            decision(Attempt {
                left: Duration::from_secs(6),
                ..attempt
            }),
            Decision::Wait(_)
        ));
    }
}
