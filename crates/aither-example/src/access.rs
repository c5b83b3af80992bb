//! Who may call, how many at once, and for how long.
//!
//! An Aither has its own sign-in for people. This example has one key: the responses have names and preparations of people,
//! and a web page that a person of this machine opens could reach a port of the loopback interface, too.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::refusal::Refusal;

const HEADER: &str = "x-api-key";
/// How long a request may take. A deck is up to three calls, each of which ends within its own deadline.
const REQUEST_TIME: Duration = Duration::from_mins(1);

/// Lets a request pass that has the key.
pub(crate) async fn require_key(State(app): State<App>, request: Request, next: Next) -> Response {
    let sent = request.headers().get(HEADER);
    if sent.is_some_and(|sent| app.key.matches(sent.as_bytes())) {
        next.run(request).await
    } else {
        Refusal::unauthorized().into_response()
    }
}

/// Bounds how many requests are answered at once, and for how long.
pub(crate) async fn bound(State(app): State<App>, request: Request, next: Next) -> Response {
    let Ok(_place) = app.places.try_acquire() else {
        return Refusal::too_many_requests().into_response();
    };
    tokio::time::timeout(REQUEST_TIME, next.run(request))
        .await
        .unwrap_or_else(|_| Refusal::out_of_time().into_response())
}
