//! `/.well-known/`: public documents.

use axum::Json;
use axum::extract::State;
use serde_json::json;

use crate::app::App;
use crate::wire::reply::Reply;

/// `GET /.well-known/jwks.json`: for everyone.
pub(super) async fn jwks(State(app): State<App>) -> Reply {
    Ok(Json(app.world().keys.jwks()))
}

/// `GET /.well-known/openid-configuration`: for everyone.
///
/// The addresses are Clerk's; of them the emulator serves the key set only.
pub(super) async fn openid_configuration(State(app): State<App>) -> Reply {
    let issuer = app.world().issuer.clone();
    Ok(Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth/authorize"),
        "token_endpoint": format!("{issuer}/oauth/token"),
        "revocation_endpoint": format!("{issuer}/oauth/token/revoke"),
        "introspection_endpoint": format!("{issuer}/oauth/token_info"),
        "userinfo_endpoint": format!("{issuer}/oauth/userinfo"),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "scopes_supported": ["openid", "profile", "email", "public_metadata", "private_metadata"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["form_post", "query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "none", "client_secret_post"],
        "claims_supported": ["aud", "exp", "iat", "iss", "sub", "name", "email"],
        "code_challenge_methods_supported": ["S256"],
        "backchannel_logout_supported": false,
        "frontchannel_logout_supported": false,
    })))
}
