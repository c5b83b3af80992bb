//! The pure state machine: state × event × moment → state, answer. No task, no lock, no clock, no chance.
//!
//! Two things vary on their own. The *value* is absent, fresh, aging or expired, and that is a matter of the
//! moment alone. The *activity* is idle, in flight or cooling down. What an event does follows from the two:
//!
//! | demand | idle | in flight | cooling down |
//! | --- | --- | --- | --- |
//! | fresh | serve | serve | serve |
//! | aging | serve, launch | serve | serve |
//! | expired | launch, wait | wait | serve stale within the grace, else refuse |
//! | absent | launch, wait | wait | refuse |
//!
//! Chance comes in as `roll`, a number in `0.0..1.0`.

use std::{sync::Arc, time::Duration};

use crate::{
    Generation, Held, Loaded, Moment, Policy, Unavailable,
    view::{Entry, Quiet, View},
};

/// What a caller is told.
#[derive(Debug)]
pub(crate) enum Answer<V, E> {
    /// Here it is.
    Serve(Held<V>),
    /// Wait until the flight in the air has landed, then settle.
    Wait,
    /// There is none.
    Refuse(Unavailable<E>),
}

/// What follows from a demand.
#[derive(Debug)]
pub(crate) struct Step<V, E> {
    /// What the caller is told.
    pub(crate) answer: Answer<V, E>,
    /// A flight must be launched now. Its claim is made: whoever gets this must launch.
    pub(crate) launch: bool,
}

impl<V, E> Step<V, E> {
    fn quiet(answer: Answer<V, E>) -> Self {
        Self {
            answer,
            launch: false,
        }
    }
}

/// How a flight failed.
#[derive(Debug)]
pub(crate) enum Failure<E> {
    /// The load said so.
    Failed {
        /// What it said.
        source: Arc<E>,
        /// How long it asked to be left alone.
        asked: Option<Duration>,
    },
    /// It did not end in time.
    TimedOut,
    /// It panicked.
    Panicked,
    /// Its task was dropped.
    Interrupted,
    /// It brought a value that was no longer alive.
    Outdated,
}

/// A load in the air.
#[derive(Debug)]
struct Flight {
    /// Taken before it was sent.
    sent: Moment,
    /// Somebody waits for it, so somebody will hear how it ended.
    awaited: bool,
}

/// The distance to the next load.
#[derive(Clone, Copy, Debug)]
struct Spacing {
    since: Moment,
    wait: Duration,
    renew_wait: Duration,
    /// The other side asked for it, so an invalidation does not lift it.
    asked: bool,
}

/// What an invalidation allows.
#[derive(Debug)]
struct Grant {
    at: Moment,
    unused: bool,
}

/// One cell's state.
#[derive(Debug)]
pub(crate) struct Machine<V, E> {
    policy: Policy,
    held: Option<Entry<V>>,
    flight: Option<Flight>,
    spacing: Option<Spacing>,
    grant: Option<Grant>,
    failure: Option<Failure<E>>,
    generation: Generation,
}

impl<V: Clone, E> Machine<V, E> {
    /// An empty cell; nothing is due until somebody demands it.
    pub(crate) fn new(policy: Policy) -> Self {
        Self {
            policy,
            held: None,
            flight: None,
            spacing: None,
            grant: None,
            failure: None,
            generation: Generation::NONE,
        }
    }

    /// What callers may see without asking, as of the last event.
    pub(crate) fn view(&self) -> Option<View<V>> {
        let quiet = match (&self.flight, self.spacing) {
            (Some(_), _) => Quiet::InFlight,
            (None, Some(Spacing { since, wait, .. })) => Quiet::Until { since, wait },
            (None, None) => Quiet::No,
        };
        self.held
            .clone()
            .map(|entry| View::new(entry, self.policy.grace(), quiet))
    }

    /// Somebody wants the value.
    pub(crate) fn demand(&mut self, now: Moment, roll: f64) -> Step<V, E> {
        if let Some(held) = self.view().and_then(|view| view.serve(now)) {
            return Step::quiet(Answer::Serve(held));
        }
        let usable = self.usable(now);
        let launch = self.flight.is_none() && self.may_launch(now);
        if launch {
            self.launch(now, roll);
        }
        let answer = match (usable, &mut self.flight) {
            (Some(held), _) => Answer::Serve(held),
            (None, Some(flight)) => {
                flight.awaited = true;
                Answer::Wait
            }
            (None, None) => Answer::Refuse(self.refusal(now)),
        };
        Step { answer, launch }
    }

    /// Somebody has seen generation `seen` and wants a newer one; the value held stays as good as it was.
    pub(crate) fn renew(&mut self, seen: Generation, now: Moment, roll: f64) -> Step<V, E> {
        if self.generation > seen
            && let Some(held) = self.usable(now)
        {
            return Step::quiet(Answer::Serve(held));
        }
        let launch = self.flight.is_none() && self.may_renew(now);
        if launch {
            self.launch(now, roll);
        }
        match &mut self.flight {
            Some(flight) => {
                flight.awaited = true;
                Step {
                    answer: Answer::Wait,
                    launch,
                }
            }
            None => self.demand(now, roll),
        }
    }

    /// A caller that waited comes back after a landing. It is told what there is now; only where the flight did
    /// well and its value is already gone again does it start over.
    pub(crate) fn settle(&mut self, now: Moment, roll: f64) -> Step<V, E> {
        if let Some(held) = self.usable(now) {
            return Step::quiet(Answer::Serve(held));
        }
        if self.failure.is_none() {
            return self.demand(now, roll);
        }
        match &self.held {
            Some(entry) if entry.is_in_grace(now, self.policy.grace()) => {
                Step::quiet(Answer::Serve(entry.held(now)))
            }
            _ => Step::quiet(Answer::Refuse(self.refusal(now))),
        }
    }

    /// The value of this generation is known to be bad. Any other is left alone. It allows one load before the
    /// cool-down is over, but not one for each of many invalidations.
    pub(crate) fn invalidate(&mut self, generation: Generation, now: Moment) {
        if self
            .held
            .take_if(|entry| entry.generation == generation)
            .is_none()
        {
            return;
        }
        let granted_lately = self
            .grant
            .as_ref()
            .is_some_and(|grant| now.since(grant.at) < self.policy.cool_down());
        if !granted_lately {
            self.grant = Some(Grant {
                at: now,
                unused: true,
            });
        }
    }

    /// The flight in the air has ended.
    pub(crate) fn land(
        &mut self,
        outcome: Result<Loaded<V>, Failure<E>>,
        now: Moment,
        roll: f64,
    ) -> Landing<E> {
        let Some(Flight { sent, awaited }) = self.flight.take() else {
            return Landing {
                failed: None,
                awaited: false,
            };
        };
        self.failure = match outcome {
            Ok(loaded) => self.adopt(loaded, sent, now, roll).err(),
            Err(failure) => Some(failure),
        };
        if let Some(failure) = &self.failure {
            let asked = match failure {
                Failure::Failed { asked, .. } => asked.map(|wait| self.policy.wait(wait)),
                _ => None,
            };
            let floor = asked.unwrap_or_default();
            self.spacing = Some(Spacing {
                since: now,
                wait: self.policy.spacing(roll).max(floor),
                renew_wait: self.policy.renew_spacing(roll).max(floor),
                asked: asked.is_some(),
            });
        }
        Landing {
            failed: self.failure.is_some().then(|| self.refusal(now)),
            awaited,
        }
    }

    /// Takes in what a load brought. One that is dead on arrival displaces nothing that lives.
    fn adopt(&mut self, loaded: Loaded<V>, sent: Moment, now: Moment, roll: f64) -> Result<(), Failure<E>> {
        let Loaded { value, lifetime } = loaded;
        let fresh_for = self.policy.fresh_for(lifetime, roll);
        let entry = Entry {
            value,
            generation: self.generation.next(),
            sent,
            lifetime,
            fresh_for,
        };
        let alive = entry.is_usable(now);
        let serves_stale = entry.is_in_grace(now, self.policy.grace()) && self.usable(now).is_none();
        if alive || serves_stale {
            self.generation = entry.generation;
            self.held = Some(entry);
        }
        if !alive {
            return Err(Failure::Outdated);
        }
        if let Some(grant) = &mut self.grant {
            grant.unused = false;
        }
        Ok(())
    }

    fn launch(&mut self, now: Moment, roll: f64) {
        self.flight = Some(Flight {
            sent: now,
            awaited: false,
        });
        self.spacing = Some(Spacing {
            since: now,
            wait: self.policy.spacing(roll),
            renew_wait: self.policy.renew_spacing(roll),
            asked: false,
        });
        if let Some(grant) = &mut self.grant {
            grant.unused = false;
        }
    }

    fn may_launch(&self, now: Moment) -> bool {
        let granted = self.grant.as_ref().is_some_and(|grant| grant.unused);
        self.spacing
            .is_none_or(|spacing| now.since(spacing.since) >= spacing.wait || (granted && !spacing.asked))
    }

    fn may_renew(&self, now: Moment) -> bool {
        self.spacing
            .is_none_or(|spacing| now.since(spacing.since) >= spacing.renew_wait)
    }

    fn usable(&self, now: Moment) -> Option<Held<V>> {
        self.held
            .as_ref()
            .filter(|entry| entry.is_usable(now))
            .map(|entry| entry.held(now))
    }

    fn refusal(&self, now: Moment) -> Unavailable<E> {
        let retry_in = self.spacing.map_or(Duration::ZERO, |spacing| {
            spacing.wait.saturating_sub(now.since(spacing.since))
        });
        match &self.failure {
            Some(Failure::Failed { source, .. }) => Unavailable::Failed {
                source: Arc::clone(source),
                retry_in,
            },
            Some(Failure::TimedOut) => Unavailable::TimedOut { retry_in },
            Some(Failure::Panicked) => Unavailable::Panicked { retry_in },
            Some(Failure::Interrupted) => Unavailable::Interrupted { retry_in },
            Some(Failure::Outdated) => Unavailable::Outdated { retry_in },
            None => Unavailable::CoolingDown { retry_in },
        }
    }
}

/// How a flight ended, for the log.
#[derive(Debug)]
pub(crate) struct Landing<E> {
    /// Why it failed, if it did.
    pub(crate) failed: Option<Unavailable<E>>,
    /// Somebody waited for it and will be told.
    pub(crate) awaited: bool,
}
