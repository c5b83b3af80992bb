//! What all requests of a door share.

use std::sync::Arc;

use aither_client::HemeraClient;
use freshness::Clock;

use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::report::Report;

/// What all requests of a door share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) client: HemeraClient,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Limits,
    pub(crate) metrics: Metrics,
    pub(crate) report: Report,
}
