//! `POST /v1/users/unban`

use axum::extract::State;

use super::ban_many::set_all;
use crate::app::App;
use crate::wire::body::JsonParams;
use crate::wire::reply::Reply;

pub(crate) async fn handle(State(app): State<App>, JsonParams(params): JsonParams) -> Reply {
    set_all(&app, params, false)
}
