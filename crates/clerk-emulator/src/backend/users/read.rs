//! Reading users: one, a list, their number.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::filter;
use crate::app::App;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::page::Page;
use crate::wire::query::Query;
use crate::wire::reply::Reply;
use crate::world::user_query::OrderBy;

/// `GET /v1/users/{user_id}`
pub(crate) async fn get(State(app): State<App>, Path(user_id): Path<String>) -> Reply {
    Ok(Json(shape::user::backend(app.world().user(&user_id)?)))
}

/// `GET /v1/users`: always a bare array, with `paginated` too.
pub(crate) async fn list(State(app): State<App>, query: Query) -> Reply {
    let page = Page::from_query(&query)?;
    // Of several only the first counts.
    let order = query
        .get("order_by")
        .map(OrderBy::parse)
        .transpose()?
        .unwrap_or(OrderBy::newest_first());
    let world = app.world();
    let mut found = world.find_users(&filter::read(&query)?, order);
    if let Some(cursor) = query.get("starting_after") {
        if !order.is_by_creation() || page.offset() != 0 {
            let why = "can only be used with the order of creation and without an offset";
            return Err(Refusal::param_value("starting_after", why));
        }
        if let Some(position) = found.iter().position(|user| user.id == cursor) {
            found.drain(..=position);
        }
    }
    Ok(Json(Value::Array(
        page.cut(found).into_iter().map(shape::user::backend).collect(),
    )))
}

/// `GET /v1/users/count`
pub(crate) async fn count(State(app): State<App>, query: Query) -> Reply {
    let count = app
        .world()
        .find_users(&filter::read(&query)?, OrderBy::newest_first())
        .len();
    Ok(Json(json!({"object": "total_count", "total_count": count})))
}
