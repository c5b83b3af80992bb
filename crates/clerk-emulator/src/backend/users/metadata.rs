//! `/v1/users/{user_id}/metadata`

use axum::Json;
use axum::extract::{Path, State};

use crate::app::App;
use crate::rate::Limited;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::params::Params;
use crate::wire::reply::Reply;
use crate::world::metadata::MetadataChange;

/// `PATCH /v1/users/{user_id}/metadata`: merged deeply, null removes.
pub(crate) async fn merge(
    State(app): State<App>,
    Path(user_id): Path<String>,
    JsonParams(mut params): JsonParams,
) -> Reply {
    app.limit(Limited::UserChange(user_id.clone()))?;
    let change = take(&mut params)?;
    params.finish()?;
    let now = app.now();
    Ok(Json(shape::user::backend(
        app.world().merge_metadata(&user_id, change, now)?,
    )))
}

/// `PUT /v1/users/{user_id}/metadata`: what is sent replaces what was there.
pub(crate) async fn replace(
    State(app): State<App>,
    Path(user_id): Path<String>,
    JsonParams(mut params): JsonParams,
) -> Reply {
    app.limit(Limited::UserChange(user_id.clone()))?;
    let change = take(&mut params)?;
    params.finish()?;
    let now = app.now();
    Ok(Json(shape::user::backend(
        app.world().replace_metadata(&user_id, change, now)?,
    )))
}

/// Takes the three kinds out of a body.
pub(super) fn take(params: &mut Params) -> Result<MetadataChange, Refusal> {
    Ok(MetadataChange {
        public: params.object("public_metadata")?.optional(),
        private: params.object("private_metadata")?.optional(),
        open: params.object("unsafe_metadata")?.optional(),
    })
}
