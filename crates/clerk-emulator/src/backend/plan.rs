//! Which operations the plan of the instance includes.
//!
//! Clerk's documents list 402 for these of the operations that the emulator has. They list it for `POST /users` too;
//! that creates users on every plan, and for which of its parameters it is refused they do not say (UNVERIFIED), so it
//! is not in the list. Development instances have all features on every plan.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::Method;

use crate::app::App;
use crate::refusal::Refusal;
use crate::world::settings::{Plan, Settings};

/// An operation that only paid plans include, and the feature that it belongs to.
///
/// UNVERIFIED: the names of the features.
type PaidOperation = (Method, &'static str, &'static str);

const PAID: [PaidOperation; 6] = [
    (Method::POST, "/v1/users/ban", "ban_users"),
    (Method::POST, "/v1/users/unban", "ban_users"),
    (Method::POST, "/v1/users/{user_id}/ban", "ban_users"),
    (Method::POST, "/v1/users/{user_id}/unban", "ban_users"),
    (Method::POST, "/v1/jwt_templates", "custom_jwt_templates"),
    (
        Method::PATCH,
        "/v1/jwt_templates/{template_id}",
        "custom_jwt_templates",
    ),
];

/// Refuses operations that the plan does not include.
///
/// UNVERIFIED: that this comes before the parameters are looked at.
pub(super) async fn check(
    State(app): State<App>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let missing = missing_feature(&app.world().settings, request.method(), path.as_str());
    match missing {
        Some(feature) => Refusal::plan_lacks(feature).into_response(),
        None => next.run(request).await,
    }
}

fn missing_feature(settings: &Settings, method: &Method, path: &str) -> Option<&'static str> {
    if !settings.is_production() || settings.plan == Plan::Pro {
        return None;
    }
    let paid = PAID.iter().find(|(of, at, _)| of == method && *at == path);
    paid.map(|(_, _, feature)| *feature)
}
