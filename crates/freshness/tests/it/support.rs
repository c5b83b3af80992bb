//! A load that does what the test says, and a cell around it.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use freshness::{Cell, Load, Loaded, ManualClock, Policy};
use parking_lot::Mutex;
use tokio::sync::Semaphore;

/// Why a scripted load fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("refused: {said}")]
pub(crate) struct Refused {
    pub(crate) said: &'static str,
    pub(crate) wait: Option<Duration>,
}

/// What one load does.
#[derive(Clone, Debug)]
pub(crate) enum Turn {
    /// Brings the number of this load, alive for so long.
    Living(Duration),
    /// Brings the number of this load, for ever.
    ForEver,
    /// Fails.
    Refuse,
    /// Fails, and asks to be left alone for so long.
    RefuseFor(Duration),
    /// Fails by panicking.
    Panic,
    /// Never ends.
    Hang,
}

/// Loads by script: each load takes the next turn; the last one repeats.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    turns: Arc<Mutex<VecDeque<Turn>>>,
    loads: Arc<AtomicUsize>,
    dropped: Arc<AtomicUsize>,
    gate: Option<Arc<Semaphore>>,
}

impl Script {
    pub(crate) fn of(turns: impl IntoIterator<Item = Turn>) -> Self {
        Self {
            turns: Arc::new(Mutex::new(turns.into_iter().collect())),
            loads: Arc::default(),
            dropped: Arc::default(),
            gate: None,
        }
    }

    /// Each load stops at a gate until [`Script::open`] lets one through.
    pub(crate) fn gated(self) -> Self {
        Self {
            gate: Some(Arc::new(Semaphore::new(0))),
            ..self
        }
    }

    /// Lets one load through the gate.
    pub(crate) fn open(&self) {
        self.gate.as_ref().expect("a gated script").add_permits(1);
    }

    /// How many loads have begun.
    pub(crate) fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }

    /// How many loads have ended or were dropped.
    pub(crate) fn ended(&self) -> usize {
        self.dropped.load(Ordering::SeqCst)
    }

    /// A cell over this script, and its clock.
    pub(crate) fn cell(&self, policy: Policy) -> (Cell<Self>, ManualClock) {
        let clock = ManualClock::at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
        (Cell::new(self.clone(), policy, Arc::new(clock.clone())), clock)
    }

    fn turn(&self) -> Turn {
        let mut turns = self.turns.lock();
        if turns.len() > 1 {
            turns.pop_front()
        } else {
            turns.front().cloned()
        }
        .expect("a turn")
    }
}

/// Counts the end of a load, however it ends.
struct Ending(Arc<AtomicUsize>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Load for Script {
    type Value = usize;
    type Error = Refused;

    async fn load(&self) -> Result<Loaded<usize>, Refused> {
        let number = self.loads.fetch_add(1, Ordering::SeqCst) + 1;
        let _ending = Ending(Arc::clone(&self.dropped));
        if let Some(gate) = &self.gate {
            gate.acquire().await.expect("an open semaphore").forget();
        }
        match self.turn() {
            Turn::Living(lifetime) => Ok(Loaded::living(number, lifetime)),
            Turn::ForEver => Ok(Loaded::for_ever(number)),
            Turn::Refuse => Err(Refused {
                said: "no",
                wait: None,
            }),
            Turn::RefuseFor(wait) => Err(Refused {
                said: "not now",
                wait: Some(wait),
            }),
            Turn::Panic => panic!("a scripted panic"),
            Turn::Hang => std::future::pending().await,
        }
    }

    fn wait_after(&self, error: &Refused) -> Option<Duration> {
        error.wait
    }
}

/// No chance, so that a test can name exact moments: lead a fifth, cool-down 5 s.
pub(crate) fn exact() -> Policy {
    Policy::default().with_jitter(0.0)
}

pub(crate) const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Lets other tasks run until `fact` holds, and gives up after 10 s of real time: less than the default flight
/// deadline, so that a deadline never passes for what was waited for.
pub(crate) async fn until(fact: impl Fn() -> bool) {
    let holds = async {
        while !fact() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(secs(10), holds)
        .await
        .expect("the fact did not come true within 10 s");
}
