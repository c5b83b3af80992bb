//! What `config check` shows: which setting comes from where, secrets masked.

use serde::{Serialize, Serializer};

use super::catalogue::SECTIONS;
use super::origin::{DEFAULT, ENVIRONMENT, ENVIRONMENT_FILE, FILE};
use super::section::Section;
use super::setting::Declared;
use super::source::Source;

/// Every setting with its source, in the order in which people read about them.
#[derive(Clone, Debug)]
pub struct Summary(Vec<SummarySection>);

/// Settings that are read together.
#[derive(Clone, Debug)]
pub struct SummarySection {
    /// What they are about.
    pub title: &'static str,
    /// The settings, those of entries included.
    pub settings: Vec<SettingOrigin>,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingOrigin {
    /// The environment variable.
    pub name: String,
    /// Where its value comes from; absent where it has none.
    pub source: Option<SettingSource>,
    /// The value as text; absent where it is not set, and of secrets.
    pub value: Option<String>,
    /// Whether it has a value that is not shown.
    pub hidden: bool,
    /// The file that a secret is read from.
    pub file: Option<String>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingSource {
    /// No layer sets it.
    Default,
    /// `hemera.toml`, or the file that `--config` names.
    File,
    /// The file that `--env-file` names.
    EnvFile,
    /// The environment.
    Environment,
    /// A file with the secret, which one of these names.
    SecretFile,
}

impl SettingSource {
    /// How people read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::File => "hemera.toml",
            Self::EnvFile => "env file",
            Self::Environment => "environment",
            Self::SecretFile => "secret file",
        }
    }

    fn of_layer(layer: &str) -> Option<Self> {
        match layer {
            DEFAULT => Some(Self::Default),
            FILE => Some(Self::File),
            ENVIRONMENT_FILE => Some(Self::EnvFile),
            ENVIRONMENT => Some(Self::Environment),
            _ => None,
        }
    }
}

impl Summary {
    pub(super) fn of(source: &Source) -> Self {
        Self(
            SECTIONS
                .iter()
                .map(|section| summarised(section, source))
                .collect(),
        )
    }

    /// What differs from the defaults, as `NAME=value` with blanks between, secrets masked.
    pub(crate) fn changed(&self) -> String {
        let changed = self
            .rows()
            .filter(|row| !matches!(row.source, None | Some(SettingSource::Default)));
        let texts = changed.map(|row| format!("{}={}", row.name, row.value.as_deref().unwrap_or("(hidden)")));
        texts.collect::<Vec<_>>().join(" ")
    }

    /// Whether a setting has its default.
    pub(crate) fn is_default(&self, name: &str) -> bool {
        let mut rows = self.rows();
        rows.any(|row| row.name == name && row.source == Some(SettingSource::Default))
    }

    /// The settings.
    pub fn rows(&self) -> impl Iterator<Item = &SettingOrigin> {
        self.0.iter().flat_map(|section| &section.settings)
    }

    /// The same by what they are about.
    pub fn sections(&self) -> &[SummarySection] {
        &self.0
    }
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows())
    }
}

fn summarised(section: &Section, source: &Source) -> SummarySection {
    let mut settings: Vec<_> = section
        .settings
        .iter()
        .map(|setting| row(source, *setting, None))
        .collect();
    if let Some(table) = section.table {
        for entry in source.names_in(table) {
            let path = format!("{}.{entry}", table.path);
            let fields = table.fields.iter();
            settings.extend(fields.map(|field| row(source, *field, Some(&path))));
        }
    }
    SummarySection {
        title: section.title,
        settings,
    }
}

fn row(source: &Source, setting: &dyn Declared, entry: Option<&str>) -> SettingOrigin {
    let (name, layer) = source.origin_of(setting, entry);
    let file = source.secret_file_of(setting, entry);
    let layer = layer.and_then(|layer| SettingSource::of_layer(&layer));
    let origin = if file.is_some() {
        Some(SettingSource::SecretFile)
    } else {
        layer
    };
    // A default is no secret, whatever it stands in for.
    let is_secret = setting.declaration().secret && origin != Some(SettingSource::Default);
    let value = source.shown(setting, entry).filter(|_| !is_secret);
    SettingOrigin {
        name,
        hidden: is_secret && origin.is_some(),
        source: origin,
        value,
        file,
    }
}
