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

mod answer;
mod pace;
#[cfg(test)]
mod tests;

use pace::Pace;

use crate::{
    Generation, Held, Loaded, Moment, Policy, Unavailable,
    view::{Entry, Quiet, View},
};

pub(crate) use answer::{Answer, Failure, Landing, Step};

/// A load under way.
#[derive(Debug)]
struct Flight {
    /// Taken before it was sent.
    sent: Moment,
    /// A caller waits for it, and will learn how it ended.
    awaited: bool,
}

/// One cell's state.
#[derive(Debug)]
pub(crate) struct Machine<V, E> {
    policy: Policy,
    held: Option<Entry<V>>,
    flight: Option<Flight>,
    pace: Pace,
    /// Why the last flight failed, if it did.
    failure: Option<Failure<E>>,
    /// The newest that was ever held.
    generation: Generation,
}

impl<V: Clone, E> Machine<V, E> {
    /// An empty cell; nothing is due until a caller demands it.
    pub(crate) fn new(policy: Policy) -> Self {
        Self {
            policy,
            held: None,
            flight: None,
            pace: Pace::default(),
            failure: None,
            generation: Generation::NONE,
        }
    }

    /// What callers may see without asking, as of the last event.
    pub(crate) fn view(&self) -> Option<View<V>> {
        let quiet = match (&self.flight, self.pace.pause()) {
            (Some(_), _) => Quiet::InFlight,
            (None, Some((since, wait))) => Quiet::Until { since, wait },
            (None, None) => Quiet::No,
        };
        self.held
            .clone()
            .map(|entry| View::new(entry, self.policy.grace(), quiet))
    }

    /// A caller wants the value.
    pub(crate) fn demand(&mut self, now: Moment, roll: f64) -> Step<V, E> {
        if let Some(held) = self.view().and_then(|view| view.serve(now)) {
            return Step::only(Answer::Serve(held));
        }
        let usable = self.usable(now);
        let launch = self.flight.is_none() && self.pace.allows_load(now);
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

    /// A caller has seen generation `seen` and wants a newer one; the value held stays as good as it was.
    pub(crate) fn renew(&mut self, seen: Generation, now: Moment, roll: f64) -> Step<V, E> {
        if self.generation > seen
            && let Some(held) = self.usable(now)
        {
            return Step::only(Answer::Serve(held));
        }
        let launch = self.flight.is_none() && self.pace.allows_renewal(now);
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

    /// A caller that waited comes back after a landing. It gets what there is now; only where the flight did
    /// well and its value is already gone again does it start over.
    pub(crate) fn settle(&mut self, now: Moment, roll: f64) -> Step<V, E> {
        if let Some(held) = self.usable(now) {
            return Step::only(Answer::Serve(held));
        }
        if self.failure.is_none() {
            return self.demand(now, roll);
        }
        let stale = self.held.as_ref().and_then(|entry| {
            let age = entry.age(now);
            entry
                .serves_at(age, self.policy.grace())
                .then(|| entry.held_at(age))
        });
        Step::only(match stale {
            Some(held) => Answer::Serve(held),
            None => Answer::Refuse(self.refusal(now)),
        })
    }

    /// The value of this generation is known to be bad. Any other is left alone. Returns whether that was the one
    /// held.
    pub(crate) fn invalidate(&mut self, generation: Generation, now: Moment) -> bool {
        let held = self
            .held
            .take_if(|entry| entry.generation == generation)
            .is_some();
        if held {
            self.pace.grant(&self.policy, now);
        }
        held
    }

    /// The flight under way has ended.
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
            self.pace.hold_off(&self.policy, now, roll, failure.asked());
        }
        Landing {
            failed: self.failure.is_some().then(|| self.refusal(now)),
            awaited,
        }
    }

    /// Takes in what a load brought. What is dead on arrival displaces nothing that lives.
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
        let age = entry.age(now);
        let alive = entry.lives_at(age);
        let serves_stale = entry.serves_at(age, self.policy.grace()) && self.usable(now).is_none();
        if alive || serves_stale {
            self.generation = entry.generation;
            self.held = Some(entry);
        }
        if !alive {
            return Err(Failure::Outdated);
        }
        self.pace.satisfy();
        Ok(())
    }

    fn launch(&mut self, now: Moment, roll: f64) {
        self.flight = Some(Flight {
            sent: now,
            awaited: false,
        });
        self.pace.claim(&self.policy, now, roll);
    }

    fn usable(&self, now: Moment) -> Option<Held<V>> {
        let entry = self.held.as_ref()?;
        let age = entry.age(now);
        entry.lives_at(age).then(|| entry.held_at(age))
    }

    fn refusal(&self, now: Moment) -> Unavailable<E> {
        let retry_in = self.pace.retry_in(now);
        self.failure
            .as_ref()
            .map_or(Unavailable::CoolingDown { retry_in }, |failure| {
                failure.refusal(retry_in)
            })
    }
}
