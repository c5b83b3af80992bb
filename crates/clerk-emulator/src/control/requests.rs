//! Faults for requests to come, and the journal of those that came.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::body::ControlBody;
use crate::app::App;
use crate::fault::Fault;
use crate::pattern::Pattern;
use crate::wire::query::Query;
use crate::wire::reply::Reply;

/// `GET /__emulator/faults`
pub(super) async fn list_faults(State(app): State<App>) -> Json<Value> {
    Json(json!({"faults": app.faults.list()}))
}

/// `POST /__emulator/faults`
pub(super) async fn add_fault(State(app): State<App>, ControlBody(fault): ControlBody<Fault>) -> Reply {
    app.faults.add(fault);
    Ok(Json(json!({"faults": app.faults.list()})))
}

/// `DELETE /__emulator/faults`: also lets held requests go.
pub(super) async fn clear_faults(State(app): State<App>) -> Json<Value> {
    app.faults.clear();
    Json(json!({"faults": []}))
}

/// `GET /__emulator/journal`: `?method=` and `?path=` (a pattern) choose.
pub(super) async fn list_journal(State(app): State<App>, query: Query) -> Json<Value> {
    let pattern = query.get("path").map_or_else(Pattern::any, Pattern::new);
    let entries = app.journal.entries(query.get("method"), &pattern);
    Json(json!({"count": entries.len(), "entries": entries}))
}

/// `DELETE /__emulator/journal`
pub(super) async fn clear_journal(State(app): State<App>) -> Json<Value> {
    app.journal.clear();
    Json(json!({"count": 0, "entries": []}))
}
