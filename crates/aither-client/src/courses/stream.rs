//! All courses of a list, page by page.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use hemera_types::{CourseQuery, CourseSummary, Timestamp};

use super::resume::{CoursePosition, ResumePoint};
use crate::client::HemeraClient;
use crate::error::Error;
use crate::page::Page;
use crate::response::{CallInfo, Response};

/// How far [`next_updated_since`](CourseStream::next_updated_since) reaches back before the first page: a change that was
/// not yet visible then becomes visible within this time.
const OVERLAP: Duration = Duration::from_mins(5);

/// A request for a page, in progress.
type PendingPage = Pin<Box<dyn Future<Output = Result<Response<Page<CourseSummary>>, Error>> + Send>>;

/// The courses of a list in order, fetched page by page when they are needed. Returned by
/// [`service_courses_stream`](HemeraClient::service_courses_stream).
///
/// Each page is a call with its own pacing, retries and deadline. An error ends the stream; the courses before it are
/// valid, and [`resume_point`](Self::resume_point) leads to the rest.
///
/// **If the list changes during the pass:** a course whose position does not change is returned exactly once. Pages overlap
/// by one row; if that row is another course than before, courses in front of it were removed, and the stream goes back
/// until it finds its position again. Courses that are inserted in front of the position shift rows that were returned
/// already; those are not returned again. A course that moves is returned once if it moves within the rest of the list, and
/// never or twice if it moves across the position; the second time it has its new values. So store courses by `id`.
#[must_use = "a stream does nothing until it is polled"]
pub struct CourseStream {
    client: HemeraClient,
    point: ResumePoint,
    /// The courses of the current page that are still to be returned, each with the row after it.
    rows: VecDeque<(u32, CourseSummary)>,
    /// The current page is the last.
    is_last: bool,
    /// Rows that the next page goes back, in addition to the one by which pages overlap.
    back: u32,
    pending: Option<(u32, PendingPage)>,
    last_call: Option<CallInfo>,
}

impl CourseStream {
    fn new(client: HemeraClient, mut point: ResumePoint) -> Self {
        // One row is the overlap.
        point.query.limit = point.query.limit.max(2);
        Self {
            client,
            point,
            rows: VecDeque::new(),
            is_last: false,
            back: 0,
            pending: None,
            last_call: None,
        }
    }

    /// The position of the stream: after the last course that it returned. A stream that resumes there returns the courses
    /// that follow, even after an error or in another process.
    pub const fn resume_point(&self) -> &ResumePoint {
        &self.point
    }

    /// The `updated_since` filter for the next pass, which then returns what has changed since this one: the time of the
    /// first page minus five minutes. `None` before the first page.
    ///
    /// Courses that changed within those five minutes are returned again: compare their content. Deleted courses and
    /// cancelled bookings are found only by a pass without this filter.
    pub fn next_updated_since(&self) -> Option<Timestamp> {
        Some(self.point.as_of?.saturating_sub(OVERLAP))
    }

    /// What the call for the current page took. `None` before the first page.
    pub const fn last_call(&self) -> Option<&CallInfo> {
        self.last_call.as_ref()
    }

    /// Requests the next page.
    fn request_page(&self) -> (u32, PendingPage) {
        let overlap = u32::from(self.point.last.is_some());
        let offset = self.point.row.saturating_sub(overlap + self.back);
        let query = CourseQuery {
            offset,
            ..self.point.query
        };
        let client = self.client.clone();
        let page = async move { client.service_courses(&query).await };
        (offset, Box::pin(page))
    }

    /// Accepts a page that starts at row `offset`, without the courses that were returned already.
    fn accept_page(&mut self, offset: u32, page: Page<CourseSummary>) {
        self.point.as_of.get_or_insert(page.as_of);
        let limit = self.point.query.limit;
        let is_lost = match (&self.point.last, page.items.first()) {
            (Some(last), Some(first)) => last.is_before(first),
            (Some(_), None) => true,
            (None, _) => false,
        };
        if is_lost && offset > 0 {
            self.back = self.back.saturating_mul(2).max(limit);
            return;
        }
        self.back = 0;
        let count = u32::try_from(page.items.len()).unwrap_or(u32::MAX);
        let end = offset.saturating_add(count);
        self.is_last = match page.pagination {
            Some(pagination) => count == 0 || u64::from(end) >= pagination.total,
            None => count < limit,
        };
        self.point.row = end;
        let last = self.point.last.as_ref();
        self.rows = (offset.saturating_add(1)..)
            .zip(page.items)
            .filter(|(_, course)| last.is_none_or(|last| last.is_before(course)))
            .collect();
        // Until they are returned, the position is in front of them.
        if let Some((after, _)) = self.rows.front() {
            self.point.row = after - 1;
        }
    }

    fn next_row(&mut self) -> Option<CourseSummary> {
        let (after, course) = self.rows.pop_front()?;
        self.point.row = after;
        self.point.last = Some(CoursePosition::of(&course));
        Some(course)
    }
}

impl Stream for CourseStream {
    type Item = Result<CourseSummary, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let stream = self.get_mut();
        loop {
            if let Some(course) = stream.next_row() {
                return Poll::Ready(Some(Ok(course)));
            }
            if stream.is_last {
                return Poll::Ready(None);
            }
            if stream.pending.is_none() {
                stream.pending = Some(stream.request_page());
            }
            let Some((offset, pending)) = &mut stream.pending else {
                return Poll::Ready(None);
            };
            let (offset, page) = (*offset, ready!(pending.as_mut().poll(cx)));
            stream.pending = None;
            match page {
                Ok(response) => {
                    let (page, info) = response.into_parts();
                    stream.last_call = Some(info);
                    stream.accept_page(offset, page);
                }
                Err(error) => {
                    stream.is_last = true;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

impl HemeraClient {
    /// All courses that match the filters of `query`, from its `offset` on, in pages of its `limit`.
    ///
    /// ```no_run
    /// # use aither_client::{Error, HemeraClient};
    /// use aither_client::hemera_types::CourseQuery;
    /// use futures_util::TryStreamExt as _;
    ///
    /// # async fn read(hemera: &HemeraClient) -> Result<(), Error> {
    /// let everything = CourseQuery { limit: 500, ..CourseQuery::default() };
    /// let mut courses = hemera.service_courses_stream(&everything);
    /// while let Some(course) = courses.try_next().await? {
    ///     println!("{}", course.title);
    /// }
    ///
    /// // Later: the courses that have changed since.
    /// let changed = CourseQuery { updated_since: courses.next_updated_since(), ..everything };
    /// let mut courses = hemera.service_courses_stream(&changed);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The stream reaches 1,000,000 rows, the limit of the contract's `offset`; use `starts_from` for rows beyond that.
    pub fn service_courses_stream(&self, query: &CourseQuery) -> CourseStream {
        CourseStream::new(self.clone(), ResumePoint::start_of(query))
    }

    /// Resumes after the last course that another stream returned, in this process or an earlier one.
    ///
    /// ```no_run
    /// # use aither_client::{HemeraClient, ResumePoint};
    /// # async fn resume(hemera: &HemeraClient, saved: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// use futures_util::StreamExt as _;
    ///
    /// let point: ResumePoint = serde_json::from_str(saved)?;
    /// let mut courses = hemera.service_courses_stream_from(point);
    /// while let Some(course) = courses.next().await {
    ///     match course {
    ///         Ok(course) => println!("{}", course.title),
    ///         Err(error) => {
    ///             std::fs::write("courses.resume", serde_json::to_string(courses.resume_point())?)?;
    ///             return Err(error.into());
    ///         }
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn service_courses_stream_from(&self, point: ResumePoint) -> CourseStream {
        CourseStream::new(self.clone(), point)
    }
}

impl fmt::Debug for CourseStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CourseStream")
            .field("client", &self.client)
            .field("point", &self.point)
            .field("rows", &self.rows.len())
            .finish_non_exhaustive()
    }
}
