//! The Backend API: the table of its routes.

mod auth;
mod instance;
mod jwks;
mod jwt_templates;
mod m2m_tokens;
mod machines;
mod sessions;
mod sign_in_tokens;
mod testing_tokens;
mod users;
pub(crate) mod version;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, patch, post, put};

use crate::app::App;

/// Every route. All but those for machine tokens take the instance's secret key.
pub(crate) fn routes(app: &App) -> Router<App> {
    let instance = Router::new()
        .route("/v1/instance", get(instance::handle))
        .route("/v1/jwks", get(jwks::handle))
        .route("/v1/testing_tokens", post(testing_tokens::handle))
        .merge(users())
        .merge(sessions())
        .merge(jwt_templates())
        .merge(machines())
        .route_layer(from_fn_with_state(app.clone(), auth::instance));
    // Clerk's SDKs call these without the version in front.
    let machine_tokens = Router::new()
        .merge(m2m_tokens())
        .nest("/v1", m2m_tokens())
        .route_layer(from_fn_with_state(app.clone(), auth::instance_or_machine));
    instance.merge(machine_tokens)
}

fn users() -> Router<App> {
    Router::new()
        .route("/v1/users", get(users::list::handle))
        .route("/v1/users", post(users::create::handle))
        .route("/v1/users/count", get(users::count::handle))
        .route("/v1/users/ban", post(users::ban_many::handle))
        .route("/v1/users/unban", post(users::unban_many::handle))
        .route("/v1/users/{user_id}", get(users::get::handle))
        .route("/v1/users/{user_id}", patch(users::update::handle))
        .route("/v1/users/{user_id}", delete(users::delete::handle))
        .route(
            "/v1/users/{user_id}/metadata",
            patch(users::merge_metadata::handle),
        )
        .route(
            "/v1/users/{user_id}/metadata",
            put(users::replace_metadata::handle),
        )
        .route(
            "/v1/users/{user_id}/remove_password",
            post(users::remove_password::handle),
        )
        .route("/v1/users/{user_id}/ban", post(users::ban::handle))
        .route("/v1/users/{user_id}/unban", post(users::unban::handle))
        .route("/v1/users/{user_id}/lock", post(users::lock::handle))
        .route("/v1/users/{user_id}/unlock", post(users::unlock::handle))
}

fn sessions() -> Router<App> {
    Router::new()
        .route("/v1/sessions", get(sessions::list::handle))
        .route("/v1/sessions", post(sessions::create::handle))
        .route("/v1/sessions/{session_id}", get(sessions::get::handle))
        .route("/v1/sessions/{session_id}/revoke", post(sessions::revoke::handle))
        .route("/v1/sessions/{session_id}/tokens", post(sessions::mint::handle))
        .route(
            "/v1/sessions/{session_id}/tokens/{template}",
            post(sessions::mint_from_template::handle),
        )
        .route("/v1/sign_in_tokens", post(sign_in_tokens::create::handle))
        .route(
            "/v1/sign_in_tokens/{token_id}/revoke",
            post(sign_in_tokens::revoke::handle),
        )
}

fn jwt_templates() -> Router<App> {
    Router::new()
        .route("/v1/jwt_templates", get(jwt_templates::list::handle))
        .route("/v1/jwt_templates", post(jwt_templates::create::handle))
        .route("/v1/jwt_templates/{template_id}", get(jwt_templates::get::handle))
        .route(
            "/v1/jwt_templates/{template_id}",
            patch(jwt_templates::update::handle),
        )
        .route(
            "/v1/jwt_templates/{template_id}",
            delete(jwt_templates::delete::handle),
        )
}

fn machines() -> Router<App> {
    Router::new()
        .route("/v1/machines", get(machines::list::handle))
        .route("/v1/machines", post(machines::create::handle))
        .route("/v1/machines/{machine_id}", get(machines::get::handle))
        .route("/v1/machines/{machine_id}", patch(machines::update::handle))
        .route("/v1/machines/{machine_id}", delete(machines::delete::handle))
        .route(
            "/v1/machines/{machine_id}/secret_key",
            get(machines::secret_key::handle),
        )
        .route(
            "/v1/machines/{machine_id}/secret_key/rotate",
            post(machines::rotate_secret_key::handle),
        )
        .route(
            "/v1/machines/{machine_id}/scopes",
            post(machines::add_scope::handle),
        )
        .route(
            "/v1/machines/{machine_id}/scopes/{other_id}",
            delete(machines::remove_scope::handle),
        )
}

fn m2m_tokens() -> Router<App> {
    Router::new()
        .route("/m2m_tokens", get(m2m_tokens::list::handle))
        .route("/m2m_tokens", post(m2m_tokens::create::handle))
        .route("/m2m_tokens/verify", post(m2m_tokens::verify::handle))
        .route("/m2m_tokens/{token_id}/revoke", post(m2m_tokens::revoke::handle))
}
