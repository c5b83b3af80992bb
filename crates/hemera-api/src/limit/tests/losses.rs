//! Several servers over one store that is lost and comes back.
//!
//! A count with the whole quota stands for the store; that the script in the real one decides the same is tested beside
//! the script.

use std::time::Duration;

use freshness::Clock as _;
use proptest::prelude::*;

use super::{caller, clocks, gaps, most_in_a_window, number, rates, span};
use crate::limit::Quotas;
use crate::limit::callers::Callers;
use crate::limit::rate::Rate;

/// The most servers, and the least limit, so that every server's share is at least one.
const REPLICAS: u32 = 5;

/// Requests to servers, while the store is there and while it is not.
#[derive(Debug)]
struct Story {
    rate: Rate,
    replicas: u32,
    /// Each with the pause before it and the server that it goes to.
    requests: Vec<(u32, u32)>,
    /// The numbers of the requests before which the store is lost or comes back.
    turns: Vec<usize>,
    begins_lost: bool,
    /// Whether a store that comes back has forgotten everything.
    forgets: bool,
}

impl Story {
    /// The times at which requests were admitted.
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
            let from_store = (!is_lost).then(|| store.check(&caller()));
            if server.decide(&caller(), from_store).is_admitted() {
                admitted.push(clock.now().monotonic);
            }
        }
        admitted
    }

    /// The promise: a window holds no more than limit and burst, and one burst more for each loss and each return.
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

    /// With the store all the time, or without it all the time.
    #[test]
    fn servers_together_admit_no_more_than_limit_and_burst(story in stories(0)) {
        prop_assert!(most_in_a_window(&story.admitted(), story.rate.window) <= story.bound());
    }

    #[test]
    fn one_loss_or_return_of_the_store_admits_one_burst_more_at_most(story in stories(1)) {
        prop_assert!(most_in_a_window(&story.admitted(), story.rate.window) <= story.bound());
    }

    #[test]
    fn each_loss_or_return_of_several_admits_one_burst_more_at_most(story in stories(4)) {
        prop_assert!(most_in_a_window(&story.admitted(), story.rate.window) <= story.bound());
    }

    /// It has counted every request itself, so a loss admits nothing more.
    #[test]
    fn a_single_server_admits_no_more_when_the_store_is_lost(story in stories(1)) {
        let story = Story { replicas: 1, begins_lost: false, ..story };
        let quota = story.rate.quota;
        let most = (quota.rate.get() + quota.burst.get()) as usize;
        prop_assert!(most_in_a_window(&story.admitted(), story.rate.window) <= most);
    }
}
