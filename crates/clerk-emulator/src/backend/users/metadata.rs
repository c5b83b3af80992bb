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
use crate::world::metadata::{HowToChange, Metadata, MetadataChange};

/// `PATCH /v1/users/{user_id}/metadata`: merged deeply, null removes.
pub(crate) async fn merge(
    State(app): State<App>,
    Path(user_id): Path<String>,
    JsonParams(params): JsonParams,
) -> Reply {
    change(&app, &user_id, params, Metadata::merged)
}

/// `PUT /v1/users/{user_id}/metadata`: what is sent replaces what was there.
pub(crate) async fn replace(
    State(app): State<App>,
    Path(user_id): Path<String>,
    JsonParams(params): JsonParams,
) -> Reply {
    change(&app, &user_id, params, Metadata::replaced)
}

fn change(app: &App, user_id: &str, mut params: Params, how: HowToChange) -> Reply {
    app.limit(Limited::UserChange(user_id.to_owned()))?;
    let change = take(&mut params)?;
    params.finish()?;
    let now = app.now();
    let mut world = app.world();
    Ok(Json(shape::user::backend(
        world.change_metadata(user_id, change, how, now)?,
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
