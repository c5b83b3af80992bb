//! Who calls the Backend API: the instance by its secret key, or a machine by its own.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::AUTHORIZATION;

use crate::app::App;
use crate::rate::Limited;
use crate::refusal::Refusal;
use crate::world::m2m_token::Caller;

/// The key set is the one thing that is not limited.
const UNLIMITED: &str = "/v1/jwks";

/// Lets requests with the instance's secret key through.
pub(crate) async fn instance(State(app): State<App>, request: Request, next: Next) -> Response {
    match identify(&app, &request) {
        Ok(Caller::Instance) => next.run(request).await,
        // UNVERIFIED: what a machine's key gets at an endpoint of the instance.
        Ok(Caller::Machine(_)) => Refusal::secret_key_invalid().into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// Lets requests with either kind of key through, and says whose it was in an extension.
pub(crate) async fn instance_or_machine(
    State(app): State<App>,
    mut request: Request,
    next: Next,
) -> Response {
    match identify(&app, &request) {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn identify(app: &App, request: &Request) -> Result<Caller, Refusal> {
    let key = bearer(request)?;
    let now = app.now();
    let caller = {
        let world = app.world();
        if world.secret_keys.contains(&key) {
            Some(Caller::Instance)
        } else {
            world
                .machine_by_key(&key, now)
                .map(|machine| Caller::Machine(machine.id.clone()))
        }
    };
    let caller = caller.ok_or_else(Refusal::secret_key_invalid)?;
    if request.uri().path() != UNLIMITED {
        app.limit(Limited::Backend)?;
    }
    Ok(caller)
}

fn bearer(request: &Request) -> Result<String, Refusal> {
    let value = request
        .headers()
        .get(AUTHORIZATION)
        .ok_or_else(Refusal::credential_missing)?;
    let text = value.to_str().map_err(|_| Refusal::credential_malformed())?;
    match text.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") && !key.trim().is_empty() => {
            Ok(key.trim().to_owned())
        }
        _ => Err(Refusal::credential_malformed()),
    }
}
