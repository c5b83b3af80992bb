//! `POST /v1/client/sign_ins`: with a ticket.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::visitor::{Proof, Visitor};
use crate::app::App;
use crate::rate::Limited;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::FormParams;

/// Parameters of other strategies, and such that change nothing here.
const IGNORED: [&str; 13] = [
    "identifier",
    "password",
    "redirect_url",
    "action_complete_redirect_url",
    "transfer",
    "code",
    "token",
    "oidc_login_hint",
    "oidc_prompt",
    "proof_token",
    "trusted_device_id",
    "locale",
    // Not in the published documents; the browser SDK adds it to every sign-in.
    "timezone",
];

pub(super) async fn create(
    State(app): State<App>,
    visitor: Visitor,
    FormParams(mut params): FormParams,
) -> Result<Response, Refusal> {
    app.limit(Limited::SignIn(visitor.address().to_owned()))?;
    let strategy = params.text("strategy")?.required("strategy")?;
    if strategy != "ticket" {
        return Err(Refusal::not_emulated(&format!("the sign-in strategy {strategy}")));
    }
    let ticket = params.text("ticket")?.required("ticket")?;
    params.ignore(&IGNORED);
    params.finish()?;
    let now = app.now();
    let mut world = app.world();
    let (client_id, sign_in) = world.redeem_ticket(&ticket, visitor.client_id(), now)?;
    let body = json!({
        "response": shape::sign_in::frontend(&world, &sign_in)?,
        "client": shape::client::frontend(&world, &client_id, visitor.origin(), now)?,
    });
    visitor.answer(&mut world, body, Proof::Renewed(client_id), now)
}
