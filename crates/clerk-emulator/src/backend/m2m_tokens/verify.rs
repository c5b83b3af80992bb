//! `POST /m2m_tokens/verify`

use axum::extract::State;
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
    Extension(asker): Extension<Asker>,
    JsonParams(params): JsonParams,
) -> Reply {
    let token = read(params).map_err(as_documented)?;
    let now = app.now();
    Ok(Json(shape::m2m_token::backend(
        app.world().verify_m2m_token(&token, &asker, now)?,
        now,
    )))
}

fn read(mut params: Params) -> Result<String, Refusal> {
    // The Python SDK calls it `secret`.
    let alias = params.text("secret")?.optional();
    let token = params.text("token")?.optional().or(alias);
    params.finish()?;
    token.ok_or_else(|| Refusal::param_missing("token"))
}
