//! `GET /v1/users`: a bare array, whatever is asked.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::filter;
use crate::app::App;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::page::Page;
use crate::wire::query::Query;
use crate::wire::reply::Reply;
use crate::world::user_query::OrderBy;

pub(crate) async fn handle(State(app): State<App>, query: Query) -> Reply {
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
