//! The commands, one file each.

pub(crate) mod completions;
pub(crate) mod course;
pub(crate) mod courses;
pub(crate) mod doctor;
pub(crate) mod logout;
pub(crate) mod participation;
pub(crate) mod recording;
pub(crate) mod result;
pub(crate) mod results;
pub(crate) mod serve;
pub(crate) mod settings;
pub(crate) mod slides;
pub(crate) mod smoke;
pub(crate) mod sync;
pub(crate) mod token;
