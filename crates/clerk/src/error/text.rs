//! How an error reads: what happened, the facts in brackets, and what to do.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use super::{Error, ErrorKind};

impl Error {
    /// What happened, in one line: the text of the error without the [remedy](Error::remedy).
    pub fn summary(&self) -> String {
        let operation = self.0.operation;
        let mut text = match self.0.kind {
            ErrorKind::Setting => format!("the settings do not allow to {operation}"),
            ErrorKind::Argument => format!("Clerk was not asked to {operation}"),
            ErrorKind::TooSoon => format!("Clerk was not asked again so soon to {operation}"),
            ErrorKind::Interrupted => format!("this process broke off before it could {operation}"),
            ErrorKind::Unreachable => match self.connect_fault() {
                Some(fault) => format!("Clerk could not be reached to {operation}, because {fault}"),
                None => format!("Clerk could not be reached to {operation}"),
            },
            ErrorKind::TimedOut => format!("Clerk did not answer in time to {operation}"),
            ErrorKind::Unintelligible => {
                format!("no answer of Clerk's came back to the request to {operation}")
            }
            ErrorKind::Unavailable => format!("Clerk failed to {operation}"),
            ErrorKind::ClaimMissing => "the token that Clerk minted lacks a claim".to_owned(),
            ErrorKind::SignInIncomplete => "the ticket did not complete the sign-in at Clerk".to_owned(),
            ErrorKind::StoreFailed => format!("the session's store did not allow to {operation}"),
            _ => format!("Clerk refused to {operation}"),
        };
        let facts = self.facts();
        if !facts.is_empty() {
            // Writing to a text does not fail.
            let _ = write!(text, " ({})", facts.join(", "));
        }
        text
    }

    fn facts(&self) -> Vec<Cow<'_, str>> {
        let status = self.0.status.map(|status| status.to_string().into());
        let trace = self.trace_id().map(|id| format!("trace {id}").into());
        [
            status,
            self.code().map(Into::into),
            self.parameter().map(Into::into),
            trace,
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.summary(), self.remedy())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("clerk::Error")
            .field("operation", &self.0.operation)
            .field("kind", &self.0.kind)
            .field("status", &self.0.status)
            .field("code", &self.0.code)
            .field("trace_id", &self.0.trace_id)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}
