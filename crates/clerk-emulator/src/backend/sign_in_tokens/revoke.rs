//! `POST /v1/sign_in_tokens/{token_id}/revoke`

use axum::Json;
use axum::extract::{Path, State};

use crate::app::App;
use crate::shape;
use crate::wire::reply::Reply;

pub(crate) async fn handle(State(app): State<App>, Path(token_id): Path<String>) -> Reply {
    let now = app.now();
    Ok(Json(shape::sign_in_token::backend(
        app.world().revoke_sign_in_token(&token_id, now)?,
    )))
}
