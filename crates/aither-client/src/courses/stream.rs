//! All courses of a list, page after page.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use hemera_types::{CourseQuery, CourseSummary, Timestamp};

use super::place::{Place, ResumePoint};
use crate::client::HemeraClient;
use crate::error::Error;
use crate::page::Page;

/// How far a poll reaches back behind the first page of the one before: changes that were not yet visible then have
/// come to light within that time.
const OVERLAP: Duration = Duration::from_mins(5);

/// A page on its way.
type Coming = Pin<Box<dyn Future<Output = Result<Page<CourseSummary>, Error>> + Send>>;

/// The courses of a list in their order, fetched page by page as they are asked for. From
/// [`service_courses_stream`](HemeraClient::service_courses_stream).
///
/// Each page is a call: paced, tried again and over by a deadline as any other. An error ends the stream; what was given
/// before it is good, and [`resume_point`](Self::resume_point) leads to the rest.
///
/// **What a pass over a list that changes meanwhile promises.** A course that stays where it is throughout is given once.
/// Pages overlap by one row: where that row is another one than before, something in front of it was taken out, and the
/// stream goes back until it finds its place. What is put in front of the place shifts rows that were given already;
/// they are not given again. A course that moves is given once if it moves within what is still to come, never or twice if
/// it moves across the place; then the later one is as it is now. So keep courses by their `id`.
#[must_use = "a stream asks for nothing until it is polled"]
pub struct CourseStream {
    client: HemeraClient,
    point: ResumePoint,
    /// What of the page at hand is still to be given, each with the row after it.
    rows: VecDeque<(u32, CourseSummary)>,
    /// The page at hand is the last.
    is_last: bool,
    /// Rows that the next page goes back, beyond the one by which pages overlap.
    back: u32,
    coming: Option<(u32, Coming)>,
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
            coming: None,
        }
    }

    /// Where the stream stands: behind the last course that it gave. A stream that goes on from there gives what comes
    /// after it, also after an error, and in another process.
    pub const fn resume_point(&self) -> &ResumePoint {
        &self.point
    }

    /// What to filter by the next time to be given what has changed since this pass: the time of its first page, less
    /// five minutes. `None` before the first page.
    ///
    /// What changed within the overlap is given again: drop what you have by content. Vanished courses and cancelled
    /// bookings are found by a pass without this filter only.
    pub fn next_updated_since(&self) -> Option<Timestamp> {
        Some(self.point.as_of?.saturating_sub(OVERLAP))
    }

    /// Asks for the page that follows.
    fn ask(&self) -> (u32, Coming) {
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

    /// Takes what is new of a page that begins at row `offset`.
    fn take(&mut self, offset: u32, page: Page<CourseSummary>) {
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
        // Until they are given, the place is in front of them.
        if let Some((after, _)) = self.rows.front() {
            self.point.row = after - 1;
        }
    }

    fn give(&mut self) -> Option<CourseSummary> {
        let (after, course) = self.rows.pop_front()?;
        self.point.row = after;
        self.point.last = Some(Place::of(&course));
        Some(course)
    }
}

impl Stream for CourseStream {
    type Item = Result<CourseSummary, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let stream = self.get_mut();
        loop {
            if let Some(course) = stream.give() {
                return Poll::Ready(Some(Ok(course)));
            }
            if stream.is_last {
                return Poll::Ready(None);
            }
            if stream.coming.is_none() {
                stream.coming = Some(stream.ask());
            }
            let Some((offset, coming)) = &mut stream.coming else {
                return Poll::Ready(None);
            };
            let (offset, page) = (*offset, ready!(coming.as_mut().poll(cx)));
            stream.coming = None;
            match page {
                Ok(page) => stream.take(offset, page),
                Err(error) => {
                    stream.is_last = true;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

impl HemeraClient {
    /// All courses that meet the filters of `query`, from its `offset` on, in pages of its `limit`.
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
    /// // Later: what has changed meanwhile, and a little more.
    /// let changed = CourseQuery { updated_since: courses.next_updated_since(), ..everything };
    /// let mut courses = hemera.service_courses_stream(&changed);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The list is followed for 1,000,000 rows, which is as far as the contract's `offset` reaches; what lies beyond is
    /// reached by `starts_from`.
    pub fn service_courses_stream(&self, query: &CourseQuery) -> CourseStream {
        CourseStream::new(self.clone(), ResumePoint::begin(query))
    }

    /// Goes on behind the last course that another stream gave, in this process or an earlier one.
    ///
    /// ```no_run
    /// # use aither_client::{HemeraClient, ResumePoint};
    /// # async fn go_on(hemera: &HemeraClient, kept: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// use futures_util::StreamExt as _;
    ///
    /// let point: ResumePoint = serde_json::from_str(kept)?;
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
