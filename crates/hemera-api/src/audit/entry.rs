//! What is recorded of one request.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use hemera_types::{ErrorCode, Operation, RequestId};
use http::StatusCode;

use crate::auth::Caller;

/// One request and how it ended.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// When the request's head had arrived.
    pub(crate) at: SystemTime,
    /// The id that its answer carries too.
    pub(crate) request_id: RequestId,
    /// The address that it came from, where that is known.
    pub(crate) client_address: Option<IpAddr>,
    /// The caller's `User-Agent`, cut short. Anyone can write anything into it.
    pub(crate) user_agent: Option<String>,
    /// Which operation it asked for; `None` where there is no such route, or none for the method.
    pub(crate) operation: Option<Operation>,
    /// The id in its path, where it is one.
    pub(crate) resource: Option<String>,
    /// Who asked; `None` where nobody proved who they are.
    pub(crate) caller: Option<Caller>,
    /// How it was answered.
    pub(crate) status: StatusCode,
    /// The code of the error that it was answered with.
    pub(crate) code: Option<ErrorCode>,
    /// Why it was refused, more precisely than the caller was told. Never text from outside.
    pub(crate) reason: Option<&'static str>,
    /// From the request's arrival to its answer.
    pub(crate) duration: Duration,
}
