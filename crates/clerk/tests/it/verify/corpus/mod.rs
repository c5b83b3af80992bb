//! Bad tokens, each with the reason that must be found.

mod claims;
mod headers;
mod shapes;

use serde_json::json;

use crate::support::keys::KEY;
use crate::support::token::{base64, session_claims, session_header, with};

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) token: String,
    pub(crate) reason: &'static str,
}

pub(crate) fn all() -> Vec<Case> {
    [shapes::all(), headers::all(), claims::all()]
        .into_iter()
        .flatten()
        .collect()
}

fn case(name: impl Into<String>, token: impl Into<String>, reason: &'static str) -> Case {
    Case {
        name: name.into(),
        token: token.into(),
        reason,
    }
}

/// Header and claims of a good session token but for the algorithm's name.
fn message(alg: &str) -> String {
    let header = with(session_header(), &json!({ "alg": alg }));
    format!(
        "{}.{}",
        base64(header.to_string()),
        base64(session_claims().to_string())
    )
}

fn bytes_token(header: &[u8]) -> String {
    let message = format!("{}.{}", base64(header), base64(session_claims().to_string()));
    let signature = base64(KEY.sign(&message));
    format!("{message}.{signature}")
}
