//! The controls under `/__emulator/`, which real Clerk does not have: time, faults, keys, journal, settings, odd
//! tokens. They take and give JSON, need no credential, and are neither journaled nor subject to faults.

mod body;
mod clock;
mod instance;
mod requests;
mod secret_keys;
mod sessions;
mod tokens;
mod users;

use axum::Router;
use axum::routing::{delete, get, patch, post, put};

use crate::app::App;

/// What all controls begin with.
const PREFIX: &str = "/__emulator";

/// Whether a path is that of a control.
pub(crate) fn is_control(path: &str) -> bool {
    path.strip_prefix(PREFIX)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Every control.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/__emulator", get(instance::show))
        .route("/__emulator/clock", get(clock::show))
        .route("/__emulator/clock", put(clock::set))
        .route("/__emulator/clock", delete(clock::follow))
        .route("/__emulator/clock/advance", post(clock::advance))
        .route("/__emulator/faults", get(requests::list_faults))
        .route("/__emulator/faults", post(requests::add_fault))
        .route("/__emulator/faults", delete(requests::clear_faults))
        .route("/__emulator/forge", post(tokens::forge_token))
        .route("/__emulator/journal", get(requests::list_journal))
        .route("/__emulator/journal", delete(requests::clear_journal))
        .route("/__emulator/keys/rotate", post(tokens::rotate))
        .route("/__emulator/keys/previous", delete(tokens::withdraw_previous))
        .route("/__emulator/reset", post(instance::reset))
        .route("/__emulator/secret_keys", post(secret_keys::add))
        .route("/__emulator/secret_keys", delete(secret_keys::delete))
        .route("/__emulator/sessions/{session_id}", put(sessions::set_status))
        .route("/__emulator/sessions/{session_id}", delete(sessions::forget))
        .route("/__emulator/settings", get(instance::settings))
        .route("/__emulator/settings", patch(instance::change_settings))
        .route(
            "/__emulator/users/{user}/identifiers",
            post(users::add_identifier),
        )
        .route(
            "/__emulator/users/{user}/identifiers/{identifier_id}",
            delete(users::remove_identifier),
        )
}
