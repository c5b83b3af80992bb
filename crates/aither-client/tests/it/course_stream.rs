//! All courses of a list, page by page, while the list changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use aither_client::hemera_types::{CourseLevel, CourseQuery, CourseSummary, Timestamp};
use aither_client::{CourseStream, HemeraClientBuilder, ResumePoint};
use futures_util::{StreamExt as _, TryStreamExt as _};
use parking_lot::Mutex;
use proptest::prelude::*;
use serde_json::json;

use crate::support::{Bench, Received, Reply, Server, envelope, failure};

/// Whether the start date is missing, the day of the start, and the number in the id: in the order of the contract.
type Row = (bool, Option<u32>, u32);

fn row(day: Option<u32>, number: u32) -> Row {
    (day.is_none(), day, number)
}

/// A list that a test changes while the client reads it.
#[derive(Clone, Default)]
struct List(Arc<Mutex<BTreeSet<Row>>>);

impl List {
    /// 25 courses, some on the same day, the last five without a date.
    fn of_25() -> Self {
        let dated = (0..20).map(|number| row(Some(number / 3), number));
        let undated = (20..25).map(|number| row(None, number));
        Self(Arc::new(Mutex::new(dated.chain(undated).collect())))
    }

    fn numbers(&self) -> Vec<u32> {
        self.0.lock().iter().map(|(_, _, number)| *number).collect()
    }

    fn answer(&self, seen: &Received) -> Reply {
        let query = seen.uri.query().unwrap_or_default().to_owned();
        let parameter = |name: &str, default| {
            let pairs = url::form_urlencoded::parse(query.as_bytes());
            let found = pairs.into_iter().find(|(known, _)| known == name);
            found.map_or(default, |(_, value)| value.parse::<usize>().unwrap())
        };
        let (limit, offset) = (parameter("limit", 100), parameter("offset", 0));
        let list = self.0.lock();
        let page: Vec<_> = list.iter().skip(offset).take(limit).map(course).collect();
        let mut body = envelope(&json!(page));
        body["pagination"] = json!({ "total": list.len(), "limit": limit, "offset": offset });
        Reply::json(200, body)
    }
}

fn course((_, day, number): &Row) -> serde_json::Value {
    let start = day.map(|day| format!("2026-04-{:02}T08:00:00.000Z", day + 1));
    json!({
        "id": format!("course_{number:03}"), "title": "Kurs", "slug": format!("kurs-{number}"), "level": "BEGINNER",
        "startDate": start, "endDate": null, "participantCount": 0, "updatedAt": "2026-03-14T09:30:00.000Z",
    })
}

fn number(course: &CourseSummary) -> u32 {
    course.id.as_str().trim_start_matches("course_").parse().unwrap()
}

fn pages_of(limit: u32) -> CourseQuery {
    CourseQuery {
        limit,
        ..CourseQuery::default()
    }
}

async fn bench(list: &List) -> Bench {
    let list = list.clone();
    Bench::new(Server::by(move |seen| list.answer(seen)).await)
}

async fn rest(stream: &mut CourseStream) -> Vec<u32> {
    stream
        .map_ok(|course| number(&course))
        .try_collect()
        .await
        .unwrap()
}

/// The query of each request.
fn queries(bench: &Bench) -> Vec<String> {
    let seen = bench.server.received();
    seen.iter()
        .map(|seen| seen.uri.query().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn each_course_is_returned_once_in_order() {
    let list = List::of_25();
    for limit in [1, 2, 7, 24, 25, 26, 500] {
        let bench = bench(&list).await;
        let mut stream = bench.client.service_courses_stream(&pages_of(limit));
        assert_eq!(rest(&mut stream).await, list.numbers(), "pages of {limit}");
        assert!(stream.next().await.is_none());
    }
    let empty = bench(&List::default()).await;
    assert!(
        rest(&mut empty.client.service_courses_stream(&pages_of(5)))
            .await
            .is_empty()
    );
    assert_eq!(empty.server.received().len(), 1);
}

#[tokio::test]
async fn pages_are_requested_when_needed_and_overlap_by_one_row() {
    let bench = bench(&List::of_25()).await;
    let query = CourseQuery {
        level: Some(CourseLevel::Beginner),
        published: false,
        updated_since: Some(Timestamp::parse("2026-03-01T00:00:00Z").unwrap()),
        offset: 3,
        ..pages_of(10)
    };
    let mut stream = bench.client.service_courses_stream(&query);
    assert_eq!(stream.next_updated_since(), None);
    assert!(bench.server.received().is_empty());
    stream.by_ref().take(10).for_each(|_| async {}).await;
    assert_eq!(bench.server.received().len(), 1);
    assert_eq!(rest(&mut stream).await, (13..25).collect::<Vec<_>>());
    let filters = "level=BEGINNER&published=false&updatedSince=2026-03-01T00%3A00%3A00.000Z&limit=10";
    assert_eq!(
        queries(&bench),
        [3, 12, 21].map(|offset| format!("{filters}&offset={offset}"))
    );
    // Five minutes before the answers were made.
    assert_eq!(
        stream.next_updated_since().unwrap().to_string(),
        "2026-03-15T11:55:00.000Z"
    );
}

#[tokio::test]
async fn insertions_in_front_return_nothing_twice() {
    let list = List::of_25();
    let bench = bench(&list).await;
    let mut stream = bench.client.service_courses_stream(&pages_of(5));
    let mut returned: Vec<u32> = Vec::new();
    for new in 100..104 {
        returned.push(number(&stream.next().await.unwrap().unwrap()));
        let more = (0..9).map(|each| row(Some(0), new * 10 + each));
        list.0.lock().extend(more);
    }
    returned.extend(rest(&mut stream).await);
    returned.retain(|number| *number < 1000);
    assert_eq!(returned, (0..25).collect::<Vec<_>>());
}

#[tokio::test]
async fn removals_in_front_skip_nothing() {
    let list = List::of_25();
    let bench = bench(&list).await;
    let mut stream = bench.client.service_courses_stream(&pages_of(5));
    let first: Vec<_> = stream.by_ref().take(15).try_collect().await.unwrap();
    assert_eq!(first.len(), 15);
    // Removes courses that were returned already, including the last one.
    list.0
        .lock()
        .retain(|(_, _, number)| *number > 14 || *number == 2);
    assert_eq!(rest(&mut stream).await, (15..25).collect::<Vec<_>>());
    let offsets: Vec<_> = queries(&bench)
        .iter()
        .map(|query| query.replace("limit=5", ""))
        .collect();
    assert_eq!(
        offsets,
        [
            "",
            "&offset=4",
            "&offset=8",
            "&offset=12",
            "&offset=16",
            "&offset=11",
            "&offset=6",
            "",
            "&offset=4",
            "&offset=8"
        ]
    );
}

#[tokio::test]
async fn error_ends_the_stream_and_another_one_resumes() {
    let list = List::of_25();
    let (answers, mut left) = (list.clone(), 3);
    let server = Server::by(move |seen| {
        left -= 1;
        if left == 0 {
            return Reply::json(500, failure("INTERNAL_ERROR", "no"));
        }
        answers.answer(seen)
    });
    let bench = Bench::new(server.await);
    let mut stream = bench.client.service_courses_stream(&pages_of(8));
    let mut returned = Vec::new();
    let error = loop {
        match stream.next().await.unwrap() {
            Ok(course) => returned.push(number(&course)),
            Err(error) => break error,
        }
    };
    assert_eq!((error.status().unwrap().as_u16(), returned.len()), (500, 15));
    assert!(stream.next().await.is_none());

    let written = serde_json::to_string(stream.resume_point()).unwrap();
    assert_eq!(
        written,
        r#"{"query":"limit=8","row":15,"last":{"startDate":"2026-04-05T08:00:00.000Z","id":"course_014"},"asOf":"2026-03-15T12:00:00.000Z"}"#
    );
    let point: ResumePoint = serde_json::from_str(&written).unwrap();
    assert_eq!((&point, *point.query()), (stream.resume_point(), pages_of(8)));
    list.0.lock().remove(&row(Some(0), 1));
    let mut stream = bench.client.service_courses_stream_from(point);
    assert_eq!(rest(&mut stream).await, (15..25).collect::<Vec<_>>());
    assert_eq!(
        stream.next_updated_since().unwrap().to_string(),
        "2026-03-15T11:55:00.000Z"
    );
}

#[tokio::test]
async fn stream_stopped_within_a_page_resumes_after_its_last_course() {
    let bench = bench(&List::of_25()).await;
    for stopped in 0..25 {
        let mut stream = bench.client.service_courses_stream(&pages_of(10));
        let before: Vec<_> = stream.by_ref().take(stopped).try_collect().await.unwrap();
        let mut numbers: Vec<u32> = before.iter().map(number).collect();
        let point = stream.resume_point().clone();
        drop(stream);
        numbers.extend(rest(&mut bench.client.service_courses_stream_from(point)).await);
        assert_eq!(numbers, (0..25).collect::<Vec<_>>(), "stopped after {stopped}");
    }
}

#[test]
fn resume_point_with_an_invalid_query_is_refused() {
    for query in ["limit=0", "limit=501", "page=2", "level=HARD"] {
        let written = json!({ "query": query, "row": 0, "last": null, "asOf": null });
        assert!(serde_json::from_value::<ResumePoint>(written).is_err(), "{query}");
    }
}

/// 25 pages of two are more than the burst: the stream waits like every other caller.
#[tokio::test]
async fn pages_keep_the_pace() {
    fn check<T: Send + Unpin + 'static>(_: &T) {}
    let bench = bench(&List::of_25()).await;
    let mut stream = bench.client.service_courses_stream(&pages_of(2));
    check(&stream);
    assert_eq!(rest(&mut stream).await.len(), 25);
    assert_eq!(bench.server.received().len(), 24);
    assert!(!bench.sleep.asked().is_empty());
}

/// One change of the list: a course is inserted or removed.
fn change() -> impl Strategy<Value = (Option<u32>, u32, bool)> {
    (
        proptest::option::weighted(0.8, 0..7_u32),
        100..130_u32,
        any::<bool>(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Courses that do not move are returned exactly once and in order, while others are inserted and removed.
    #[test]
    fn unmoved_courses_are_returned_exactly_once(
        limit in 1..9_u32,
        begin in prop::collection::vec(change(), 0..30),
        changes in prop::collection::vec(prop::collection::vec(change(), 0..12), 40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let list = List::of_25();
            let apply = |changes: &[(Option<u32>, u32, bool)]| {
                for (day, number, is_there) in changes {
                    if *is_there {
                        list.0.lock().insert(row(*day, *number));
                    } else {
                        list.0.lock().remove(&row(*day, *number));
                    }
                }
            };
            apply(&begin);
            let answers = list.clone();
            let server = Server::by(move |seen| answers.answer(seen)).await;
            let bench = Bench::configured(server, HemeraClientBuilder::without_pace);
            let mut stream = bench.client.service_courses_stream(&pages_of(limit));
            let (mut returned, mut changes) = (Vec::new(), changes.iter());
            while let Some(course) = stream.next().await {
                returned.push(number(&course.unwrap()));
                if let Some(now) = changes.next() {
                    apply(now);
                }
            }
            returned.retain(|number| *number < 100);
            assert_eq!(returned, (0..25).collect::<Vec<_>>());
        });
    }
}
