//! `POST /m2m_tokens/{token_id}/revoke`

use axum::extract::{Path, State};
use axum::{Extension, Json};

use super::as_documented;
use crate::app::App;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::params::Params;
use crate::wire::reply::Reply;
use crate::world::m2m_token::Asker;

pub(crate) async fn handle(
    State(app): State<App>,
    Path(token_id): Path<String>,
    Extension(asker): Extension<Asker>,
    JsonParams(params): JsonParams,
) -> Reply {
    let reason = read(params).map_err(as_documented)?;
    let now = app.now();
    Ok(Json(shape::m2m_token::backend(
        app.world().revoke_m2m_token(&token_id, reason, &asker, now)?,
        now,
    )))
}

fn read(mut params: Params) -> Result<Option<String>, Refusal> {
    let reason = params.text("revocation_reason")?.optional();
    params.finish()?;
    Ok(reason)
}
