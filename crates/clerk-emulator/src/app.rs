//! What every handler works on.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use crate::clock::{Clock, Stamp};
use crate::fault::Faults;
use crate::journal::Journal;
use crate::rate::{Limited, Rates};
use crate::recorder::Recorder;
use crate::refusal::Refusal;
use crate::world::World;

/// The world and all that surrounds it. Clones share one state.
#[derive(Clone, Debug)]
pub(crate) struct App {
    world: Arc<Mutex<World>>,
    /// The world as it was seeded, for a reset.
    beginning: Arc<World>,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) recorder: Recorder,
    rates: Rates,
}

impl App {
    pub(crate) fn new(world: World, clock: Clock, recorder: Recorder) -> Self {
        Self {
            beginning: Arc::new(world.clone()),
            world: Arc::new(Mutex::new(world)),
            clock,
            faults: Faults::new(),
            journal: Journal::default(),
            recorder,
            rates: Rates::default(),
        }
    }

    /// The world, for as long as the guard lives. Never held across an await.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock()
    }

    pub(crate) fn now(&self) -> Stamp {
        self.clock.now()
    }

    /// Counts a request against a documented limit, where limits are kept.
    pub(crate) fn limit(&self, what: Limited) -> Result<(), Refusal> {
        let (kept, production) = {
            let world = self.world();
            (world.settings.rate_limits, world.settings.is_production())
        };
        if kept {
            self.rates.check(what, production, self.now())
        } else {
            Ok(())
        }
    }

    /// Back to the beginning: world, clock, faults, journal and limits.
    pub(crate) fn reset(&self) {
        *self.world() = World::clone(&self.beginning);
        self.clock.run_ahead(0);
        self.faults.clear();
        self.journal.clear();
        self.rates.clear();
    }
}
