//! The binary from outside, on a machine made of scripts: what it finds, starts, refuses and leaves behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod clerk;
mod conforming;
mod exit_codes;
mod finding;
mod leaving;
mod machine;
mod refusing;
