//! What the API promises, for people and programs: public, and the same for everybody.

mod document;
mod fixed;
mod page;

pub(crate) use self::document::document;
pub(crate) use self::page::{page, reference, script, style};
