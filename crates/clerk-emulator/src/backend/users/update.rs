//! `PATCH /v1/users/{user_id}`

use axum::extract::{Path, State};
use axum::{Extension, Json};

use super::{change, metadata};
use crate::app::App;
use crate::backend::version::Version;
use crate::rate::Limited;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::params::Params;
use crate::wire::reply::Reply;
use crate::world::metadata::MetadataChange;
use crate::world::user_changes::UserUpdate;

pub(crate) async fn update(
    State(app): State<App>,
    Path(user_id): Path<String>,
    Extension(version): Extension<Version>,
    JsonParams(params): JsonParams,
) -> Reply {
    app.limit(Limited::UserChange(user_id.clone()))?;
    let update = read(params, version)?;
    let now = app.now();
    Ok(Json(shape::user::backend(
        app.world().update_user(&user_id, update, now)?,
    )))
}

fn read(mut params: Params, version: Version) -> Result<UserUpdate, Refusal> {
    params.not_emulated(&["primary_web3_wallet_id", "profile_image_id"])?;
    let metadata = if version.updates_metadata_with_user() {
        metadata::take(&mut params)?
    } else {
        refuse_metadata(&params)?;
        MetadataChange::default()
    };
    let update = UserUpdate {
        primary_email_address_id: params.text("primary_email_address_id")?.optional(),
        primary_phone_number_id: params.text("primary_phone_number_id")?.optional(),
        sign_out_of_other_sessions: params
            .flag("sign_out_of_other_sessions")?
            .optional()
            .unwrap_or(false),
        metadata,
        change: change::take(&mut params)?,
    };
    params.ignore(&[
        "notify_primary_email_address_changed",
        "primary_web3_wallet_id",
        "profile_image_id",
    ]);
    params.finish()?;
    Ok(update)
}

/// UNVERIFIED: which code answers metadata here since 2026-05-12.
fn refuse_metadata(params: &Params) -> Result<(), Refusal> {
    match ["public_metadata", "private_metadata", "unsafe_metadata"]
        .iter()
        .find(|name| params.has(name))
    {
        Some(name) => Err(Refusal::new(
            422,
            "form_param_deprecated",
            "is deprecated",
            format!("{name} can no longer be sent here. Use PATCH or PUT /v1/users/{{user_id}}/metadata."),
        )
        .with_param(name)),
        None => Ok(()),
    }
}
