#![doc = include_str!("../README.md")]

mod cell;
mod clock;
mod core;
mod flight;
mod held;
mod load;
#[cfg(feature = "test-util")]
mod manual;
mod policy;
mod sleep;
mod state;
mod unavailable;
mod view;

pub use cell::Cell;
pub use clock::{Clock, Moment, SystemClock};
pub use held::{Generation, Held};
pub use load::{Load, Loaded};
#[cfg(feature = "test-util")]
pub use manual::{ManualClock, RecordedSleep};
pub use policy::Policy;
pub use sleep::{Sleep, TokioSleep};
pub use unavailable::Unavailable;
