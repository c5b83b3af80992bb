//! `POST /v1/machines/{machine_id}/secret_key/rotate`

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};

use crate::app::App;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::reply::Reply;

pub(crate) async fn handle(
    State(app): State<App>,
    Path(machine_id): Path<String>,
    JsonParams(mut params): JsonParams,
) -> Reply {
    // Eight hours at most.
    let ttl = params
        .integer("previous_token_ttl", &(0..=28_800))?
        .required("previous_token_ttl")?;
    params.finish()?;
    let ttl = Duration::from_secs(u64::try_from(ttl).unwrap_or(0));
    let now = app.now();
    Ok(Json(shape::machine::secret_key(app.world().rotate_machine_key(
        &machine_id,
        ttl,
        now,
    )?)))
}
