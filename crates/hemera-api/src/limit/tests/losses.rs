//! Several servers over one store that is lost and found again.
//!
//! The store is played by a count with the whole quota; that the script in the real one decides the same is tested
//! where the script is.

use std::time::Duration;

use freshness::Clock as _;
use proptest::prelude::*;

use super::{caller, clocks, gaps, most_in_a_window, number, rates, span};
use crate::limit::Quotas;
use crate::limit::callers::Callers;
use crate::limit::rate::Rate;

/// The fewest that the limits of these tests can be, so that every server's share is at least one.
const REPLICAS: u32 = 5;

/// Requests to servers, while the store is there and while it is not.
#[derive(Debug)]
struct Story {
    rate: Rate,
    replicas: u32,
    /// Each with the span before it and the server that it goes to.
    requests: Vec<(u32, u32)>,
    /// The numbers of the requests before which the store goes or comes.
    turns: Vec<usize>,
    begins_lost: bool,
    /// Whether a store that comes back has forgotten everything.
    forgets: bool,
}

impl Story {
    /// When requests were admitted.
    fn admitted(&self) -> Vec<Duration> {
        let (clock, limit_clock) = clocks();
        let servers: Vec<Quotas> = (0..self.replicas)
            .map(|_| Quotas::new(self.rate, number(self.replicas), &limit_clock))
            .collect();
        let mut store = Callers::new(self.rate, limit_clock.clone());
        let mut is_lost = self.begins_lost;
        let mut admitted = Vec::new();
        for (number, (gap, server)) in self.requests.iter().enumerate() {
            clock.advance(span(self.rate, *gap));
            if self.turns.contains(&number) {
                is_lost = !is_lost;
                if self.forgets && !is_lost {
                    store = Callers::new(self.rate, limit_clock.clone());
                }
            }
            let server = &servers[*server as usize % servers.len()];
            let of_store = (!is_lost).then(|| store.check(&caller()));
            if server.settle(&caller(), of_store).is_admitted() {
                admitted.push(clock.now().monotonic);
            }
        }
        admitted
    }

    /// A window holds no more than limit and burst, and one burst more for each time that the store goes or comes.
    fn bound(&self) -> usize {
        let (limit, burst) = (self.rate.quota.rate.get(), self.rate.quota.burst.get());
        limit as usize + burst as usize * (1 + self.turns.len())
    }
}

fn stories(turns: usize) -> impl Strategy<Value = Story> {
    let servers = prop::collection::vec(0..REPLICAS, 300);
    let turns = prop::collection::btree_set(0..300_usize, turns);
    (
        rates(REPLICAS),
        1..=REPLICAS,
        gaps(300..=300),
        servers,
        turns,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(rate, replicas, gaps, servers, turns, begins_lost, forgets)| Story {
                rate,
                replicas,
                requests: gaps.into_iter().zip(servers).collect(),
                turns: turns.into_iter().collect(),
                begins_lost,
                forgets,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// All of the time with the store, or all of it without.
    #[test]
    fn servers_hold_the_limit_together(story in stories(0)) {
        prop_assert!(most_in_a_window(&story.admitted(), story.rate.window) <= story.bound());
    }

    #[test]
    fn a_loss_or_a_recovery_costs_one_burst_at_most(story in stories(1)) {
        prop_assert!(most_in_a_window(&story.admitted(), story.rate.window) <= story.bound());
    }

    #[test]
    fn each_of_several_costs_one_burst_at_most(story in stories(4)) {
        prop_assert!(most_in_a_window(&story.admitted(), story.rate.window) <= story.bound());
    }

    /// Its own usage is all that there is, so a loss gives nothing away.
    #[test]
    fn a_single_server_holds_the_limit_across_a_loss(story in stories(1)) {
        let story = Story { replicas: 1, begins_lost: false, ..story };
        let quota = story.rate.quota;
        let most = (quota.rate.get() + quota.burst.get()) as usize;
        prop_assert!(most_in_a_window(&story.admitted(), story.rate.window) <= most);
    }
}
