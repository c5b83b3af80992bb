//! What is recorded of one request.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use hemera_types::{ErrorCode, Operation, RequestId};
use http::StatusCode;
use uuid::Uuid;

use super::class::Class;
use crate::auth::Caller;

/// What an answer disclosed. Nothing where it carries no data: a refusal, a 304, an answer to HEAD.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disclosed {
    /// How many items its data had.
    pub(crate) items: Option<u32>,
    /// The real ids of all users whose data it had.
    pub(crate) persons: Arc<[String]>,
}

/// One request and how it ended.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The id of its record, made by the server.
    pub(crate) id: Uuid,
    /// When the request's head had arrived.
    pub(crate) at: SystemTime,
    /// The id that its answer carries too.
    pub(crate) request_id: RequestId,
    /// The address that it came from, where that is known.
    pub(crate) client_address: Option<IpAddr>,
    /// The caller's `User-Agent`, cut short. Anyone can write anything into it.
    pub(crate) user_agent: Option<String>,
    /// The operation that it called; `None` if there is no such route, or none for the method.
    pub(crate) operation: Option<Operation>,
    /// The id in its path, if it is a valid one.
    pub(crate) resource: Option<String>,
    /// The authenticated caller; `None` if there is none.
    pub(crate) caller: Option<Caller>,
    /// Whether the caller's role has the permissions of the operation; `None` if the request ended before that was checked.
    pub(crate) permissions_granted: Option<bool>,
    /// What its answer says, where that is data.
    pub(crate) disclosed: Disclosed,
    /// The trace that the request belongs to.
    pub(crate) trace_id: Option<String>,
    /// The status of the answer.
    pub(crate) status: StatusCode,
    /// The code of the error in the answer.
    pub(crate) code: Option<ErrorCode>,
    /// The reason of a refusal, more precise than the answer. Never text from outside.
    pub(crate) reason: Option<&'static str>,
    /// The security events that it is part of.
    pub(crate) security_events: Vec<&'static str>,
    /// Whether it was a write whose outcome is not known: the database gave no answer.
    pub(crate) is_unknown: bool,
    /// From the request's arrival to its answer.
    pub(crate) duration: Duration,
    /// Which part of the request it is, from 1 on; `None` for the request as a whole.
    pub(crate) item: Option<i16>,
}

impl Entry {
    /// Which kind of request it is of those that may come in any number; `None` for all others.
    pub(super) fn class(&self) -> Option<Class> {
        let Some(caller) = &self.caller else {
            return Some(Class::Unproven);
        };
        if !caller.role.may_use_service_api() {
            return Some(Class::Outsider);
        }
        let is_refused = matches!(self.status, StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS);
        is_refused.then_some(Class::Refused)
    }
}
