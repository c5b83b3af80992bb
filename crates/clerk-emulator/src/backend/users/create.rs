//! `POST /v1/users`

use axum::Json;
use axum::extract::State;

use super::{change, metadata};
use crate::app::App;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::params::Params;
use crate::wire::reply::Reply;
use crate::world::user_changes::NewUser;

pub(crate) async fn create(State(app): State<App>, JsonParams(params): JsonParams) -> Reply {
    let new = read(params)?;
    let now = app.now();
    Ok(Json(shape::user::backend(app.world().create_user(new, now)?)))
}

fn read(mut params: Params) -> Result<NewUser, Refusal> {
    params.not_emulated(&["web3_wallet"])?;
    let new = NewUser {
        id: None,
        email_addresses: identifications(&mut params, "email_address")?,
        phone_numbers: identifications(&mut params, "phone_number")?,
        metadata: metadata::take(&mut params)?,
        banned: params.flag("banned")?.optional().unwrap_or(false),
        locked: params.flag("locked")?.optional().unwrap_or(false),
        skip_password_requirement: params
            .flag("skip_password_requirement")?
            .optional()
            .unwrap_or(false),
        skip_user_requirement: params.flag("skip_user_requirement")?.optional().unwrap_or(false),
        change: change::take(&mut params)?,
    };
    params.ignore(&["web3_wallet"]);
    params.finish()?;
    Ok(new)
}

/// Addresses or numbers, and beside each whether it is only reserved.
fn identifications(params: &mut Params, name: &str) -> Result<Vec<(String, bool)>, Refusal> {
    let values = params.texts(name)?.optional().unwrap_or_default();
    let status_name = format!("{name}_identification_status");
    let states = params.texts(&status_name)?.optional().unwrap_or_default();
    if !states.is_empty() && states.len() != values.len() {
        let why = format!("must contain exactly one item per {}", name.replace('_', " "));
        return Err(Refusal::param_value(&status_name, &why));
    }
    if let Some(unknown) = states
        .iter()
        .find(|state| !matches!(state.as_str(), "verified" | "reserved"))
    {
        return Err(Refusal::param_value(
            &status_name,
            &format!("must not be {unknown}"),
        ));
    }
    let reserved = states
        .iter()
        .map(|state| state == "reserved")
        .chain(std::iter::repeat(false));
    Ok(values.into_iter().zip(reserved).collect())
}
