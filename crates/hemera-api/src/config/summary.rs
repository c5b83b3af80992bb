//! What `config check` shows: which setting comes from where, secrets masked.

use serde::Serialize;

use super::catalogue;
use super::origin::DEFAULT;
use super::setting::Declaration;
use super::source::Source;

/// Every setting with its source, in the order in which people read about them.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Summary(Vec<SettingOrigin>);

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingOrigin {
    /// The environment variable.
    pub name: String,
    /// `default`, `file`, `environment file` or `environment`; absent where it is not set.
    pub source: Option<String>,
    /// The value as text; `(hidden)` for a secret that is set, absent where it is not set.
    pub value: Option<String>,
}

impl Summary {
    pub(super) fn of(source: &Source) -> Self {
        Self(
            catalogue::settings()
                .map(|setting| row(source, setting.declaration()))
                .collect(),
        )
    }

    /// What differs from the defaults, as `NAME=value` with blanks between, secrets masked.
    pub(crate) fn changed(&self) -> String {
        let changed = self.0.iter().filter(|row| row.source.as_deref() != Some(DEFAULT));
        let texts = changed.filter_map(|row| Some(format!("{}={}", row.name, row.value.as_deref()?)));
        texts.collect::<Vec<_>>().join(" ")
    }

    /// The settings.
    pub fn rows(&self) -> &[SettingOrigin] {
        &self.0
    }
}

fn row(source: &Source, declaration: &Declaration) -> SettingOrigin {
    let layer = source.layer_of(declaration).map(str::to_owned);
    // A default is no secret, whatever it stands in for.
    let value = if declaration.secret && layer.as_deref() != Some(DEFAULT) {
        layer.as_ref().map(|_| "(hidden)".to_owned())
    } else {
        source.shown(declaration)
    };
    SettingOrigin {
        name: declaration.env().into_owned(),
        source: layer,
        value,
    }
}
