//! `POST /m2m_tokens/{token_id}/revoke`

use axum::extract::{Path, State};
use axum::{Extension, Json};

use crate::app::App;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::reply::Reply;
use crate::world::m2m_token::Asker;

pub(crate) async fn handle(
    State(app): State<App>,
    Path(token_id): Path<String>,
    Extension(asker): Extension<Asker>,
    JsonParams(mut params): JsonParams,
) -> Reply {
    let reason = params.text("revocation_reason")?.optional();
    params.finish()?;
    let now = app.now();
    Ok(Json(shape::m2m_token::backend(
        app.world().revoke_m2m_token(&token_id, reason, &asker, now)?,
        now,
    )))
}
