//! `POST /__emulator/forge`

use axum::Json;
use axum::extract::State;
use serde_json::json;

use super::body::ControlBody;
use crate::app::App;
use crate::forge::{Forgery, forge};
use crate::wire::reply::Reply;

pub(super) async fn handle(State(app): State<App>, ControlBody(forgery): ControlBody<Forgery>) -> Reply {
    Ok(Json(json!({"jwt": forge(&app, &forgery)?})))
}
