//! What the handlers share.

use std::sync::Arc;

use aither_client::HemeraClient;
use aither_client::freshness::Clock;
use tokio::sync::Semaphore;

use crate::figures::Figures;
use crate::key::LocalKey;
use crate::settings::Settings;
use crate::sync_job::SyncJob;

/// Requests that are answered at the same time. Each may wait for Hemera, at the pace that all share.
const PLACES: usize = 32;

/// What the handlers share. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) hemera: HemeraClient,
    pub(crate) key: LocalKey,
    pub(crate) sync: SyncJob,
    pub(crate) figures: Figures,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) places: Arc<Semaphore>,
}

impl App {
    pub(crate) fn new(
        hemera: HemeraClient,
        key: LocalKey,
        settings: &Settings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let figures = Figures::of(&hemera);
        Self {
            sync: SyncJob::new(hemera.clone(), settings, figures.clone(), Arc::clone(&clock)),
            hemera,
            key,
            figures,
            clock,
            places: Arc::new(Semaphore::new(PLACES)),
        }
    }
}
