//! The academy: what the operations do. A folder for each resource, with a file for each operation and one for its SQL.

pub(crate) mod courses;
pub(crate) mod identity;
pub(crate) mod participations;
mod row;
pub(crate) mod usage;

use std::sync::Arc;

use freshness::Clock;

use self::identity::Identity;
use self::participations::Writers;
use crate::database::Database;
use crate::metrics::ResultMetrics;

/// What the handlers of the academy need. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Academy {
    /// The database.
    pub(crate) database: Database,
    /// The writers of each participation, one after the other.
    pub(crate) writers: Writers,
    /// The time.
    pub(crate) clock: Arc<dyn Clock>,
    /// What leaves the service about a person.
    pub(crate) identity: Identity,
    /// What is counted of results.
    pub(crate) results: ResultMetrics,
}
