//! Can the server serve?

use axum::extract::State;
use http::StatusCode;
use sqlx::Connection as _;

use crate::http::state::AppState;
use crate::limit::StoreState;

/// Whether the database answers and the keys to verify tokens with are known. A lost store of the rate limits is said
/// and is no reason not to serve: the server goes on with its share of them.
pub(crate) async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    let (database, keys) = tokio::join!(database_answers(&state), state.authenticator.keys_are_known());
    match (database, keys) {
        (true, true) if state.limiter.store_state() == StoreState::Lost => {
            (StatusCode::OK, "ready (rate limits: own share)\n")
        }
        (true, true) => (StatusCode::OK, "ready\n"),
        (false, _) => (StatusCode::SERVICE_UNAVAILABLE, "not ready: database\n"),
        (true, false) => (StatusCode::SERVICE_UNAVAILABLE, "not ready: keys\n"),
    }
}

async fn database_answers(state: &AppState) -> bool {
    match state.pool.acquire().await {
        Ok(mut connection) => connection.ping().await.is_ok(),
        Err(_) => false,
    }
}
