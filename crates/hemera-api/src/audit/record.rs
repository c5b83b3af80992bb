//! One row of the audit log.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hemera_types::{Named, Operation};
use http::StatusCode;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Entry;
use crate::auth::CredentialId;

/// How a request ended, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// With success.
    Succeeded,
    /// A write that found everything as it wanted it.
    Unchanged,
    /// With an error of the caller (4xx).
    Refused,
    /// With an error of the server (5xx).
    Failed,
    /// A write that was carried out, with its own record, or not at all: the database gave no answer.
    Unknown,
}

impl Outcome {
    pub(crate) fn of(status: StatusCode) -> Self {
        if status.is_server_error() {
            Self::Failed
        } else if status.is_client_error() {
            Self::Refused
        } else {
            Self::Succeeded
        }
    }

    /// The value of the enum `audit_outcome`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Unchanged => "UNCHANGED",
            Self::Refused => "REFUSED",
            Self::Failed => "FAILED",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// A row as it is inserted. For unauthenticated requests, one may stand for many.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) id: Uuid,
    pub(crate) at: OffsetDateTime,
    pub(crate) request_id: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) role: Option<&'static str>,
    pub(crate) proof: Option<&'static str>,
    pub(crate) key_name: Option<String>,
    pub(crate) operation: Option<&'static str>,
    pub(crate) resource_id: Option<String>,
    pub(crate) credential: CredentialId,
    /// The operation whose permissions were asked for.
    pub(crate) asked: Option<Operation>,
    pub(crate) permissions_granted: Option<bool>,
    pub(crate) items: Option<u32>,
    pub(crate) persons: Arc<[String]>,
    pub(crate) trace_id: Option<String>,
    pub(crate) security_events: Vec<&'static str>,
    pub(crate) outcome: Outcome,
    pub(crate) status: StatusCode,
    pub(crate) code: Option<&'static str>,
    pub(crate) reason: Option<&'static str>,
    pub(crate) client_address: Option<IpAddr>,
    pub(crate) user_agent: Option<String>,
    pub(crate) duration: Option<Duration>,
    pub(crate) occurrences: u32,
    pub(crate) item: Option<i16>,
}

impl Record {
    /// The status as the column holds it.
    pub(crate) fn status(&self) -> i16 {
        i16::try_from(self.status.as_u16()).unwrap_or(i16::MAX)
    }

    /// The permissions that were asked for.
    pub(crate) fn permissions(&self) -> impl Iterator<Item = &'static str> {
        let permissions = self
            .asked
            .map_or(&[][..], |operation| operation.spec().permissions);
        permissions.iter().map(|permission| permission.name())
    }

    /// The number of items as the column holds it.
    pub(crate) fn items(&self) -> Option<i32> {
        self.items.map(|items| i32::try_from(items).unwrap_or(i32::MAX))
    }

    /// The duration as the column holds it.
    pub(crate) fn duration_us(&self) -> Option<i64> {
        self.duration.map(microseconds)
    }

    /// Writes a record that cannot be stored to the log, as a whole.
    pub(crate) fn log(&self, why: &str) {
        tracing::error!(
            target: "hemera_api::audit",
            why,
            record_id = %self.id,
            at = %self.at,
            request_id = self.request_id,
            subject = self.subject,
            role = self.role,
            proof = self.proof,
            key_name = self.key_name,
            operation = self.operation,
            resource_id = self.resource_id,
            token_id = self.credential.token.as_deref(),
            session_id = self.credential.session.as_deref(),
            permissions_granted = self.permissions_granted,
            items = self.items,
            persons = self.persons.join(","),
            trace_id = self.trace_id,
            security_events = self.security_events.join(","),
            outcome = self.outcome.name(),
            status = self.status.as_u16(),
            code = self.code,
            reason = self.reason,
            client_address = self.client_address.map(|address| address.to_string()),
            user_agent = self.user_agent,
            duration_us = self.duration_us(),
            occurrences = self.occurrences,
            item = self.item,
            "audit record not stored; this line is all there is of it",
        );
    }
}

impl From<Entry> for Record {
    fn from(entry: Entry) -> Self {
        let caller = entry.caller.as_ref();
        Self {
            id: entry.id,
            at: entry.at.into(),
            request_id: Some(entry.request_id.as_str().to_owned()),
            subject: caller.map(|caller| caller.subject.to_string()),
            role: caller.map(|caller| caller.role.name()),
            proof: caller.map(|caller| caller.proof.kind()),
            key_name: caller.and_then(|caller| caller.proof.key_name().map(str::to_owned)),
            operation: entry.operation.map(Named::name),
            resource_id: entry.resource,
            credential: caller.map(|caller| caller.credential.clone()).unwrap_or_default(),
            asked: entry.operation.filter(|_| caller.is_some()),
            permissions_granted: entry.permissions_granted,
            items: entry.disclosed.items,
            persons: entry.disclosed.persons,
            trace_id: entry.trace_id,
            security_events: entry.security_events,
            outcome: if entry.is_unknown {
                Outcome::Unknown
            } else {
                Outcome::of(entry.status)
            },
            status: entry.status,
            code: entry.code.map(Named::name),
            reason: entry.reason,
            client_address: entry.client_address,
            user_agent: entry.user_agent,
            duration: Some(entry.duration),
            occurrences: 1,
            item: entry.item,
        }
    }
}

/// A duration as `duration_us` holds it.
pub(crate) fn microseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
