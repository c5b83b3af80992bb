//! The cell from outside: real tasks, a scripted load, time that moves only when a test moves it.
#![expect(clippy::expect_used, reason = "in a test a failed expectation is the report")]

mod failure;
mod herd;
mod lifecycle;
mod manual;
mod never_worse;
mod refresh;
mod support;
