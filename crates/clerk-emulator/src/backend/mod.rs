//! The Backend API: the table of its routes.

mod auth;
mod instance;
mod jwt_templates;
mod m2m_tokens;
mod machines;
mod plan;
mod sessions;
mod sign_in_tokens;
mod users;
pub(crate) mod version;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, patch, post, put};

use crate::app::App;

/// Every route. All but those for machine tokens take the instance's secret key.
pub(crate) fn routes(app: &App) -> Router<App> {
    let instance = Router::new()
        .route("/v1/instance", get(instance::show))
        .route("/v1/jwks", get(instance::jwks))
        .route("/v1/testing_tokens", post(instance::create_testing_token))
        .merge(users())
        .merge(sessions())
        .merge(jwt_templates())
        .merge(machines())
        .route_layer(from_fn_with_state(app.clone(), plan::check))
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
        .route("/v1/users", get(users::read::list))
        .route("/v1/users", post(users::create::create))
        .route("/v1/users/count", get(users::read::count))
        .route("/v1/users/ban", post(users::suspend::ban_many))
        .route("/v1/users/unban", post(users::suspend::unban_many))
        .route("/v1/users/{user_id}", get(users::read::get))
        .route("/v1/users/{user_id}", patch(users::update::update))
        .route("/v1/users/{user_id}", delete(users::remove::delete))
        .route("/v1/users/{user_id}/metadata", patch(users::metadata::merge))
        .route("/v1/users/{user_id}/metadata", put(users::metadata::replace))
        .route(
            "/v1/users/{user_id}/remove_password",
            post(users::remove::remove_password),
        )
        .route("/v1/users/{user_id}/ban", post(users::suspend::ban))
        .route("/v1/users/{user_id}/unban", post(users::suspend::unban))
        .route("/v1/users/{user_id}/lock", post(users::suspend::lock))
        .route("/v1/users/{user_id}/unlock", post(users::suspend::unlock))
}

fn sessions() -> Router<App> {
    Router::new()
        .route("/v1/sessions", get(sessions::list))
        .route("/v1/sessions", post(sessions::create))
        .route("/v1/sessions/{session_id}", get(sessions::get))
        .route("/v1/sessions/{session_id}/revoke", post(sessions::revoke))
        .route("/v1/sessions/{session_id}/tokens", post(sessions::mint))
        .route(
            "/v1/sessions/{session_id}/tokens/{template}",
            post(sessions::mint_from_template),
        )
        .route("/v1/sign_in_tokens", post(sign_in_tokens::create))
        .route(
            "/v1/sign_in_tokens/{token_id}/revoke",
            post(sign_in_tokens::revoke),
        )
}

fn jwt_templates() -> Router<App> {
    Router::new()
        .route("/v1/jwt_templates", get(jwt_templates::list))
        .route("/v1/jwt_templates", post(jwt_templates::create))
        .route("/v1/jwt_templates/{template_id}", get(jwt_templates::get))
        .route("/v1/jwt_templates/{template_id}", patch(jwt_templates::update))
        .route("/v1/jwt_templates/{template_id}", delete(jwt_templates::delete))
}

fn machines() -> Router<App> {
    Router::new()
        .route("/v1/machines", get(machines::list))
        .route("/v1/machines", post(machines::create))
        .route("/v1/machines/{machine_id}", get(machines::get))
        .route("/v1/machines/{machine_id}", patch(machines::update))
        .route("/v1/machines/{machine_id}", delete(machines::delete))
        .route(
            "/v1/machines/{machine_id}/secret_key",
            get(machines::show_secret_key),
        )
        .route(
            "/v1/machines/{machine_id}/secret_key/rotate",
            post(machines::rotate_secret_key),
        )
        .route("/v1/machines/{machine_id}/scopes", post(machines::add_scope))
        .route(
            "/v1/machines/{machine_id}/scopes/{other_id}",
            delete(machines::remove_scope),
        )
}

fn m2m_tokens() -> Router<App> {
    Router::new()
        .route("/m2m_tokens", get(m2m_tokens::list))
        .route("/m2m_tokens", post(m2m_tokens::create))
        .route("/m2m_tokens/verify", post(m2m_tokens::verify))
        .route("/m2m_tokens/{token_id}/revoke", post(m2m_tokens::revoke))
}
