//! The Frontend API: the table of its routes.

mod client;
mod dev_browser;
mod environment;
mod sessions;
mod sign_ins;
pub(crate) mod visitor;
mod well_known;

use axum::Router;
use axum::routing::{delete, get, patch, post, put};

use crate::app::App;

/// Every route. Who calls is found out by each handler that cares, from its `Visitor`.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/.well-known/jwks.json", get(well_known::jwks))
        .route(
            "/.well-known/openid-configuration",
            get(well_known::openid_configuration),
        )
        .route("/v1/environment", get(environment::show))
        .route("/v1/environment", patch(environment::update))
        .route("/v1/dev_browser", post(dev_browser::create))
        .route("/v1/client", get(client::get))
        .route("/v1/client", post(client::create))
        .route("/v1/client", put(client::create))
        .route("/v1/client", delete(client::delete))
        .route("/v1/client/sign_ins", post(sign_ins::create))
        .route("/v1/client/sessions", delete(client::delete_sessions))
        .route("/v1/client/sessions/{session_id}", get(sessions::get))
        .route("/v1/client/sessions/{session_id}/touch", post(sessions::touch))
        .route("/v1/client/sessions/{session_id}/end", post(sessions::end))
        .route("/v1/client/sessions/{session_id}/remove", post(sessions::remove))
        .route("/v1/client/sessions/{session_id}/tokens", post(sessions::mint))
        .route(
            "/v1/client/sessions/{session_id}/tokens/{template}",
            post(sessions::mint_from_template),
        )
}
