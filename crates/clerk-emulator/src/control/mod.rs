//! The controls under `/__emulator/`, which real Clerk does not have: time, faults, keys, journal, settings, odd
//! tokens. They take and give JSON, need no credential, and are neither journaled nor subject to faults.

mod body;
mod clock;
mod faults;
mod forge;
mod info;
mod journal;
mod keys;
mod reset;
mod sessions;
mod settings;

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
        .route("/__emulator", get(info::handle))
        .route("/__emulator/clock", get(clock::show))
        .route("/__emulator/clock", put(clock::set))
        .route("/__emulator/clock", delete(clock::follow))
        .route("/__emulator/clock/advance", post(clock::advance))
        .route("/__emulator/faults", get(faults::list))
        .route("/__emulator/faults", post(faults::add))
        .route("/__emulator/faults", delete(faults::clear))
        .route("/__emulator/forge", post(forge::handle))
        .route("/__emulator/journal", get(journal::list))
        .route("/__emulator/journal", delete(journal::clear))
        .route("/__emulator/keys/rotate", post(keys::rotate))
        .route("/__emulator/keys/previous", delete(keys::withdraw_previous))
        .route("/__emulator/reset", post(reset::handle))
        .route("/__emulator/sessions/{session_id}", put(sessions::set_status))
        .route("/__emulator/sessions/{session_id}", delete(sessions::forget))
        .route("/__emulator/settings", get(settings::show))
        .route("/__emulator/settings", patch(settings::change))
}
