//! When to stop asking a server that fails, and when to try it again: pure, no waiting, no clock.

use std::time::Duration;

use super::CircuitPolicy;

/// The state machine behind the circuit.
///
/// What attempts meet is believed only from those that began under the present state: an answer that
/// was under way when the circuit opened neither closes it nor keeps it open.
#[derive(Debug)]
pub(crate) struct Breaker {
    /// `None`: stays closed whatever happens.
    policy: Option<CircuitPolicy>,
    state: State,
    /// Counts the changes of state.
    epoch: u64,
    /// The latest moment that anybody came with; who read the clock earlier is not taken back in time.
    seen: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed {
        /// In a row.
        failures: u32,
    },
    Open {
        until: Duration,
        pause: Duration,
    },
    Probing {
        /// The pause before this probe.
        pause: Duration,
    },
}

/// Leave to make one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leave {
    epoch: u64,
}

/// Nothing is sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// When to ask again.
    pub(crate) wait: Duration,
    /// A probe is under way, and what comes of it may be known sooner than that.
    pub(crate) is_probing: bool,
}

/// What an attempt met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Met {
    /// An answer, also one that says no.
    Answer,
    /// No answer, or one that says that the server cannot; with its `Retry-After`.
    Failure(Option<Duration>),
    /// Nothing was learnt: the caller went away.
    Nothing,
}

impl Met {
    /// The same with the `Retry-After` of the answer, where it is a failure.
    pub(crate) fn failing_for(self, wish: Option<Duration>) -> Self {
        match self {
            Self::Failure(_) => Self::Failure(wish),
            other => other,
        }
    }
}

/// A change that operators want to know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Opened { failures: u32, pause: Duration },
    ProbeFailed { pause: Duration },
    Closed,
}

impl Breaker {
    pub(crate) fn new(policy: Option<CircuitPolicy>) -> Self {
        Self {
            policy,
            state: State::Closed { failures: 0 },
            epoch: 0,
            seen: Duration::ZERO,
        }
    }

    /// Leave for one attempt. The first to come when a pause is over makes the probe; until its outcome
    /// is known nobody else passes.
    pub(crate) fn enter(&mut self, now: Duration) -> Result<Leave, Refused> {
        if let Some(refused) = self.refusal(now) {
            return Err(refused);
        }
        if let State::Open { pause, .. } = self.state {
            self.turn(State::Probing { pause });
        }
        Ok(Leave { epoch: self.epoch })
    }

    /// Whether an attempt would be refused now; takes nothing.
    pub(crate) fn refusal(&mut self, now: Duration) -> Option<Refused> {
        self.seen = self.seen.max(now);
        match self.state {
            State::Closed { .. } => None,
            State::Open { until, .. } => {
                let wait = until.saturating_sub(self.seen);
                (!wait.is_zero()).then_some(Refused {
                    wait,
                    is_probing: false,
                })
            }
            State::Probing { pause } => Some(Refused {
                wait: pause,
                is_probing: true,
            }),
        }
    }

    /// Notes what an attempt met.
    pub(crate) fn report(&mut self, leave: Leave, met: Met, now: Duration) -> Option<Change> {
        self.seen = self.seen.max(now);
        let policy = self.policy?;
        if leave.epoch != self.epoch {
            return None;
        }
        match (self.state, met) {
            (State::Closed { .. }, Met::Answer) => {
                self.state = State::Closed { failures: 0 };
                None
            }
            (State::Closed { failures }, Met::Failure(wish)) => {
                let failures = failures.saturating_add(1);
                self.state = State::Closed { failures };
                (failures >= policy.failures.get()).then(|| Change::Opened {
                    failures,
                    pause: self.open(policy, policy.first_pause, wish),
                })
            }
            (State::Probing { .. }, Met::Answer) => {
                self.turn(State::Closed { failures: 0 });
                Some(Change::Closed)
            }
            (State::Probing { pause }, Met::Failure(wish)) => Some(Change::ProbeFailed {
                pause: self.open(policy, pause.saturating_mul(2), wish),
            }),
            // The next to come probes at once.
            (State::Probing { pause }, Met::Nothing) => {
                self.turn(State::Open {
                    until: self.seen,
                    pause,
                });
                None
            }
            (State::Closed { .. }, Met::Nothing) | (State::Open { .. }, _) => None,
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    /// Another one after each change of state.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// A server that says for how long it cannot is believed, within the longest pause.
    fn open(&mut self, policy: CircuitPolicy, pause: Duration, wish: Option<Duration>) -> Duration {
        let pause = pause.max(wish.unwrap_or_default()).min(policy.longest_pause);
        self.turn(State::Open {
            until: self.seen.saturating_add(pause),
            pause,
        });
        pause
    }

    fn turn(&mut self, state: State) {
        self.state = state;
        self.epoch += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    const FAILED: Met = Met::Failure(None);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn breaker(failures: u32) -> Breaker {
        let failures = NonZeroU32::new(failures).unwrap();
        Breaker::new(Some(CircuitPolicy::new(failures, seconds(1), seconds(5))))
    }

    fn attempt(breaker: &mut Breaker, met: Met, now: Duration) -> Option<Change> {
        let leave = breaker.enter(now).unwrap();
        breaker.report(leave, met, now)
    }

    #[test]
    fn failures_in_a_row_open_it_and_an_answer_between_them_does_not() {
        let mut breaker = breaker(3);
        for met in [FAILED, FAILED, Met::Answer, FAILED, Met::Nothing, FAILED] {
            assert_eq!(attempt(&mut breaker, met, Duration::ZERO), None);
        }
        let opened = Change::Opened {
            failures: 3,
            pause: seconds(1),
        };
        assert_eq!(attempt(&mut breaker, FAILED, Duration::ZERO), Some(opened));
        assert_eq!(
            breaker.enter(Duration::from_millis(300)).unwrap_err().wait,
            Duration::from_millis(700)
        );
    }

    #[test]
    fn pauses_grow_to_their_bound_and_begin_anew_after_an_answer() {
        let mut breaker = breaker(1);
        let mut now = Duration::ZERO;
        attempt(&mut breaker, FAILED, now);
        for (before, after) in [(1, 2), (2, 4), (4, 5), (5, 5)] {
            now += seconds(before);
            let change = attempt(&mut breaker, FAILED, now);
            assert_eq!(
                change,
                Some(Change::ProbeFailed {
                    pause: seconds(after)
                })
            );
        }
        now += seconds(5);
        assert_eq!(attempt(&mut breaker, Met::Answer, now), Some(Change::Closed));
        attempt(&mut breaker, FAILED, now);
        assert_eq!(breaker.enter(now).unwrap_err().wait, seconds(1));
    }

    #[test]
    fn one_probe_at_a_time_and_one_that_went_away_is_followed_by_another() {
        let mut breaker = breaker(1);
        attempt(&mut breaker, FAILED, Duration::ZERO);
        let probe = breaker.enter(seconds(1)).unwrap();
        assert!(breaker.enter(seconds(9)).unwrap_err().is_probing);
        breaker.report(probe, Met::Nothing, seconds(9));
        breaker.enter(seconds(9)).unwrap();
        assert!(breaker.enter(seconds(9)).unwrap_err().is_probing);
    }

    #[test]
    fn what_began_before_it_opened_changes_nothing() {
        let mut breaker = breaker(1);
        let early: Vec<_> = (0..4).map(|_| breaker.enter(Duration::ZERO).unwrap()).collect();
        breaker.report(early[0], FAILED, Duration::ZERO).unwrap();
        assert_eq!(breaker.report(early[1], Met::Answer, Duration::ZERO), None);
        let probe = breaker.enter(seconds(1)).unwrap();
        assert_eq!(breaker.report(early[2], FAILED, seconds(1)), None);
        assert_eq!(
            breaker.report(probe, Met::Answer, seconds(1)),
            Some(Change::Closed)
        );
        assert_eq!(breaker.report(early[3], FAILED, seconds(1)), None);
        assert!(breaker.is_closed());
    }

    #[test]
    fn a_wait_that_the_server_asks_for_is_kept_within_the_bound() {
        for (wish, pause) in [(0, 1), (3, 3), (86_400, 5)] {
            let mut breaker = breaker(1);
            attempt(&mut breaker, Met::Failure(Some(seconds(wish))), Duration::ZERO);
            assert_eq!(breaker.enter(Duration::ZERO).unwrap_err().wait, seconds(pause));
        }
    }

    #[test]
    fn without_a_policy_it_never_opens() {
        let mut breaker = Breaker::new(None);
        for _ in 0..1_000 {
            assert_eq!(attempt(&mut breaker, FAILED, Duration::ZERO), None);
        }
    }
}
