//! `POST /v1/testing_tokens`

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde_json::json;

use crate::app::App;
use crate::id;
use crate::wire::reply::Reply;

/// UNVERIFIED: how long a testing token lives.
const LIFETIME: Duration = Duration::from_hours(1);

pub(crate) async fn handle(State(app): State<App>) -> Reply {
    let ends = app.now().plus(LIFETIME).seconds();
    Ok(Json(json!({
        "object": "testing_token",
        "token": format!("{ends}-c_{}", id::secret(27)),
        "expires_at": ends,
    })))
}
