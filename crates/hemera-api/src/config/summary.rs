//! What `config check` shows: which setting comes from where, secrets masked.

use serde::Serialize;

use super::key::{ALL, Key};
use super::source::Source;

/// Every setting with its source, in the order in which people read about them.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Summary(Vec<SummaryRow>);

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SummaryRow {
    /// The environment variable.
    pub name: String,
    /// `default`, `file` or `environment`; absent where it is not set.
    pub source: Option<String>,
    /// The value as text; `(hidden)` for a secret that is set, absent where it is not set.
    pub value: Option<String>,
}

impl Summary {
    pub(super) fn of(source: &Source) -> Self {
        Self(ALL.iter().map(|key| row(source, key)).collect())
    }

    /// The settings.
    pub fn rows(&self) -> &[SummaryRow] {
        &self.0
    }
}

fn row(source: &Source, key: &Key) -> SummaryRow {
    let layer = source.layer_of(key).map(str::to_owned);
    // A default is no secret, whatever it stands in for.
    let value = if key.is_secret() && layer.as_deref() != Some("default") {
        layer.as_ref().map(|_| "(hidden)".to_owned())
    } else {
        source.shown(key)
    };
    SummaryRow {
        name: key.env().into_owned(),
        source: layer,
        value,
    }
}
