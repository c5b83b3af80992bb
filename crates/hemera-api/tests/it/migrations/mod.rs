//! The migrations: what they may do, what they leave, and that a release of before goes on with what they made.

mod functions;
mod never_changed;
mod release_before;
