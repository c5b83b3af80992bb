//! `POST /v1/sessions`: on development instances only, which is why services need the ticket.

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::reply::Reply;

pub(crate) async fn handle(State(app): State<App>, JsonParams(mut params): JsonParams) -> Reply {
    let now = app.now();
    let mut world = app.world();
    if world.settings.is_production() {
        return Err(Refusal::wrong_environment("Creating a session"));
    }
    params.not_emulated(&["active_organization_id"])?;
    params.ignore(&["active_organization_id"]);
    let user_id = params.text("user_id")?.required("user_id")?;
    params.finish()?;
    world.user(&user_id)?;
    let client_id = world.create_client(now);
    let session = world.begin_session(&user_id, &client_id, now);
    Ok(Json(shape::session::backend(&session, now)))
}
