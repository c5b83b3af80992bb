//! Whether a call is retried, and when.
//!
//! Only failures that another attempt can fix are retried: time-outs, broken connections, 429, 502, 503 and 504. A 500 is
//! a fault in the server that every attempt would meet; a 401 needs another token and is handled by the pipeline.

mod backoff;
mod budget;
mod classify;
mod retry_after;
mod token_bucket;

use std::time::Duration;

use crate::call_options::Resend;
pub(crate) use backoff::Backoff;
pub(crate) use budget::Retries;
pub use budget::RetryBudget;
pub(crate) use classify::{Class, classify, word};
pub(crate) use retry_after::retry_after;

/// How often and how long a call may be retried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryLimits {
    /// Attempts in total, including the first.
    pub(crate) max_attempts: u32,
    /// The longest `Retry-After` that is waited for.
    pub(crate) longest_retry_after: Duration,
}

/// What to do after an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Wait this long, then try again.
    Wait(Duration),
    /// End the call with the error of the last attempt.
    Stop,
}

/// A failed attempt, with what the decision depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FailedAttempt {
    pub(crate) class: Class,
    /// Attempts made so far.
    pub(crate) attempts: u32,
    /// After which failures the call may be sent again.
    pub(crate) resend: Resend,
    pub(crate) retry_after: Option<Duration>,
    /// What is left of the call's deadline.
    pub(crate) left: Duration,
}

/// Decides what to do. A wait that would reach the deadline is not started: an immediate error with its cause is better
/// than a time-out later.
pub(crate) fn decide(limits: RetryLimits, attempt: FailedAttempt, backoff: &mut Backoff) -> Decision {
    let may_help = match attempt.class {
        Class::Accepted | Class::Unchanged | Class::Unauthorized | Class::Final => false,
        // Neither reached a handler.
        Class::Throttled | Class::NotSent => attempt.resend != Resend::Never,
        Class::TimedOut | Class::Broken | Class::Unavailable => attempt.resend == Resend::AsUsual,
    };
    if !may_help || attempt.attempts >= limits.max_attempts {
        return Decision::Stop;
    }
    let requested = attempt.retry_after.unwrap_or_default();
    let wait = requested.max(backoff.next_wait());
    if requested > limits.longest_retry_after || wait >= attempt.left {
        return Decision::Stop;
    }
    Decision::Wait(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: RetryLimits = RetryLimits {
        max_attempts: 3,
        longest_retry_after: Duration::from_mins(1),
    };

    fn failed(class: Class) -> FailedAttempt {
        FailedAttempt {
            class,
            attempts: 1,
            resend: Resend::AsUsual,
            retry_after: None,
            left: Duration::from_secs(30),
        }
    }

    fn decision(attempt: FailedAttempt) -> Decision {
        decide(LIMITS, attempt, &mut Backoff::new())
    }

    #[test]
    fn failures_that_another_attempt_can_fix_are_retried() {
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
    fn calls_are_sent_again_only_as_their_options_allow() {
        for (class, is_retried) in [
            (Class::Throttled, true),
            (Class::NotSent, true),
            (Class::TimedOut, false),
            (Class::Broken, false),
            (Class::Unavailable, false),
        ] {
            let decision = decision(FailedAttempt {
                resend: Resend::IfUnhandled,
                ..failed(class)
            });
            assert_eq!(matches!(decision, Decision::Wait(_)), is_retried, "{class:?}");
            let decision = self::decision(FailedAttempt {
                resend: Resend::Never,
                ..failed(class)
            });
            assert_eq!(decision, Decision::Stop, "{class:?}");
        }
    }

    #[test]
    fn attempts_are_limited() {
        let attempt = failed(Class::TimedOut);
        assert!(matches!(
            decision(FailedAttempt {
                attempts: 2,
                ..attempt
            }),
            Decision::Wait(_)
        ));
        assert_eq!(
            decision(FailedAttempt {
                attempts: 3,
                ..attempt
            }),
            Decision::Stop
        );
    }

    #[test]
    fn wait_is_at_least_retry_after() {
        let retry_after = Some(Duration::from_secs(12));
        assert_eq!(
            decision(FailedAttempt {
                retry_after,
                ..failed(Class::Throttled)
            }),
            Decision::Wait(Duration::from_secs(12))
        );
        let zero = decision(FailedAttempt {
            retry_after: Some(Duration::ZERO),
            ..failed(Class::Throttled)
        });
        assert!(
            matches!(zero, Decision::Wait(wait) if wait > Duration::ZERO),
            "{zero:?}"
        );
    }

    #[test]
    fn retry_after_of_a_day_stops_even_with_enough_time() {
        let day = Duration::from_hours(24);
        let attempt = FailedAttempt {
            retry_after: Some(day),
            left: day * 2,
            ..failed(Class::Throttled)
        };
        assert_eq!(decision(attempt), Decision::Stop);
    }

    #[test]
    fn wait_never_reaches_the_deadline() {
        let attempt = FailedAttempt {
            retry_after: Some(Duration::from_secs(5)),
            ..failed(Class::Unavailable)
        };
        assert_eq!(
            decision(FailedAttempt {
                left: Duration::from_secs(5),
                ..attempt
            }),
            Decision::Stop
        );
        assert!(matches!(
            decision(FailedAttempt {
                left: Duration::from_secs(6),
                ..attempt
            }),
            Decision::Wait(_)
        ));
    }
}
