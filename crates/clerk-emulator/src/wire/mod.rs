//! From HTTP to parameters, and from refusals to HTTP.

pub(crate) mod body;
pub(crate) mod page;
pub(crate) mod params;
pub(crate) mod query;
pub(crate) mod reply;
