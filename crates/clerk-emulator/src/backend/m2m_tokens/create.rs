//! `POST /m2m_tokens`: with a machine's secret key only.

use axum::extract::State;
use axum::{Extension, Json};
use http::StatusCode;
use serde_json::Value;

use super::as_documented;
use crate::app::App;
use crate::field::Field;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::params::Params;
use crate::world::m2m_token::{Asker, M2mRequest};

pub(crate) async fn handle(
    State(app): State<App>,
    Extension(asker): Extension<Asker>,
    JsonParams(params): JsonParams,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let Asker::Machine(machine_id) = asker else {
        // UNVERIFIED: what the instance's key gets here.
        return Err(Refusal::credential_of_wrong_kind("a machine secret key (ak_…)"));
    };
    let request = read(params).map_err(as_documented)?;
    let now = app.now();
    let token = app.world().create_m2m_token(&machine_id, request, now)?;
    Ok((StatusCode::CREATED, Json(shape::m2m_token::created(&token, now))))
}

fn read(mut params: Params) -> Result<M2mRequest, Refusal> {
    let jwt = match params.text("token_format")?.optional().as_deref() {
        None | Some("opaque") => false,
        Some("jwt") => true,
        Some(_) => return Err(Refusal::bad_request("token_format must be opaque or jwt")),
    };
    let lifetime_millis = lifetime(params.any("seconds_until_expiration"))?;
    let claims = params.any("claims").optional();
    let min_remaining = params
        .integer("min_remaining_ttl_seconds", &(0..=i64::MAX))?
        .optional();
    params.finish()?;
    let too_long = |remaining: i64| lifetime_millis.is_some_and(|all| remaining.saturating_mul(1000) >= all);
    if min_remaining.is_some_and(too_long) {
        let why = "min_remaining_ttl_seconds must be less than the token's lifetime";
        return Err(Refusal::bad_request(why));
    }
    Ok(M2mRequest {
        jwt,
        lifetime_millis,
        claims,
        min_remaining_seconds: min_remaining,
    })
}

/// Seconds, fractions allowed, as milliseconds.
fn lifetime(field: Field<Value>) -> Result<Option<i64>, Refusal> {
    let Some(value) = field.optional() else {
        return Ok(None);
    };
    let wanted = || Refusal::bad_request("seconds_until_expiration must be a number above 0");
    let seconds = value
        .as_f64()
        .filter(|seconds| *seconds > 0.0)
        .ok_or_else(wanted)?;
    let span = std::time::Duration::try_from_secs_f64(seconds).map_err(|_| wanted())?;
    Ok(Some(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
}
