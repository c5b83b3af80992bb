//! The query string: names may repeat.

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::refusal::Refusal;

/// The pairs of the query string in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        Self(
            url::form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The first value of `name`; an empty one counts as none.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Every value of `name`.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(key, _)| key == name);
        named
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.get(name)
            .map(|text| {
                text.parse()
                    .map_err(|_| Refusal::param_format(name, "must be an integer"))
            })
            .transpose()
    }

    /// A whole number that may be written as `10.0`: for parameters whose type is `number`.
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let whole = self.get(name).map(|text| text.strip_suffix(".0").unwrap_or(text));
        whole
            .map(|text| {
                text.parse()
                    .map_err(|_| Refusal::param_format(name, "must be a number"))
            })
            .transpose()
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(_) => Err(Refusal::param_format(name, "must be a boolean")),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}
