//! `/__emulator/faults`

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::body::ControlBody;
use crate::app::App;
use crate::fault::Fault;
use crate::wire::reply::Reply;

pub(super) async fn list(State(app): State<App>) -> Json<Value> {
    Json(json!({"faults": app.faults.list()}))
}

pub(super) async fn add(State(app): State<App>, ControlBody(fault): ControlBody<Fault>) -> Reply {
    app.faults.add(fault);
    Ok(Json(json!({"faults": app.faults.list()})))
}

pub(super) async fn clear(State(app): State<App>) -> Json<Value> {
    app.faults.clear();
    Json(json!({"faults": []}))
}
