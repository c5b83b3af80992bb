//! The property of the machine, held by the whole cell: whichever way callers, loads and clocks act, no caller is
//! refused or kept waiting while there is a value that lives, and no value is followed by an older one.

use std::time::Duration;

use freshness::{Cell, Generation, Held, ManualClock, Policy, Unavailable};
use futures_util::FutureExt as _;
use proptest::{collection::vec, prelude::*};

use crate::support::{Refused, Script, Turn, secs, until};

#[derive(Clone, Debug)]
enum Event {
    Get,
    Renew,
    Invalidate,
    /// Lets the flight under way, if there is one, come to its end.
    Land,
    Pass(Duration),
    Suspend(Duration),
    SetBack(Duration),
}

fn event() -> impl Strategy<Value = Event> {
    let duration = || (0..80_000_u64).prop_map(Duration::from_millis);
    prop_oneof![
        4 => Just(Event::Get),
        1 => Just(Event::Renew),
        1 => Just(Event::Invalidate),
        4 => Just(Event::Land),
        3 => duration().prop_map(Event::Pass),
        1 => duration().prop_map(Event::Suspend),
        1 => duration().prop_map(Event::SetBack),
    ]
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        4 => (0..120_u64).prop_map(|lifetime| Turn::Living(secs(lifetime))),
        1 => Just(Turn::ForEver),
        1 => Just(Turn::Refuse),
        1 => (0..90_u64).prop_map(|wait| Turn::RefuseFor(secs(wait))),
    ]
}

type Got = Result<Held<usize>, Unavailable<Refused>>;

struct World {
    script: Script,
    cell: Cell<Script>,
    clock: ManualClock,
    newest: Option<Generation>,
    bad: Vec<Generation>,
}

impl World {
    async fn happen(&mut self, event: &Event) {
        let before = self.cell.peek();
        match *event {
            Event::Get => self.got(self.cell.get().now_or_never(), before.as_ref()),
            Event::Renew => {
                let Some(seen) = self.newest else { return };
                // May wait for a newer value even though there is one; that is what it asks for.
                drop(self.cell.renew(seen).now_or_never());
            }
            Event::Invalidate => {
                let Some(newest) = self.newest else { return };
                self.cell.invalidate(newest);
                self.bad.push(newest);
                return;
            }
            Event::Land => self.land().await,
            Event::Pass(by) => return self.clock.advance(by),
            Event::Suspend(by) => return self.clock.advance_wall(by),
            Event::SetBack(by) => {
                let now = freshness::Clock::now(&self.clock);
                return self.clock.set_wall(now.wall - by);
            }
        }
        if let Some(before) = before {
            let after = self.cell.peek().expect("the event took a living value away");
            assert!(
                after.generation >= before.generation,
                "{after:?} after {before:?}"
            );
        }
    }

    /// What a caller that looks once receives; `None` while it would wait.
    fn got(&mut self, got: Option<Got>, living: Option<&Held<usize>>) {
        match (got, living) {
            (Some(Ok(held)), _) => {
                assert!(living.is_none_or(|living| held.generation >= living.generation && !held.stale));
                assert!(self.newest.is_none_or(|newest| held.generation >= newest));
                assert!(!self.bad.contains(&held.generation), "{held:?} was declared bad");
                self.newest = Some(held.generation);
            }
            (Some(Err(why)), Some(living)) => panic!("refused ({why}) although there is {living:?}"),
            (None, Some(living)) => panic!("kept waiting although there is {living:?}"),
            (Some(Err(_)) | None, None) => {}
        }
    }

    async fn land(&self) {
        // A flight that was launched has begun once the runtime had its turn.
        tokio::task::yield_now().await;
        let (begun, ended) = (self.script.loads(), self.script.ended());
        assert!(begun - ended <= 1, "two flights under way");
        if begun > ended {
            self.script.open();
            until(|| self.script.ended() == begun).await;
            tokio::task::yield_now().await;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_caller_ever_sees_a_worse_value(
        turns in vec(turn(), 1..20),
        events in vec(event(), 1..60),
        grace in prop_oneof![Just(0), 0..100_u64],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let script = Script::of(turns).gated();
            let (cell, clock) = script.cell(Policy::default().with_grace(secs(grace)));
            let mut world = World { script, cell, clock, newest: None, bad: Vec::new() };
            for event in &events {
                world.happen(event).await;
            }
        });
    }
}
