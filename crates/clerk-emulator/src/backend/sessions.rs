//! `/v1/sessions`

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::app::App;
use crate::refusal::Refusal;
use crate::shape;
use crate::token::Unsigned;
use crate::wire::body::JsonParams;
use crate::wire::page::Page;
use crate::wire::params::Params;
use crate::wire::query::Query;
use crate::wire::reply::Reply;
use crate::world::session::SessionStatus;

/// `GET /v1/sessions`: newest first.
pub(super) async fn list(State(app): State<App>, query: Query) -> Reply {
    let page = Page::from_query(&query)?;
    let (user_id, client_id) = (query.get("user_id"), query.get("client_id"));
    if user_id.is_none() && client_id.is_none() {
        // UNVERIFIED: the code. One of the two has been needed since 2024.
        let why = "Either of the following query parameters must be provided: client_id, user_id.";
        return Err(Refusal::new(
            400,
            "missing_query_parameter",
            "Missing query parameter",
            why,
        ));
    }
    let unknown = || Refusal::param_value("status", "is not a status of a session");
    let status = query
        .get("status")
        .map(|text| SessionStatus::parse(text).ok_or_else(unknown))
        .transpose()?;
    let now = app.now();
    let world = app.world();
    let found = world.find_sessions(user_id, client_id, status, now);
    let all = found
        .into_iter()
        .map(|session| shape::session::backend(session, now))
        .collect();
    Ok(Json(page.list(&query, all)?))
}

/// `POST /v1/sessions`: on development instances only, which is why services need the ticket.
pub(super) async fn create(State(app): State<App>, JsonParams(mut params): JsonParams) -> Reply {
    let now = app.now();
    let mut world = app.world();
    if world.settings.is_production() {
        return Err(Refusal::wrong_environment());
    }
    params.not_emulated(&["active_organization_id"])?;
    params.ignore(&["active_organization_id"]);
    let user_id = params.text("user_id")?.required("user_id")?;
    world.user(&user_id)?;
    let client_id = world.create_client(now);
    let session = world.begin_session(&user_id, &client_id, now);
    Ok(Json(shape::session::backend(&session, now)))
}

/// `GET /v1/sessions/{session_id}`
pub(super) async fn get(State(app): State<App>, Path(session_id): Path<String>) -> Reply {
    let now = app.now();
    Ok(Json(shape::session::backend(
        app.world().session(&session_id)?,
        now,
    )))
}

/// `POST /v1/sessions/{session_id}/revoke`
///
/// UNVERIFIED: the answer for a session that is already over; it becomes `revoked` here.
pub(super) async fn revoke(State(app): State<App>, Path(session_id): Path<String>) -> Reply {
    let now = app.now();
    let mut world = app.world();
    let session = world.session_mut(&session_id)?;
    session.end(SessionStatus::Revoked, now);
    Ok(Json(shape::session::backend(session, now)))
}

/// `POST /v1/sessions/{session_id}/tokens`
pub(super) async fn mint(
    State(app): State<App>,
    Path(session_id): Path<String>,
    JsonParams(params): JsonParams,
) -> Reply {
    let lifetime = lifetime(params)?;
    let now = app.now();
    // UNVERIFIED: whether minting here counts as activity of the session; it does not.
    let unsigned = {
        let world = app.world();
        world.session_token(world.live_session(&session_id, now)?, lifetime, None, now)?
    };
    Ok(Json(answer(&unsigned)?))
}

/// `POST /v1/sessions/{session_id}/tokens/{template}`
pub(super) async fn mint_from_template(
    State(app): State<App>,
    Path((session_id, template)): Path<(String, String)>,
    JsonParams(params): JsonParams,
) -> Reply {
    let lifetime = lifetime(params)?;
    let now = app.now();
    let unsigned = {
        let world = app.world();
        let session = world.live_session(&session_id, now)?;
        let template = world.jwt_template_named(&template)?;
        world.template_token(world.user(&session.user_id)?, template, lifetime, None, now)
    };
    Ok(Json(answer(&unsigned)?))
}

/// `expires_in_seconds`, from half a minute to ten years.
fn lifetime(mut params: Params) -> Result<Option<i64>, Refusal> {
    let lifetime = params
        .integer("expires_in_seconds", &(30..=315_360_000))?
        .optional();
    Ok(lifetime)
}

/// Signs outside of the world's lock.
fn answer(unsigned: &Unsigned) -> Result<Value, Refusal> {
    Ok(json!({"object": "token", "jwt": unsigned.sign()?}))
}
