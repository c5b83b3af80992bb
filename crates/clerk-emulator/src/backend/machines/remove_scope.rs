//! `DELETE /v1/machines/{machine_id}/scopes/{other_id}`

use axum::Json;
use axum::extract::{Path, State};
use serde_json::json;

use crate::app::App;
use crate::wire::reply::Reply;

pub(crate) async fn handle(
    State(app): State<App>,
    Path((machine_id, other_id)): Path<(String, String)>,
) -> Reply {
    let now = app.now();
    app.world().remove_scope(&machine_id, &other_id, now)?;
    Ok(Json(json!({
        "object": "machine_scope",
        "from_machine_id": machine_id,
        "to_machine_id": other_id,
        "deleted": true,
    })))
}
