//! The usage.

mod get;
