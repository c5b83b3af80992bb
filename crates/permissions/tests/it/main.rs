//! The promises of the crate, from outside.

mod matrix;
mod names;
