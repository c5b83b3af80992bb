//! `/m2m_tokens`. This family has no 422: a wrong parameter is a 400 `bad_request`.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::StatusCode;
use serde_json::{Value, json};

use crate::app::App;
use crate::field::Field;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::page::Page;
use crate::wire::params::Params;
use crate::wire::query::Query;
use crate::wire::reply::Reply;
use crate::world::m2m_token::{Caller, M2mRequest};

/// The most tokens of one page.
const MOST: i64 = 100;

/// `POST /m2m_tokens`: with a machine's secret key only.
pub(super) async fn create(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    JsonParams(params): JsonParams,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let Caller::Machine(machine_id) = caller else {
        // UNVERIFIED: what the instance's key gets here.
        return Err(Refusal::credential_of_wrong_kind("a machine secret key (ak_…)"));
    };
    let request = read_request(params).map_err(Refusal::into_bad_request)?;
    let now = app.now();
    let token = app.world().create_m2m_token(&machine_id, request, now)?;
    Ok((StatusCode::CREATED, Json(shape::m2m_token::created(&token, now))))
}

fn read_request(mut params: Params) -> Result<M2mRequest, Refusal> {
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
    let span = Duration::try_from_secs_f64(seconds).map_err(|_| wanted())?;
    Ok(Some(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
}

/// `GET /m2m_tokens?subject=mch_…`: opaque tokens only.
pub(super) async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    query: Query,
) -> Reply {
    let filter = read_filter(&query).map_err(Refusal::into_bad_request)?;
    let subject = query
        .get("subject")
        .ok_or_else(|| Refusal::bad_request("subject must be a machine id"))?;
    if matches!(&caller, Caller::Machine(id) if id != subject) {
        return Err(Refusal::credential_of_wrong_kind(
            "the secret key of the machine that is the subject",
        ));
    }
    let now = app.now();
    let world = app.world();
    world.machine(subject)?;
    let found = world.find_m2m_tokens(subject, filter.revoked, filter.expired, now);
    let total = found.len();
    let tokens: Vec<Value> = filter
        .page
        .cut(found)
        .into_iter()
        .map(|token| shape::m2m_token::backend(token, now))
        .collect();
    Ok(Json(json!({"m2m_tokens": tokens, "total_count": total})))
}

struct Filter {
    page: Page,
    revoked: bool,
    expired: bool,
}

fn read_filter(query: &Query) -> Result<Filter, Refusal> {
    Ok(Filter {
        page: Page::new(query.number("limit")?, query.number("offset")?, MOST)?,
        revoked: query.flag("revoked")?.unwrap_or(false),
        expired: query.flag("expired")?.unwrap_or(false),
    })
}

/// `POST /m2m_tokens/verify`
pub(super) async fn verify(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    JsonParams(params): JsonParams,
) -> Reply {
    let token = read_token(params).map_err(Refusal::into_bad_request)?;
    let now = app.now();
    Ok(Json(shape::m2m_token::backend(
        app.world().verify_m2m_token(&token, &caller, now)?,
        now,
    )))
}

fn read_token(mut params: Params) -> Result<String, Refusal> {
    // The Python SDK calls it `secret`.
    let alias = params.text("secret")?.optional();
    let token = params.text("token")?.optional().or(alias);
    params.finish()?;
    token.ok_or_else(|| Refusal::param_missing("token"))
}

/// `POST /m2m_tokens/{token_id}/revoke`
pub(super) async fn revoke(
    State(app): State<App>,
    Path(token_id): Path<String>,
    Extension(caller): Extension<Caller>,
    JsonParams(params): JsonParams,
) -> Reply {
    let reason = read_reason(params).map_err(Refusal::into_bad_request)?;
    let now = app.now();
    Ok(Json(shape::m2m_token::backend(
        app.world().revoke_m2m_token(&token_id, reason, &caller, now)?,
        now,
    )))
}

fn read_reason(mut params: Params) -> Result<Option<String>, Refusal> {
    let reason = params.text("revocation_reason")?.optional();
    params.finish()?;
    Ok(reason)
}
