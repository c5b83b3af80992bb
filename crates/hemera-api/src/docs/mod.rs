//! What the API promises, for people and programs: public, and the same for everybody.

mod document;
mod fixed;

pub(crate) use self::document::document;
