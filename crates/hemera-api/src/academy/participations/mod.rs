//! Participations: read one, and write its result.

mod get;
mod query;
mod row;
mod update_result;
mod writers;

pub(crate) use self::get::get;
pub(crate) use self::update_result::update_result;
pub(crate) use self::writers::Writers;

/// The public text where an id names no participation.
const NOT_FOUND: &str = "Participation not found";
