//! Who is calling: from one credential to a proven caller.

mod caller;

pub use self::caller::{Caller, Proof};
