//! `GET /v1/users/count`

use axum::Json;
use axum::extract::State;
use serde_json::json;

use super::filter;
use crate::app::App;
use crate::wire::query::Query;
use crate::wire::reply::Reply;
use crate::world::user_query::OrderBy;

pub(crate) async fn handle(State(app): State<App>, query: Query) -> Reply {
    let count = app
        .world()
        .find_users(&filter::read(&query)?, OrderBy::newest_first())
        .len();
    Ok(Json(json!({"object": "total_count", "total_count": count})))
}
