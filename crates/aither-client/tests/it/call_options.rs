//! Options of one call: they apply to the handle that has them, and to no other.

use std::time::Duration;

use aither_client::hemera_types::{Operation, ParticipationId, RequestId, ResultUpdate, TraceParent};
use aither_client::{CallOptions, HemeraClient, RelayRequest, SignOutFuture, TokenFuture, TokenSource};
use freshness::{ManualClock, RecordedSleep};

use crate::support::{Bench, NumberedTokens, Reply, Server, client_of, list, participation, started_at};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn request_id(text: &str) -> RequestId {
    RequestId::accept(text.as_bytes()).unwrap()
}

/// The request ids of all requests, in order of arrival.
fn ids(server: &Server) -> Vec<String> {
    let received = server.received();
    received
        .iter()
        .map(|seen| seen.header("x-request-id").to_owned())
        .collect()
}

fn unavailable_for(seconds: &str) -> Reply {
    Reply::unavailable().with_header("retry-after", seconds)
}

#[tokio::test]
async fn shorter_deadline_ends_waits_that_the_client_would_have_made() {
    let script = [unavailable_for("5"), unavailable_for("5"), Reply::courses()];
    let bench = Bench::new(Server::script(script).await);
    let short = bench
        .client
        .with_options(CallOptions::default().with_deadline(Duration::from_secs(4)));
    let error = list(&short).await.unwrap_err();
    assert_eq!(
        (error.attempts(), error.retry_after()),
        (1, Some(Duration::from_secs(5)))
    );
    assert!(bench.slept() < Duration::from_secs(4), "{:?}", bench.slept());
    assert_eq!(
        bench.list().await.unwrap().info().attempts,
        2,
        "the client has its own deadline"
    );
}

#[tokio::test]
async fn longer_deadline_allows_waits_that_the_client_would_not_have_made() {
    let script = [unavailable_for("50"), Reply::courses()];
    let bench = Bench::configured(Server::script(script).await, |builder| {
        builder.with_deadline(Duration::from_secs(10)).without_circuit()
    });
    let patient = bench
        .client
        .with_options(CallOptions::default().with_deadline(Duration::from_mins(2)));
    assert_eq!(list(&patient).await.unwrap().info().attempts, 2);
}

/// In real time, because the attempt itself is what takes too long.
#[tokio::test]
async fn silent_server_is_given_up_at_the_deadline_of_the_call() {
    let bench = Bench::new(Server::always(Reply::Silence).await);
    let short = CallOptions::default().with_deadline(Duration::from_millis(50));
    let error = list(&bench.client.with_options(short)).await.unwrap_err();
    assert!(error.is_deadline_exceeded() && error.attempts() == 1, "{error}");
    let none = CallOptions::default().with_deadline(Duration::ZERO);
    let error = list(&bench.client.with_options(none)).await.unwrap_err();
    assert!(error.is_deadline_exceeded() && error.attempts() == 0, "{error}");
    assert_eq!(bench.server.received().len(), 1);
}

/// A source whose session never ends.
#[derive(Debug)]
struct Endless(NumberedTokens);

impl TokenSource for Endless {
    fn token(&self) -> TokenFuture<'_> {
        self.0.token()
    }

    fn sign_out(&self) -> SignOutFuture<'_> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn sign_out_keeps_the_deadline_of_the_handle() {
    let server = Server::always(Reply::courses()).await;
    let (clock, sleep) = (ManualClock::at(started_at()), RecordedSleep::new());
    let source = Endless(NumberedTokens::new());
    let client = client_of(&server, source, &clock, &sleep).build().unwrap();
    let deadline = Duration::from_millis(50);
    let handle = client.with_options(CallOptions::default().with_deadline(deadline));
    let error = handle.sign_out().await.unwrap_err();
    assert!(error.is_deadline_exceeded(), "{error}");
    assert_eq!(error.time_spent().token, deadline);
}

#[tokio::test]
async fn call_without_retries_ends_with_its_first_failure() {
    for failure in [Reply::unavailable(), Reply::rate_limited("1"), Reply::Cut] {
        let bench = Bench::new(Server::script([failure, Reply::courses()]).await);
        let once = bench
            .client
            .with_options(CallOptions::default().without_retries());
        let error = list(&once).await.unwrap_err();
        assert!(error.is_transient() && error.attempts() == 1, "{error}");
        assert_eq!(bench.server.received().len(), 1);
    }
}

#[tokio::test]
async fn call_without_retries_still_gets_a_new_token() {
    let refused = Reply::json(401, crate::support::failure("UNAUTHORIZED", "no"));
    let bench = Bench::new(Server::script([refused, Reply::courses()]).await);
    let once = bench
        .client
        .with_options(CallOptions::default().without_retries());
    assert_eq!(list(&once).await.unwrap().info().attempts, 2);
    assert_eq!(bench.server.bearers(), ["token-1", "token-2"]);
}

#[tokio::test]
async fn at_most_once_is_sent_again_only_if_it_cannot_have_been_handled() {
    let id = ParticipationId::parse("part_1").unwrap();
    let update = ResultUpdate::default().complete();
    for (first, attempts) in [
        (Reply::rate_limited("1"), 2),
        (Reply::unavailable(), 1),
        (Reply::Cut, 1),
    ] {
        let bench = Bench::new(Server::script([first, Reply::json(200, participation())]).await);
        let once = bench.client.with_options(CallOptions::default().at_most_once());
        let written = once.update_service_participation_result(&id, &update, None).await;
        assert_eq!(written.is_ok(), attempts == 2);
        assert_eq!(bench.server.received().len(), attempts);
    }
    let (clock, sleep) = (ManualClock::at(started_at()), RecordedSleep::new());
    let gone = Server::always(Reply::courses()).await;
    let client = client_of(&gone, NumberedTokens::new(), &clock, &sleep)
        .build()
        .unwrap();
    drop(gone);
    tokio::task::yield_now().await;
    let once = client.with_options(CallOptions::default().at_most_once());
    assert_eq!(list(&once).await.unwrap_err().attempts(), 4);
}

#[tokio::test]
async fn request_id_is_in_every_attempt_the_result_and_the_error() {
    let script = [
        Reply::unavailable(),
        Reply::Cut,
        Reply::courses(),
        Reply::json(500, "broken"),
    ];
    let bench = Bench::new(Server::script(script).await);
    let options = CallOptions::default().with_request_id(request_id("ours-1"));
    let named = bench.client.with_options(options);
    let page = list(&named).await.unwrap();
    assert_eq!(page.info().request_id, request_id("ours-1"));
    let error = list(&named).await.unwrap_err();
    assert_eq!(error.request_id(), Some(&request_id("ours-1")));
    assert!(error.to_string().contains("request ours-1"), "{error}");
    assert_eq!(ids(&bench.server), ["ours-1"; 4]);
}

#[tokio::test]
async fn other_handles_do_not_have_the_options() {
    let bench = Bench::new(Server::always(Reply::courses()).await);
    let options = CallOptions::default().with_request_id(request_id("ours-1"));
    let named = bench.client.with_options(options);
    let cleared: HemeraClient = named.with_options(CallOptions::default());
    for client in [&bench.client, &named.clone(), &cleared] {
        list(client).await.unwrap();
    }
    let ids = ids(&bench.server);
    assert_eq!(ids[1], "ours-1");
    assert!(
        ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2],
        "{ids:?}"
    );
}

#[tokio::test]
async fn trace_and_options_apply_together_in_either_order() {
    let bench = Bench::new(Server::always(Reply::courses()).await);
    let parent = TraceParent::parse(PARENT.as_bytes()).unwrap();
    let options = CallOptions::default().with_request_id(request_id("ours-1"));
    let first = bench.client.in_trace(parent).with_options(options.clone());
    let second = bench.client.with_options(options).in_trace(parent);
    for client in [first, second] {
        let page = list(&client).await.unwrap();
        assert_eq!(page.info().trace_id, parent.trace_id());
        assert_eq!(page.info().request_id, request_id("ours-1"));
    }
}

#[tokio::test]
async fn relayed_request_has_the_options_and_its_own_id_comes_first() {
    let script = [Reply::json(503, "{}"), Reply::json(200, "{}")];
    let bench = Bench::new(Server::script(script).await);
    let options = CallOptions::default()
        .with_request_id(request_id("ours-1"))
        .without_retries();
    let client = bench.client.with_options(options);
    let request = RelayRequest::new(Operation::ListCourses);
    assert_eq!(client.relay(&request).await.unwrap().status.as_u16(), 503);
    let named = request.with_request_id(request_id("theirs-1"));
    assert_eq!(client.relay(&named).await.unwrap().status.as_u16(), 200);
    assert_eq!(ids(&bench.server), ["ours-1", "theirs-1"]);
}
