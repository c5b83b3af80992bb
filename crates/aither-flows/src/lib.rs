#![doc = include_str!("../README.md")]

mod blocking;
mod course;
mod disk;
mod patience;
mod progress;
pub mod recordings;
pub mod results;
pub mod selection;
pub mod slides;
pub mod sync;

pub use course::Course;
pub use disk::DiskError;
pub use progress::{Phase, Progress, Silent, Step};
