//! Patterns for paths: segments, of which `*` matches any one and a last `**` any number.

use serde::{Deserialize, Serialize};

/// A pattern such as `/v1/sessions/*/tokens/**`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Pattern(String);

impl Pattern {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Matches every path.
    pub(crate) fn any() -> Self {
        Self::new("/**")
    }

    pub(crate) fn matches(&self, path: &str) -> bool {
        let mut wanted = self.0.split('/');
        let mut found = path.split('/');
        loop {
            match (wanted.next(), found.next()) {
                (Some("**"), _) | (None, None) => return true,
                (Some("*"), Some(segment)) if !segment.is_empty() => {}
                (Some(want), Some(segment)) if want == segment => {}
                _ => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_segments() {
        let table = [
            ("/**", "/v1/users", true),
            ("/v1/users", "/v1/users", true),
            ("/v1/users", "/v1/users/count", false),
            ("/v1/users/*", "/v1/users/user_1", true),
            ("/v1/users/*", "/v1/users", false),
            ("/v1/users/*", "/v1/users/", false),
            ("/v1/users/*", "/v1/users/user_1/ban", false),
            ("/v1/sessions/*/tokens", "/v1/sessions/sess_1/tokens", true),
            (
                "/v1/sessions/*/tokens/**",
                "/v1/sessions/sess_1/tokens/hemera-api",
                true,
            ),
            ("/v1/sessions/*/tokens/**", "/v1/sessions/sess_1/tokens", true),
            ("/v1/**", "/.well-known/jwks.json", false),
        ];
        for (pattern, path, expected) in table {
            assert_eq!(Pattern::new(pattern).matches(path), expected, "{pattern} {path}");
        }
    }
}
