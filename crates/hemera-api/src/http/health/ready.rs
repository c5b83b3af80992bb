//! Readiness: can requests be served?

use axum::extract::State;
use http::StatusCode;

use crate::http::state::AppState;
use crate::limit::StoreState;

/// Whether the database answers, audit records find a place, and the keys to verify tokens with are known. A lost store
/// of the rate limits is said and is no reason not to serve: the server goes on with its share of them.
pub(crate) async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    let (database, keys) = tokio::join!(state.database.answers(), state.authenticator.keys_are_known());
    let [proven, _] = state.audit.queues();
    match (database, keys) {
        (true, _) if proven.is_full() => (StatusCode::SERVICE_UNAVAILABLE, "not ready: audit\n"),
        (true, true) if state.limiter.store_state() == StoreState::Lost => {
            (StatusCode::OK, "ready (rate limits: own share)\n")
        }
        (true, true) => (StatusCode::OK, "ready\n"),
        (false, _) => (StatusCode::SERVICE_UNAVAILABLE, "not ready: database\n"),
        (true, false) => (StatusCode::SERVICE_UNAVAILABLE, "not ready: keys\n"),
    }
}
