//! The place that an open connection takes.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::shared::Shared;

/// The place of one open connection: counted, and given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    shared: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    /// One of these places, if there is one left.
    pub(crate) fn take(places: &Arc<Semaphore>, shared: &Arc<Shared>) -> Option<Self> {
        let permit = Arc::clone(places).try_acquire_owned().ok()?;
        shared.metrics.connections().inc();
        Some(Self {
            shared: Arc::clone(shared),
            _permit: permit,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.metrics.connections().dec();
    }
}
