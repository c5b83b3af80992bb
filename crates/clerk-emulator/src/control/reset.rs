//! `POST /__emulator/reset`: as it was at the start.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::app::App;

pub(super) async fn handle(State(app): State<App>) -> Json<Value> {
    app.reset();
    Json(json!({}))
}
