//! `POST /v1/client/sessions/{session_id}/end`: signed out, and kept in its client.

use axum::extract::{Path, State};
use axum::response::Response;

use super::over;
use crate::app::App;
use crate::frontend::visitor::Visitor;
use crate::refusal::Refusal;
use crate::world::session::Status;

pub(crate) async fn handle(
    State(app): State<App>,
    Path(session_id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    over::put(&app, &visitor, &session_id, Status::Ended)
}
