//! Bad tokens, each with the reason that must be found.

mod claims;
mod headers;
mod shapes;

use serde_json::json;

use crate::support::token::{self, session_claims, session_header, with};

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
    token::message(header.to_string(), session_claims().to_string())
}
