//! Participations: read one, write its result, and write the results of many.

mod get;
mod item_writer;
mod query;
mod row;
mod update_result;
mod update_results;
mod verdict;
mod writers;

use std::time::Duration;

pub(crate) use self::get::get;
pub(crate) use self::update_result::update_result;
pub(crate) use self::update_results::update_results;
pub(crate) use self::writers::Writers;

/// The public text where an id names no participation.
const NOT_FOUND: &str = "Participation not found";

/// When to try a write again that came too late to its lock.
const RETRY_AFTER: Duration = Duration::from_secs(1);
