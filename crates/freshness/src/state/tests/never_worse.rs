//! No sequence of events, clocks and chances ever yields a worse value than there was.

use std::time::{Duration, SystemTime};

use proptest::{collection::vec, option, prelude::*};

use crate::state::{Answer, Failure, Machine, Step};
use crate::{Generation, Held, Loaded, Moment, Policy};

#[derive(Clone, Debug)]
enum Event {
    Demand,
    Settle,
    /// With this many generations before the newest as the one seen.
    Renew(u64),
    Invalidate(u64),
    Bring(Option<Duration>),
    Fail(Option<Duration>),
    TimeOut,
    Clocks(Shift),
}

/// How the clocks move.
#[derive(Clone, Copy, Debug)]
enum Shift {
    Both(Duration),
    WallForward(Duration),
    WallBack(Duration),
    Monotonic(Duration),
}

fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![0..2_000_u64, 0..100_000_u64].prop_map(Duration::from_millis)
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Event::Demand),
        1 => Just(Event::Settle),
        2 => (0..3_u64).prop_map(Event::Renew),
        1 => (0..3_u64).prop_map(Event::Invalidate),
        4 => option::weighted(0.9, duration()).prop_map(Event::Bring),
        2 => option::of(duration()).prop_map(Event::Fail),
        1 => Just(Event::TimeOut),
        6 => duration().prop_map(|by| Event::Clocks(Shift::Both(by))),
        1 => duration().prop_map(|by| Event::Clocks(Shift::WallForward(by))),
        1 => duration().prop_map(|by| Event::Clocks(Shift::WallBack(by))),
        1 => duration().prop_map(|by| Event::Clocks(Shift::Monotonic(by))),
    ]
}

fn policy() -> impl Strategy<Value = Policy> {
    (
        0.0..=1.0,
        0.0..=1.0,
        0..10_u64,
        0..30_u64,
        prop_oneof![Just(0), 0..100_u64],
    )
        .prop_map(|(lead_share, jitter, cool_down, renew_window, grace)| {
            Policy::default()
                .with_lead_share(lead_share)
                .with_jitter(jitter)
                .with_cool_down(Duration::from_secs(cool_down))
                .with_renew_window(Duration::from_secs(renew_window))
                .with_grace(Duration::from_secs(grace))
        })
}

/// The machine, and what a careful observer knows about it.
struct Observed {
    machine: Machine<(), ()>,
    policy: Policy,
    now: Moment,
    in_flight: bool,
    launched: Vec<(Moment, bool)>,
    /// The newest generation that was seen, and those that were declared bad.
    newest: Generation,
    bad: Vec<Generation>,
    invalidated_since_launch: bool,
    /// The clocks have moved apart, so distances no longer add up.
    bent: bool,
}

impl Observed {
    fn new(policy: Policy) -> Self {
        let wall = SystemTime::UNIX_EPOCH + Duration::from_hours(400_000);
        Self {
            machine: Machine::new(policy),
            policy,
            now: Moment {
                wall,
                monotonic: Duration::ZERO,
            },
            in_flight: false,
            launched: Vec::new(),
            newest: Generation::NONE,
            bad: Vec::new(),
            invalidated_since_launch: false,
            bent: false,
        }
    }

    /// The value that a caller could have now.
    fn peek(&self) -> Option<Held<()>> {
        self.machine.view().and_then(|view| view.peek(self.now))
    }

    fn back(&self, generations: u64) -> Generation {
        Generation(self.newest.0.saturating_sub(generations))
    }

    fn happen(&mut self, event: &Event, roll: f64) {
        let before = self.peek();
        match *event {
            Event::Demand => {
                let seen = self.machine.view().and_then(|view| view.serve(self.now));
                let step = self.machine.demand(self.now, roll);
                if let Some(seen) = seen {
                    assert!(!step.launch, "a launch that the fast path would have missed");
                    assert!(matches!(&step.answer, Answer::Serve(held) if *held == seen));
                }
                self.check(step, before.as_ref());
            }
            Event::Settle => {
                let step = self.machine.settle(self.now, roll);
                self.check(step, before.as_ref());
            }
            Event::Renew(back) => {
                let step = self.machine.renew(self.back(back), self.now, roll);
                let waits = matches!(step.answer, Answer::Wait);
                self.check(step, before.as_ref().filter(|_| !waits));
            }
            Event::Invalidate(back) => {
                let generation = self.back(back);
                self.machine.invalidate(generation, self.now);
                self.bad.push(generation);
                self.invalidated_since_launch = true;
                assert!(self.peek().is_none_or(|held| held.generation != generation));
                if before.as_ref().is_some_and(|held| held.generation == generation) {
                    return;
                }
            }
            Event::Bring(lifetime) => self.land(Ok(Loaded { value: (), lifetime }), roll),
            Event::Fail(asked) => self.land(
                Err(Failure::Failed {
                    source: ().into(),
                    asked,
                }),
                roll,
            ),
            Event::TimeOut => self.land(Err(Failure::TimedOut), roll),
            Event::Clocks(shift) => return self.shift(shift),
        }
        self.is_no_worse_than(before);
    }

    fn shift(&mut self, shift: Shift) {
        self.bent |= !matches!(shift, Shift::Both(_));
        match shift {
            Shift::Both(by) => {
                self.now.wall += by;
                self.now.monotonic += by;
            }
            Shift::WallForward(by) => self.now.wall += by,
            Shift::WallBack(by) => self.now.wall -= by,
            Shift::Monotonic(by) => self.now.monotonic += by,
        }
    }

    fn land(&mut self, outcome: Result<Loaded<()>, Failure<()>>, roll: f64) {
        // Without a flight too: an unexpected landing must change nothing.
        let _landing = self.machine.land(outcome, self.now, roll);
        self.in_flight = false;
    }

    /// What was usable before an event is usable after it, or a newer one is.
    fn is_no_worse_than(&mut self, before: Option<Held<()>>) {
        let after = self.peek();
        if let Some(before) = before {
            let after = after.clone().expect("the event took a usable value away");
            assert!(
                after.generation >= before.generation,
                "{after:?} after {before:?}"
            );
        }
        if let Some(after) = after {
            self.newest = self.newest.max(after.generation);
        }
    }

    fn check(&mut self, step: Step<(), ()>, usable: Option<&Held<()>>) {
        if step.launch {
            assert!(!self.in_flight, "two flights under way");
            if !self.bent {
                self.check_spacing();
            }
            self.launched.push((self.now, self.invalidated_since_launch));
            self.invalidated_since_launch = false;
            self.in_flight = true;
        }
        match step.answer {
            Answer::Serve(held) => self.check_served(&held, usable),
            Answer::Wait => {
                assert!(usable.is_none(), "a caller waits although there is {usable:?}");
                assert!(self.in_flight, "a caller waits for nothing");
            }
            Answer::Refuse(_) => assert!(
                usable.is_none(),
                "a caller is refused although there is {usable:?}"
            ),
        }
    }

    fn check_served(&mut self, held: &Held<()>, usable: Option<&Held<()>>) {
        if let Some(usable) = usable {
            assert!(
                !held.stale && held.generation >= usable.generation,
                "{held:?} instead of {usable:?}"
            );
        }
        assert!(
            held.generation >= self.newest,
            "{held:?} after generation {}",
            self.newest
        );
        assert!(!self.bad.contains(&held.generation), "{held:?} was declared bad");
        let over = held.lifetime.is_some_and(|lifetime| held.age >= lifetime);
        assert_eq!(held.stale, over, "{held:?}");
        let end = held
            .lifetime
            .map_or(Duration::MAX, |lifetime| lifetime + self.policy.grace());
        assert!(held.age < end, "{held:?} past its grace");
        self.newest = held.generation;
    }

    /// A launch is a cool-down away from the last, or the first after an invalidation; and of two in a row at
    /// least one is the former.
    fn check_spacing(&self) {
        let distant = |then: Moment| self.now.since(then) >= self.policy.cool_down();
        match self.launched.as_slice() {
            [] => {}
            [(only, _)] => assert!(distant(*only) || self.invalidated_since_launch),
            [.., (before, _), (last, _)] => {
                assert!(
                    distant(*last) || self.invalidated_since_launch,
                    "too soon after the last"
                );
                assert!(distant(*before), "three within one cool-down");
            }
        }
    }

    /// After any events: once the longest possible wait is over, a demand is served or sent off.
    fn is_not_stuck(&mut self) {
        let wait = Duration::from_mins(1).max(self.policy.cool_down() * 2);
        self.shift(Shift::Both(wait));
        let idle = !self.in_flight;
        let step = self.machine.demand(self.now, 0.0);
        assert!(
            !matches!(step.answer, Answer::Refuse(_)),
            "stuck with {:?}",
            step.answer
        );
        assert!(!idle || step.launch || matches!(step.answer, Answer::Serve(_)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_events_yields_a_worse_value(
        policy in policy(),
        events in vec((event(), 0.0..1.0), 1..80),
    ) {
        let mut observed = Observed::new(policy);
        for (event, roll) in &events {
            observed.happen(event, *roll);
        }
        observed.is_not_stuck();
    }
}
