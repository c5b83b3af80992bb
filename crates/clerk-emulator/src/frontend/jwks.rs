//! `GET /.well-known/jwks.json`: for everyone.

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::wire::reply::Reply;

pub(crate) async fn handle(State(app): State<App>) -> Reply {
    Ok(Json(app.world().keys.jwks()))
}
