//! What the result of an attempt means for the call.

use http::StatusCode;

use crate::send::{HttpResponse, SendError};

/// The kinds of result that the call treats differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// A success.
    Accepted,
    /// 304: the cached response is still current.
    Unchanged,
    /// 401: the token was refused.
    Unauthorized,
    /// 429.
    Throttled,
    /// 502, 503, 504: the server, or one in front of it, cannot answer now.
    Unavailable,
    /// No response within the attempt's time.
    TimedOut,
    /// No connection could be made, so nothing was sent.
    NotSent,
    /// The connection broke during the request or the response.
    Broken,
    /// A result that every other attempt would have, too.
    Final,
}

impl Class {
    /// In one word, for what counts attempts.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Accepted => "ok",
            Self::Unchanged => "unchanged",
            Self::Unauthorized => "unauthorized",
            Self::Throttled => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::TimedOut => "timeout",
            Self::NotSent => "not_connected",
            Self::Broken => "broken",
            Self::Final => "refused",
        }
    }
}

/// The result of an attempt in one word, for what counts attempts. A fault of the server is none of its refusals.
pub(crate) fn word(class: Class, outcome: &Result<HttpResponse, SendError>) -> &'static str {
    match (class, outcome) {
        (Class::Final, Ok(answer)) if answer.status.is_server_error() => "server_error",
        (Class::Final, Ok(answer)) if !answer.status.is_client_error() => "unexpected",
        (Class::Final, Err(_)) => "failed",
        (class, _) => class.word(),
    }
}

pub(crate) fn classify(outcome: &Result<HttpResponse, SendError>) -> Class {
    match outcome {
        Ok(answer) => match answer.status {
            status if status.is_success() => Class::Accepted,
            StatusCode::NOT_MODIFIED => Class::Unchanged,
            StatusCode::UNAUTHORIZED => Class::Unauthorized,
            StatusCode::TOO_MANY_REQUESTS => Class::Throttled,
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                Class::Unavailable
            }
            _ => Class::Final,
        },
        Err(SendError::TimedOut(_)) => Class::TimedOut,
        Err(SendError::NotConnected(..)) => Class::NotSent,
        Err(SendError::Broken(_)) => Class::Broken,
        Err(SendError::TooLarge { .. } | SendError::NotSendable(_)) => Class::Final,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;

    #[test]
    fn every_status_has_its_class() {
        for (status, class) in [
            (200, Class::Accepted),
            (204, Class::Accepted),
            (301, Class::Final),
            (304, Class::Unchanged),
            (400, Class::Final),
            (401, Class::Unauthorized),
            (403, Class::Final),
            (404, Class::Final),
            (408, Class::Final),
            (412, Class::Final),
            (429, Class::Throttled),
            (500, Class::Final),
            (501, Class::Final),
            (502, Class::Unavailable),
            (503, Class::Unavailable),
            (504, Class::Unavailable),
        ] {
            let answer = HttpResponse {
                status: StatusCode::from_u16(status).unwrap(),
                headers: HeaderMap::new(),
                body: Bytes::new(),
            };
            assert_eq!(classify(&Ok(answer)), class, "{status}");
        }
    }
}
