//! What one call does differently from the others of its client.

use std::time::Duration;

use hemera_types::RequestId;

/// Options for one call, applied with [`HemeraClient::with_options`](crate::HemeraClient::with_options). What is not set is as
/// the client was built.
///
/// ```no_run
/// # use std::time::Duration;
/// # use aither_client::{CallOptions, Error, HemeraClient};
/// # use aither_client::hemera_types::{CourseId, RequestId};
/// # async fn answer(hemera: &HemeraClient, id: &CourseId, request_id: RequestId) -> Result<(), Error> {
/// // A page that a person waits for: two seconds at most, under the id of the request that it answers.
/// let options = CallOptions::default()
///     .with_deadline(Duration::from_secs(2))
///     .with_request_id(request_id);
/// let course = hemera.with_options(options).service_course(id).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "options apply to the handle that `with_options` returns"]
pub struct CallOptions {
    pub(crate) deadline: Option<Duration>,
    pub(crate) resend: Resend,
    pub(crate) request_id: Option<RequestId>,
}

/// After which failures a call is sent again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Resend {
    /// After all that another attempt can fix, if the operation has the same effect twice as once.
    #[default]
    AsUsual,
    /// Only if the request cannot have been handled.
    IfUnhandled,
    /// After none.
    Never,
}

impl CallOptions {
    /// How long the call may take, including all its attempts, waits and token requests; shorter or longer than that of the
    /// client. A call whose deadline is zero is not sent.
    pub const fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// The call ends with its first failure. Only what is no failure of the request is done again, once each: it is sent with
    /// a new token after a 401, and without a condition after a 304 that does not confirm the cached response.
    pub const fn without_retries(mut self) -> Self {
        self.resend = Resend::Never;
        self
    }

    /// The call is sent again only if Hemera cannot have handled it: after a 429, a 401 or if there was no connection. After a
    /// time-out, a broken connection, a 502, 503 or 504 it ends with an error, and it is not known whether a write happened.
    ///
    /// No operation needs it, because each has the same effect twice as once. It is for a program that counts requests, or
    /// that wants to look before it writes again.
    pub const fn at_most_once(mut self) -> Self {
        self.resend = Resend::IfUnhandled;
        self
    }

    /// The id that all attempts carry as `X-Request-ID`, and that the result or the error names: a new one by default. All
    /// calls of one handle carry it, so that Hemera's log shows them as one; a stream of courses makes several.
    pub fn with_request_id(mut self, id: RequestId) -> Self {
        self.request_id = Some(id);
        self
    }
}
