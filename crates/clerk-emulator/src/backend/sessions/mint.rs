//! `POST /v1/sessions/{session_id}/tokens`

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::app::App;
use crate::refusal::Refusal;
use crate::token::Unsigned;
use crate::wire::body::JsonParams;
use crate::wire::params::Params;
use crate::wire::reply::Reply;

pub(crate) async fn handle(
    State(app): State<App>,
    Path(session_id): Path<String>,
    JsonParams(params): JsonParams,
) -> Reply {
    let lifetime = lifetime(params)?;
    let now = app.now();
    // UNVERIFIED: whether minting here counts as activity of the session; it does not.
    let unsigned = {
        let world = app.world();
        world.session_token(world.live_session(&session_id, now)?, lifetime, None, now)?
    };
    Ok(Json(answer(&unsigned)?))
}

/// `expires_in_seconds`, from half a minute to ten years.
pub(super) fn lifetime(mut params: Params) -> Result<Option<i64>, Refusal> {
    let lifetime = params
        .integer("expires_in_seconds", &(30..=315_360_000))?
        .optional();
    params.finish()?;
    Ok(lifetime)
}

/// Signs outside of the world's lock.
pub(super) fn answer(unsigned: &Unsigned) -> Result<Value, Refusal> {
    Ok(json!({"object": "token", "jwt": unsigned.sign()?}))
}
