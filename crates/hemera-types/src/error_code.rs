//! What went wrong, as a code that a program can act on.

use http::StatusCode;

use crate::named::named_enum;

named_enum! {
    /// What went wrong. Each code has one status and one default message.
    ErrorCode {
        /// No credential, or one that is not valid. Never says which check failed.
        Unauthorized = "UNAUTHORIZED",
        /// The credential is valid, but its role may not do this; or the address is not allowed.
        Forbidden = "FORBIDDEN",
        /// No such route or resource.
        NotFound = "NOT_FOUND",
        /// The route is there, but not for this method; `Allow` says which.
        MethodNotAllowed = "METHOD_NOT_ALLOWED",
        /// A path id, query parameter, header or body field is out of its limits.
        ValidationError = "VALIDATION_ERROR",
        /// The body is not JSON, or not UTF-8.
        InvalidInput = "INVALID_INPUT",
        /// `If-Match` does not match.
        PreconditionFailed = "PRECONDITION_FAILED",
        /// The body is over [`crate::bounds::BODY_BYTES`].
        PayloadTooLarge = "PAYLOAD_TOO_LARGE",
        /// The body is not `application/json`.
        UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE",
        /// Too many requests; `Retry-After` says when to come again.
        RateLimited = "RATE_LIMITED",
        /// A fault of the server; the cause is in its log under the request id.
        InternalError = "INTERNAL_ERROR",
        /// The database or Clerk is out of reach, or the server is overloaded; `Retry-After` is set.
        ServiceUnavailable = "SERVICE_UNAVAILABLE",
    }
}

impl ErrorCode {
    /// The HTTP status that carries this code.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::ValidationError | Self::InvalidInput => StatusCode::BAD_REQUEST,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The message where nothing more specific may be said: what to do next, in one line.
    pub const fn default_message(self) -> &'static str {
        match self {
            Self::Unauthorized => {
                "Authentication required: send one valid credential, in Authorization (Bearer) or X-API-Key"
            }
            Self::Forbidden => "This credential may not do this: ask Hemera's operators for access",
            Self::NotFound => "Not found: check the path and the id",
            Self::MethodNotAllowed => "Method not allowed: use one that the Allow header lists",
            Self::ValidationError => "Invalid request: correct the fields that details names",
            Self::InvalidInput => "The body is not valid JSON in UTF-8: correct it and send it again",
            Self::PreconditionFailed => "The resource has changed: read it again, then decide",
            Self::PayloadTooLarge => "The body is too large: send at most 64 KiB",
            Self::UnsupportedMediaType => "Unsupported media type: send application/json",
            Self::RateLimited => "Too many requests: wait as long as Retry-After says",
            Self::InternalError => "Internal error: quote the request id to Hemera's operators",
            Self::ServiceUnavailable => "Service unavailable: try again after Retry-After",
        }
    }
}
