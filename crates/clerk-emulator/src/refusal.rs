//! What Clerk answers when it will not do a thing: status, code and texts, without any HTTP.
//!
//! The codes and their statuses are those of Clerk's published tables. Where the tables leave a case open, the
//! constructor says UNVERIFIED.

use std::time::Duration;

use serde_json::{Map, Value, json};

/// One refusal, as it goes into the `errors` array.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) long_message: String,
    pub(crate) meta: Map<String, Value>,
    /// Whole seconds for the `Retry-After` header.
    pub(crate) retry_after: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(
        status: u16,
        code: &'static str,
        message: &str,
        long_message: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            message: message.to_owned(),
            long_message: long_message.into(),
            meta: Map::new(),
            retry_after: None,
        }
    }

    pub(crate) fn with_param(mut self, name: &str) -> Self {
        self.meta.insert("param_name".to_owned(), json!(name));
        self
    }

    pub(crate) fn not_found(what: &str, id: &str) -> Self {
        Self::new(
            404,
            "resource_not_found",
            "not found",
            format!("No {what} was found with id {id}"),
        )
    }

    /// UNVERIFIED: which of the 401 codes answers a request without any `Authorization` header.
    pub(crate) fn credential_missing() -> Self {
        Self::new(
            401,
            "authentication_invalid",
            "Invalid authentication",
            "No secret key was sent. Send it as `Authorization: Bearer sk_…`",
        )
    }

    pub(crate) fn credential_malformed() -> Self {
        Self::new(
            401,
            "authorization_header_format_invalid",
            "Invalid Authorization header format",
            "Invalid Authorization header format. Must be 'Bearer <YOUR_API_KEY>'",
        )
    }

    pub(crate) fn secret_key_invalid() -> Self {
        Self::new(
            401,
            "clerk_key_invalid",
            "The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.",
            "The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.",
        )
    }

    /// The credential is known, but it is not the kind that this endpoint takes.
    pub(crate) fn credential_of_wrong_kind(wanted: &str) -> Self {
        Self::new(
            403,
            "authorization_invalid",
            "Unauthorized request",
            format!("This endpoint must be called with {wanted}"),
        )
    }

    pub(crate) fn wrong_environment() -> Self {
        Self::new(
            400,
            "request_invalid_for_environment",
            "Invalid request for environment",
            "Request only valid for development instances.",
        )
    }

    /// The body is no JSON object, or a parameter has a wrong type.
    pub(crate) fn body_invalid() -> Self {
        Self::new(
            400,
            "request_body_invalid",
            "Request body invalid",
            "The request body is invalid. Please consult the API documentation for more information.",
        )
    }

    /// The body of a control, which Clerk does not have, is invalid.
    pub(crate) fn control_invalid(why: &str) -> Self {
        Self::new(
            400,
            "request_body_invalid",
            "Request body invalid",
            format!("The request body is invalid: {why}"),
        )
    }

    pub(crate) fn body_too_large(most: usize) -> Self {
        Self::new(
            413,
            "request_body_too_large",
            "Request body too large",
            format!("The request body exceeds the maximum allowed size of {most} bytes."),
        )
    }

    /// UNVERIFIED: the code. Clerk's tables have none for this status.
    pub(crate) fn body_late(deadline: Duration) -> Self {
        Self::new(
            408,
            "request_timeout",
            "Request timeout",
            format!("The request body did not arrive within {} s", deadline.as_secs()),
        )
    }

    pub(crate) fn malformed_parameters(why: &str) -> Self {
        Self::new(
            400,
            "malformed_request_parameters",
            "Malformed request parameters",
            why,
        )
    }

    pub(crate) fn bad_request(why: impl Into<String>) -> Self {
        Self::new(400, "bad_request", "Bad request", why)
    }

    pub(crate) fn param_missing(name: &str) -> Self {
        Self::new(
            422,
            "form_param_missing",
            "is missing",
            format!("{name} must be included."),
        )
        .with_param(name)
    }

    pub(crate) fn param_nil(name: &str) -> Self {
        Self::new(422, "form_param_nil", "is nil", format!("{name} can't be nil.")).with_param(name)
    }

    pub(crate) fn param_unknown(name: &str) -> Self {
        Self::new(
            422,
            "form_param_unknown",
            "is unknown",
            format!("{name} is not a valid parameter for this request."),
        )
        .with_param(name)
    }

    pub(crate) fn param_format(name: &str, why: &str) -> Self {
        Self::new(
            422,
            "form_param_format_invalid",
            "is invalid",
            format!("{name} {why}."),
        )
        .with_param(name)
    }

    pub(crate) fn param_value(name: &str, why: &str) -> Self {
        Self::new(
            422,
            "form_param_value_invalid",
            "is invalid",
            format!("{name} {why}."),
        )
        .with_param(name)
    }

    pub(crate) fn identifier_exists(name: &str, why: &str) -> Self {
        Self::new(
            422,
            "form_identifier_exists",
            why,
            format!("{why} Please try another."),
        )
        .with_param(name)
    }

    pub(crate) fn too_many_requests(retry_after: u64) -> Self {
        // UNVERIFIED: the code. The documents name the status and `Retry-After` only.
        let mut refusal = Self::new(
            429,
            "too_many_requests",
            "Too many requests. Please try again in a bit.",
            "Too many requests. Please try again in a bit.",
        );
        refusal.retry_after = Some(retry_after);
        refusal
    }

    /// A parameter names an object that does not exist.
    pub(crate) fn param_resource_missing(name: &str) -> Self {
        Self::new(
            422,
            "form_resource_not_found",
            "is missing",
            format!("The resource associated with the supplied {name} was not found."),
        )
        .with_param(name)
    }

    pub(crate) fn param_too_large(name: &str, why: &str) -> Self {
        Self::new(
            422,
            "form_param_exceeds_allowed_size",
            why,
            format!("{name} {why}."),
        )
        .with_param(name)
    }

    pub(crate) fn reserved_claim(code: &'static str, claim: &str) -> Self {
        let why = format!("You can't use the reserved claim: '{claim}'");
        Self::new(400, code, "reserved claim used", why).with_param("claims")
    }

    pub(crate) fn plan_lacks(feature: &str) -> Self {
        let mut refusal = Self::new(
            402,
            "unsupported_subscription_plan_features",
            "Unsupported plan features",
            "Some features are not supported in your current plan. Upgrade your subscription to unlock them.",
        );
        let features = json!([feature]);
        refusal.meta.insert("unsupported_features".to_owned(), features);
        refusal
    }

    /// Clerk has it, this emulator does not, and says so. The status is one that no SDK retries.
    pub(crate) fn not_emulated(what: &str) -> Self {
        Self::new(
            400,
            "not_emulated",
            "not emulated",
            format!("clerk-emulator does not emulate {what}; leave it out or use a real instance"),
        )
    }

    /// For operations whose document has neither 404 nor 422. UNVERIFIED: the code.
    pub(crate) fn into_bad_request(self) -> Self {
        if matches!(self.status, 404 | 422) {
            Self::bad_request(self.long_message)
        } else {
            self
        }
    }
}
