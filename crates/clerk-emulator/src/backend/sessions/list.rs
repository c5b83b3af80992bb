//! `GET /v1/sessions`: newest first.

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::page::Page;
use crate::wire::query::Query;
use crate::wire::reply::Reply;
use crate::world::session::Status;

pub(crate) async fn handle(State(app): State<App>, query: Query) -> Reply {
    let page = Page::from_query(&query)?;
    let (user_id, client_id) = (query.get("user_id"), query.get("client_id"));
    if user_id.is_none() && client_id.is_none() {
        // UNVERIFIED: the code. One of the two has been needed since 2024.
        let why = "Either client_id or user_id must be sent";
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
        .map(|text| Status::parse(text).ok_or_else(unknown))
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
