//! What is recorded of one request.

use std::time::Duration;

use hemera_types::{ErrorCode, Operation};
use http::StatusCode;

use crate::auth::Caller;
use crate::wire::extract::Exchange;

/// One request and how it ended.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The request: its id, when it came, from where.
    pub exchange: Exchange,
    /// Which operation it asked for; `None` where there is no such route, or none for the method.
    pub operation: Option<Operation>,
    /// The id in its path, where it is one.
    pub resource: Option<String>,
    /// Who asked; `None` where nobody proved who they are.
    pub caller: Option<Caller>,
    /// How it was answered.
    pub status: StatusCode,
    /// The code of the error that it was answered with.
    pub code: Option<ErrorCode>,
    /// Why it was refused, more precisely than the caller was told. Never text from outside.
    pub reason: Option<&'static str>,
    /// From the request's arrival to its answer.
    pub duration: Duration,
}
