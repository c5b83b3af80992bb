//! The operations of participations.

mod concurrent;
mod get;
mod if_match;
mod update_result;
