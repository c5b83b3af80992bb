//! What the door listens on.

pub(crate) mod tcp;
pub(crate) mod unix;
