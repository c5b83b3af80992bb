//! The Frontend API: the table of its routes.

mod client;
mod dev_browser;
mod environment;
mod jwks;
mod openid_configuration;
mod sessions;
mod sign_ins;
pub(crate) mod visitor;

use axum::Router;
use axum::routing::{delete, get, post, put};

use crate::app::App;

/// Every route. Who calls is found out by each handler that cares, from its `Visitor`.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/.well-known/jwks.json", get(jwks::handle))
        .route(
            "/.well-known/openid-configuration",
            get(openid_configuration::handle),
        )
        .route("/v1/environment", get(environment::handle))
        .route("/v1/dev_browser", post(dev_browser::handle))
        .route("/v1/client", get(client::get::handle))
        .route("/v1/client", post(client::create::handle))
        .route("/v1/client", put(client::create::handle))
        .route("/v1/client", delete(client::delete::handle))
        .route("/v1/client/sign_ins", post(sign_ins::handle))
        .route("/v1/client/sessions", delete(client::delete_sessions::handle))
        .route("/v1/client/sessions/{session_id}", get(sessions::get::handle))
        .route(
            "/v1/client/sessions/{session_id}/touch",
            post(sessions::touch::handle),
        )
        .route(
            "/v1/client/sessions/{session_id}/end",
            post(sessions::end::handle),
        )
        .route(
            "/v1/client/sessions/{session_id}/remove",
            post(sessions::remove::handle),
        )
        .route(
            "/v1/client/sessions/{session_id}/tokens",
            post(sessions::mint::handle),
        )
        .route(
            "/v1/client/sessions/{session_id}/tokens/{template}",
            post(sessions::mint_from_template::handle),
        )
}
