//! `POST /v1/machines/{machine_id}/scopes`

use axum::Json;
use axum::extract::{Path, State};
use serde_json::json;

use crate::app::App;
use crate::wire::body::JsonParams;
use crate::wire::reply::Reply;

pub(crate) async fn handle(
    State(app): State<App>,
    Path(machine_id): Path<String>,
    JsonParams(mut params): JsonParams,
) -> Reply {
    let other = params.text("to_machine_id")?.required("to_machine_id")?;
    params.finish()?;
    let now = app.now();
    app.world().add_scope(&machine_id, &other, now)?;
    Ok(Json(json!({
        "object": "machine_scope",
        "from_machine_id": machine_id,
        "to_machine_id": other,
        "created_at": now,
    })))
}
