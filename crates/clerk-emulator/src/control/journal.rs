//! `/__emulator/journal`

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::app::App;
use crate::pattern::Pattern;
use crate::wire::query::Query;

/// `?method=` and `?path=` (a pattern) choose.
pub(super) async fn list(State(app): State<App>, query: Query) -> Json<Value> {
    let pattern = query.get("path").map_or_else(Pattern::any, Pattern::new);
    let entries = app.journal.entries(query.get("method"), &pattern);
    Json(json!({"count": entries.len(), "entries": entries}))
}

pub(super) async fn clear(State(app): State<App>) -> Json<Value> {
    app.journal.clear();
    Json(json!({"count": 0, "entries": []}))
}
