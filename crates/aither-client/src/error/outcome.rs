//! The outcome of a call in one word, for what counts calls.

use http::StatusCode;

use super::{Error, Kind};

impl Error {
    /// One of a closed set of words; `docs/client-metrics.md` has all of them.
    pub(crate) fn outcome(&self) -> &'static str {
        match &self.0.kind {
            Kind::Setup(_) | Kind::NotSendable => "not_sendable",
            Kind::Invalid(_) => "invalid",
            Kind::NoToken(_) | Kind::NotSignedOut(_) => "no_token",
            Kind::NotConnected(_) | Kind::Broken => "connection",
            Kind::TimedOut | Kind::OutOfTime { .. } => "timeout",
            Kind::Paced { .. } => "paced",
            Kind::CircuitOpen => "circuit_open",
            Kind::TooLarge { .. } | Kind::Undecodable { .. } => "undecodable",
            Kind::Answered { status, .. } => of_status(*status),
        }
    }
}

fn of_status(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            "invalid"
        }
        StatusCode::UNAUTHORIZED => "unauthorized",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::PRECONDITION_FAILED => "precondition_failed",
        StatusCode::TOO_MANY_REQUESTS => "rate_limited",
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            "unavailable"
        }
        status if status.is_server_error() => "server_error",
        _ => "unexpected",
    }
}
