//! `POST /v1/testing_tokens`

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde_json::json;

use crate::app::App;
use crate::id;
use crate::wire::reply::Reply;

/// UNVERIFIED: how long a testing token lives, and that its prefix is when it was made. Both are so in the example of
/// the published description.
const LIFETIME: Duration = Duration::from_hours(1);

pub(crate) async fn handle(State(app): State<App>) -> Reply {
    let now = app.now();
    Ok(Json(json!({
        "object": "testing_token",
        "token": format!("{}-c_{}", now.seconds(), id::secret(27)),
        "expires_at": now.plus(LIFETIME).seconds(),
    })))
}
