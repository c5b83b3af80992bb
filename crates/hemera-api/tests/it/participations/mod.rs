//! The operations of participations.

mod concurrent;
mod get;
mod if_match;
mod many;
mod update_result;
