//! `GET /v1/machines`: always in an envelope.

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::shape;
use crate::wire::page::Page;
use crate::wire::query::Query;
use crate::wire::reply::Reply;

/// UNVERIFIED: by what else than their creation machines can be ordered.
pub(crate) async fn handle(State(app): State<App>, query: Query) -> Reply {
    let page = Page::from_query(&query)?;
    let ascending = query.get("order_by").is_some_and(|order| !order.starts_with('-'));
    let world = app.world();
    let found = world.find_machines(query.get("query"), ascending);
    let all = found
        .into_iter()
        .map(|machine| shape::machine::backend(&world, machine))
        .collect();
    Ok(Json(page.envelope(all)))
}
