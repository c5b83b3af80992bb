//! Counts of requests, from which the usage is answered.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::SystemTime;

use hemera_types::{Named as _, Operation, Timestamp, Usage, UsageQuery, UsageRow};
use http::StatusCode;
use parking_lot::Mutex;
use std::time::Duration;

/// A day has this many seconds in UTC.
const DAY: Duration = Duration::from_hours(24);

/// A row in the order of the contract: newest day first, then subject and operation, those without one last.
type Row = (Reverse<String>, LastIfNone, LastIfNone, String);

/// A text in the order of its bytes, after all others where there is none.
type LastIfNone = (bool, Option<String>);

/// The requests by day, subject, operation and status class.
#[derive(Debug, Default)]
pub(super) struct UsageTally(Mutex<BTreeMap<Row, Counts>>);

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    requests: u64,
    items: u64,
}

/// What is counted of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct CountedRequest<'a> {
    pub(super) subject: Option<&'a str>,
    pub(super) operation: Option<Operation>,
    pub(super) status: StatusCode,
    /// How many items its answer has.
    pub(super) items: u64,
}

impl CountedRequest<'_> {
    /// A request that has no operation.
    pub(super) fn unrouted(status: StatusCode) -> Self {
        Self {
            subject: None,
            operation: None,
            status,
            items: 0,
        }
    }
}

impl UsageTally {
    /// Counts one request.
    pub(super) fn count(&self, at: SystemTime, request: CountedRequest<'_>) {
        let text = |text: Option<&str>| (text.is_none(), text.map(str::to_owned));
        let row = (
            Reverse(day(at)),
            text(request.subject),
            text(request.operation.map(Operation::name)),
            format!("{}xx", request.status.as_u16() / 100),
        );
        let mut rows = self.0.lock();
        let counts = rows.entry(row).or_default();
        counts.requests += 1;
        counts.items += request.items;
    }

    /// The usage of the days up to the one of `now`.
    pub(super) fn usage(&self, query: UsageQuery, now: SystemTime) -> Usage {
        let back = DAY * (query.days - 1);
        let (first, last) = (day(now.checked_sub(back).unwrap_or(now)), day(now));
        let rows = self.0.lock();
        let rows = rows
            .iter()
            .filter(|((Reverse(day), ..), _)| (&first..=&last).contains(&day));
        Usage {
            days: query.days,
            rows: rows
                .map(|((Reverse(day), subject, operation, class), counts)| UsageRow {
                    day: day.clone(),
                    subject: subject.1.clone(),
                    operation: operation.1.clone(),
                    status_class: class.clone(),
                    requests: counts.requests,
                    items: counts.items,
                })
                .collect(),
        }
    }
}

/// The day in UTC, `YYYY-MM-DD`.
fn day(at: SystemTime) -> String {
    let mut text = Timestamp::from(at).to_string();
    text.truncate("YYYY-MM-DD".len());
    text
}
