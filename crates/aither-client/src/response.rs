//! The result of a call that succeeded, with what the call took.

use std::ops::Deref;

use hemera_types::{RequestId, TraceId};

use crate::time_spent::TimeSpent;

/// What a call took: the same facts that an [`Error`](crate::Error) has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallInfo {
    /// The id that all attempts of the call carried: give it to Hemera's operators.
    pub request_id: RequestId,
    /// The trace that the call belongs to: that of [`HemeraClient::in_trace`](crate::HemeraClient::in_trace), or its own.
    pub trace_id: TraceId,
    /// Requests sent to Hemera, including retries. At least one.
    pub attempts: u32,
    /// What the call spent its time on, up to the end of the last response.
    pub time_spent: TimeSpent,
}

/// The result of a call that succeeded, with what the call took.
///
/// It derefs to the result, so it can be used like one; [`into_inner`](Self::into_inner) takes the result out.
///
/// ```no_run
/// # use aither_client::{Error, HemeraClient};
/// # use aither_client::hemera_types::CourseQuery;
/// # async fn read(hemera: &HemeraClient) -> Result<(), Error> {
/// let page = hemera.service_courses(&CourseQuery::default()).await?;
/// let info = page.info();
/// println!("{}: {} attempts, {}", info.request_id, info.attempts, info.time_spent);
/// for course in page.into_inner().items {
///     println!("{}", course.title);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Response<T> {
    result: T,
    info: CallInfo,
}

impl<T> Response<T> {
    pub(crate) const fn new(result: T, info: CallInfo) -> Self {
        Self { result, info }
    }

    /// What the call took.
    pub const fn info(&self) -> &CallInfo {
        &self.info
    }

    /// The result alone.
    pub fn into_inner(self) -> T {
        self.result
    }

    /// The result and what the call took.
    pub fn into_parts(self) -> (T, CallInfo) {
        (self.result, self.info)
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.result
    }
}
