//! Why the door refuses a request, before anything of it reaches Hemera.

use aither_client::hemera_types::ErrorCode;
use http::StatusCode;

/// Why the door refuses a request. Each reason has a word for the log, the metrics and the header `X-Aither-Door`, and a code of
/// the contract for the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no `Host`.
    HostMissing,
    /// There are several `Host`s.
    HostRepeated,
    /// The target is a whole URL, as it is sent to a proxy, or no path at all.
    NotAPath,
    /// `Host` is not a name of this host with the port of the door: the sign of DNS rebinding.
    HostForeign,
    /// A header that browsers alone send: `Origin`, `Sec-…`, `Access-Control-Request-…`.
    FromBrowser,
    /// A header that proxies alone send: `Forwarded`, `X-Forwarded-…`, `X-Real-IP`, `Via`.
    ThroughProxy,
    /// The end of the body is in doubt: a `Transfer-Encoding` other than `chunked`.
    TransferCoding,
    /// There is no `X-API-Key`.
    KeyMissing,
    /// There are several `X-API-Key`s.
    KeyRepeated,
    /// `X-API-Key` is not the key of this door.
    KeyWrong,
    /// The path is not one of the door's.
    UnknownPath,
    /// The path is known, but not with this method.
    UnknownMethod,
    /// An operation that the role of the service user may not use.
    NotForServices,
    /// The id in the path is not one of the contract.
    InvalidId,
    /// A body where the operation has none.
    UnexpectedBody,
    /// The body is larger than the operation allows.
    BodyTooLarge,
    /// The body did not arrive in time.
    BodyTooSlow,
    /// The body ended early.
    BodyBroken,
}

/// The facts of one refusal.
struct Row {
    reason: &'static str,
    code: ErrorCode,
    message: &'static str,
    field: Option<(&'static str, &'static str)>,
}

impl Refusal {
    /// All of them, in the order of the checks.
    pub const ALL: [Self; 18] = [
        Self::TransferCoding,
        Self::HostMissing,
        Self::HostRepeated,
        Self::NotAPath,
        Self::HostForeign,
        Self::FromBrowser,
        Self::ThroughProxy,
        Self::KeyMissing,
        Self::KeyRepeated,
        Self::KeyWrong,
        Self::UnknownPath,
        Self::UnknownMethod,
        Self::NotForServices,
        Self::InvalidId,
        Self::UnexpectedBody,
        Self::BodyTooLarge,
        Self::BodyTooSlow,
        Self::BodyBroken,
    ];

    /// The word for it.
    pub fn reason(self) -> &'static str {
        self.row().reason
    }

    /// The code of the response.
    pub fn code(self) -> ErrorCode {
        self.row().code
    }

    /// The status of the response.
    pub fn status(self) -> StatusCode {
        self.code().status()
    }

    /// The message of the response: what to do next.
    pub(crate) fn message(self) -> &'static str {
        self.row().message
    }

    /// The faulty part of the request and what it must be, where the contract names it.
    pub(crate) fn field(self) -> Option<(&'static str, &'static str)> {
        self.row().field
    }

    fn row(self) -> Row {
        match self {
            Self::HostMissing | Self::HostRepeated | Self::HostForeign | Self::NotAPath => self.of_address(),
            Self::FromBrowser | Self::ThroughProxy => self.of_sender(),
            Self::KeyMissing | Self::KeyRepeated | Self::KeyWrong => self.of_key(),
            Self::UnknownPath | Self::UnknownMethod | Self::NotForServices | Self::InvalidId => {
                self.of_target()
            }
            Self::TransferCoding
            | Self::UnexpectedBody
            | Self::BodyTooLarge
            | Self::BodyTooSlow
            | Self::BodyBroken => self.of_body(),
        }
    }

    fn of_address(self) -> Row {
        let invalid = |reason, field, problem| Row {
            reason,
            code: ErrorCode::ValidationError,
            message: ErrorCode::ValidationError.default_message(),
            field: Some((field, problem)),
        };
        match self {
            Self::HostMissing => invalid("host_missing", "Host", "is missing"),
            Self::HostRepeated => invalid("host_repeated", "Host", "must be sent once"),
            Self::NotAPath => invalid(
                "not_a_path",
                "request-target",
                "must be a path: the door is no proxy, so call its own address",
            ),
            _ => Row {
                reason: "host_foreign",
                code: ErrorCode::Forbidden,
                message: "The door on this host answers to its own address alone: call localhost, 127.0.0.1 or [::1] with its port",
                field: None,
            },
        }
    }

    fn of_sender(self) -> Row {
        let (reason, message) = if self == Self::FromBrowser {
            (
                "from_browser",
                "The door on this host serves no web pages: call it from a program, without Origin and Sec- headers",
            )
        } else {
            (
                "through_proxy",
                "The door on this host is not to be put behind a proxy: call it directly, without forwarding headers",
            )
        };
        Row {
            reason,
            code: ErrorCode::Forbidden,
            message,
            field: None,
        }
    }

    fn of_key(self) -> Row {
        let (reason, message) = match self {
            Self::KeyMissing => (
                "key_missing",
                "The door on this host needs its key: send it as X-API-Key",
            ),
            Self::KeyRepeated => (
                "key_repeated",
                "The door on this host takes one key: send X-API-Key once",
            ),
            _ => (
                "key_wrong",
                "This is not the key of the door on this host: send the one that the door was started with as X-API-Key",
            ),
        };
        Row {
            reason,
            code: ErrorCode::Unauthorized,
            message,
            field: None,
        }
    }

    fn of_target(self) -> Row {
        let (reason, code, message) = match self {
            Self::UnknownPath => (
                "unknown_path",
                ErrorCode::NotFound,
                "The door on this host has no such path: those of Hemera's service API begin with /api/service/",
            ),
            Self::UnknownMethod => (
                "unknown_method",
                ErrorCode::MethodNotAllowed,
                ErrorCode::MethodNotAllowed.default_message(),
            ),
            Self::NotForServices => (
                "not_for_services",
                ErrorCode::Forbidden,
                "The door on this host passes on only what the role api-client may do: call Hemera itself with an administrator's \
                 credential",
            ),
            _ => (
                "invalid_id",
                ErrorCode::ValidationError,
                ErrorCode::ValidationError.default_message(),
            ),
        };
        Row {
            reason,
            code,
            message,
            field: (self == Self::InvalidId)
                .then_some(("id", "must be 1 to 64 characters of A-Z, a-z, 0-9, `_` and `-`")),
        }
    }

    fn of_body(self) -> Row {
        let row = |reason, code: ErrorCode, field| Row {
            reason,
            code,
            message: code.default_message(),
            field,
        };
        match self {
            Self::TransferCoding => row(
                "transfer_coding",
                ErrorCode::ValidationError,
                Some(("Transfer-Encoding", "must be chunked and nothing else, sent once")),
            ),
            Self::UnexpectedBody => row(
                "unexpected_body",
                ErrorCode::ValidationError,
                Some(("body", "must be left out: this operation has none")),
            ),
            Self::BodyTooLarge => row("body_too_large", ErrorCode::PayloadTooLarge, None),
            Self::BodyTooSlow => Row {
                message: "The body did not arrive in time: send it again, without pauses",
                ..row("body_too_slow", ErrorCode::ServiceUnavailable, None)
            },
            _ => Row {
                message: "The body ended early: send it again",
                ..row("body_broken", ErrorCode::InvalidInput, None)
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_refusal_has_a_reason_of_its_own_and_says_what_to_do() {
        let reasons: HashSet<_> = Refusal::ALL.into_iter().map(Refusal::reason).collect();
        assert_eq!(reasons.len(), Refusal::ALL.len());
        for refusal in Refusal::ALL {
            assert!(
                refusal.message().contains(": "),
                "{refusal:?}: {}",
                refusal.message()
            );
            assert!(
                refusal.status().is_client_error() || refusal.status() == 503,
                "{refusal:?}"
            );
        }
    }
}
