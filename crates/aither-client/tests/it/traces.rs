//! `traceparent`: one trace for all attempts of a call, and a span for each.

use std::collections::BTreeSet;

use aither_client::hemera_types::{CourseQuery, TraceParent};
use futures_util::TryStreamExt as _;

use crate::support::{Bench, Logs, Reply, Server, list};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// What the requests carried, in order of arrival. Each is valid.
fn carried(server: &Server) -> Vec<TraceParent> {
    let received = server.received();
    let headers = received.iter().map(|seen| seen.header("traceparent"));
    headers
        .map(|header| TraceParent::parse(header.as_bytes()).unwrap())
        .collect()
}

#[tokio::test]
async fn attempts_of_a_call_share_a_trace_and_have_spans_of_their_own() {
    let script = [Reply::unavailable(), Reply::Cut, Reply::courses()];
    let bench = Bench::new(Server::script(script).await);
    let page = bench.list().await.unwrap();
    let carried = carried(&bench.server);
    let spans: BTreeSet<_> = carried.iter().map(|one| one.span_id().to_string()).collect();
    assert_eq!((carried.len(), spans.len()), (3, 3));
    let trace = page.info().trace_id;
    assert!(carried.iter().all(|one| one.trace_id() == trace), "{carried:?}");
    assert!(carried[0].to_string().ends_with("-00"), "nothing is sampled");
}

#[tokio::test]
async fn each_call_begins_a_trace_of_its_own() {
    let bench = Bench::new(Server::always(Reply::courses()).await);
    let first = bench.list().await.unwrap().info().trace_id;
    let second = bench.list().await.unwrap().info().trace_id;
    assert_ne!(first, second);
}

#[tokio::test]
async fn calls_within_a_trace_belong_to_it() {
    let bench = Bench::new(Server::always(Reply::courses()).await);
    let parent = TraceParent::parse(PARENT.as_bytes()).unwrap();
    let client = bench.client.in_trace(parent);
    let page = list(&client).await.unwrap();
    assert_eq!(page.info().trace_id, parent.trace_id());
    let mut stream = std::pin::pin!(client.service_courses_stream(&CourseQuery::default()));
    stream.try_next().await.unwrap();
    for one in carried(&bench.server) {
        assert_eq!(one.trace_id(), parent.trace_id());
        assert_ne!(one.span_id(), parent.span_id());
        assert!(one.to_string().ends_with("-01"), "the flag is passed on: {one}");
    }
    assert_ne!(
        bench.list().await.unwrap().info().trace_id,
        parent.trace_id(),
        "the client itself stays outside"
    );
}

#[tokio::test]
async fn error_and_log_name_the_trace() {
    let (logs, _recording) = Logs::record();
    let bench = Bench::new(Server::always(Reply::json(500, "broken")).await);
    let error = bench.list().await.unwrap_err();
    let carried = carried(&bench.server);
    assert_eq!(error.trace_id(), Some(carried[0].trace_id()));
    let logged = logs.text();
    let mut lines = logged.lines();
    let line = lines.find(|line| line.contains("answered")).unwrap();
    for id in [
        carried[0].trace_id().to_string(),
        carried[0].span_id().to_string(),
    ] {
        assert!(line.contains(&id), "{id} in {line}");
    }
}
