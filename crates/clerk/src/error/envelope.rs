//! Clerk's error body: `{"errors": [{"code", "message", "long_message", "meta"}], "clerk_trace_id"}`.

use serde::Deserialize;

/// Codes, parameter names and trace ids go into log lines and error texts: other characters than those of names are
/// left out, and what is longer is cut.
const MAX_NAME: usize = 64;

/// Clerk's explanations are a sentence or two.
const MAX_TEXT: usize = 500;

/// The first error of an error body.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(super) code: String,
    pub(super) parameter: Option<String>,
    pub(super) trace_id: Option<String>,
    pub(super) text: Option<String>,
}

#[derive(Deserialize)]
struct ErrorBody {
    errors: Vec<Item>,
    #[serde(default)]
    clerk_trace_id: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    code: String,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    long_message: Option<String>,
    #[serde(default)]
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(default)]
    param_name: Option<String>,
}

impl Envelope {
    /// `None` where the body is anything but Clerk's error format.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let ErrorBody {
            errors,
            clerk_trace_id,
        } = serde_json::from_slice(body).ok()?;
        let first = errors.into_iter().next()?;
        Some(Self {
            code: name(&first.code)?,
            parameter: first
                .meta
                .and_then(|meta| meta.param_name)
                .and_then(|text| name(&text)),
            trace_id: clerk_trace_id.and_then(|text| name(&text)),
            text: first.long_message.or(first.message).map(|text| sentence(&text)),
        })
    }
}

/// The text as a name that may stand in a log line; `None` where nothing of it may.
pub(crate) fn name(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.' | '[' | ']'))
        .take(MAX_NAME)
        .collect();
    (!kept.is_empty()).then_some(kept)
}

fn sentence(text: &str) -> String {
    text.chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .take(MAX_TEXT)
        .collect()
}
