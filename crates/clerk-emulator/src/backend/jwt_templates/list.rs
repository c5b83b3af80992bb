//! `GET /v1/jwt_templates`

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::shape;
use crate::wire::page::Page;
use crate::wire::query::Query;
use crate::wire::reply::Reply;

/// UNVERIFIED: the order (by id, so by creation, here) and whether the session-token customization is in it.
pub(crate) async fn handle(State(app): State<App>, query: Query) -> Reply {
    let page = Page::from_query(&query)?;
    let all = app
        .world()
        .jwt_templates
        .values()
        .map(shape::jwt_template::backend)
        .collect();
    Ok(Json(page.list(&query, all)?))
}
