//! `/v1/sign_in_tokens`

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};

use crate::app::App;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::reply::Reply;

/// Thirty days.
const DEFAULT_SECONDS: i64 = 2_592_000;

/// `POST /v1/sign_in_tokens`: on every instance.
pub(super) async fn create(State(app): State<App>, JsonParams(mut params): JsonParams) -> Reply {
    params.not_emulated(&["org_id"])?;
    params.ignore(&["org_id"]);
    let user_id = params.text("user_id")?.required("user_id")?;
    let seconds = params
        .integer("expires_in_seconds", &(1..=i64::from(u32::MAX)))?
        .optional();
    let lifetime = Duration::from_secs(u64::try_from(seconds.unwrap_or(DEFAULT_SECONDS)).unwrap_or(0));
    let now = app.now();
    let mut world = app.world();
    let ticket = world.create_sign_in_token(&user_id, lifetime, now)?;
    Ok(Json(shape::sign_in_token::created(&ticket, &world.issuer)))
}

/// `POST /v1/sign_in_tokens/{token_id}/revoke`
pub(super) async fn revoke(State(app): State<App>, Path(token_id): Path<String>) -> Reply {
    let now = app.now();
    Ok(Json(shape::sign_in_token::backend(
        app.world().revoke_sign_in_token(&token_id, now)?,
    )))
}
