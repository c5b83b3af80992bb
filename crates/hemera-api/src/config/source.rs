//! The layers of the configuration and how a setting is taken from them.
//!
//! Defaults, then `hemera.toml` where there is one, then the environment. Text from the environment stays text: a
//! numeric-looking secret is not read as a number. `__` is the only separator, so that names with single
//! underscores are possible.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use figment::value::{Dict, Value};
use figment::{Figment, Profile, Provider as _};
use secrecy::SecretString;

use super::key::{ALL, Key};
use super::layer::{Layer, PREFIX, defaults, environment_layer, read_file};
use super::report::Faults;
use super::setting::Setting;

/// Where the configuration comes from. Tests give their own instead of the process's.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// The environment.
    pub environment: Vec<(OsString, OsString)>,
    /// The configuration file. One that is named must exist; `None` reads [`DEFAULT_FILE`](super::DEFAULT_FILE) where there is one.
    pub file: Option<PathBuf>,
}

impl Inputs {
    /// The environment of this process and the file named on the command line.
    pub fn of_process(file: Option<PathBuf>) -> Self {
        Self {
            environment: std::env::vars_os().collect(),
            file,
        }
    }
}

/// The merged layers, and the faults found so far.
#[derive(Debug)]
pub(super) struct Source {
    figment: Figment,
    faults: Faults,
}

impl Source {
    pub(super) fn load(inputs: &Inputs) -> Self {
        let mut faults = Faults::default();
        let file = read_file(inputs.file.as_deref(), &mut faults);
        let environment = environment_layer(&inputs.environment, &mut faults);
        let figment = Figment::new()
            .merge(defaults())
            .merge(Layer::new("file", file))
            .merge(environment);
        Self { figment, faults }
    }

    /// The setting parsed, or `None` where it is not set or not valid; the latter is noted as a fault.
    pub(super) fn take<T: Setting>(&mut self, key: &Key) -> Option<T> {
        let text = self.text(key)?;
        match T::parse(&text) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.faults.add(self.name_in_use(key), problem);
                None
            }
        }
    }

    /// A secret: by value or by file, not both.
    pub(super) fn secret(&mut self, key: &Key) -> Option<SecretString> {
        self.text(key).map(SecretString::from)
    }

    /// A duration within bounds, such as `60s` or `100ms`. Falls back to the default so that the other settings
    /// are still checked.
    pub(super) fn span(&mut self, key: &Key, least: Duration, most: Duration) -> Duration {
        let value: Option<Duration> = self.take(key);
        match value {
            Some(value) if value < least || value > most => {
                let (least, most) = (
                    humantime::format_duration(least),
                    humantime::format_duration(most),
                );
                self.faults
                    .add(self.name_in_use(key), format!("must be from {least} to {most}"));
                Duration::ZERO
            }
            Some(value) => value,
            None => Duration::ZERO,
        }
    }

    /// A whole number within bounds.
    pub(super) fn number(&mut self, key: &Key, least: u32, most: u32) -> u32 {
        let value: Option<u32> = self.take(key);
        match value {
            Some(value) if value < least || value > most => {
                self.faults
                    .add(self.name_in_use(key), format!("must be from {least} to {most}"));
                least
            }
            Some(value) => value,
            None => least,
        }
    }

    /// The faults so far, if there are any.
    pub(super) fn faults(&mut self) -> Result<(), Faults> {
        let mut faults = std::mem::take(&mut self.faults);
        if faults.is_empty() {
            return Ok(());
        }
        faults.sort();
        Err(faults)
    }

    /// A setting that is no secret, as text.
    pub(super) fn shown(&self, key: &Key) -> Option<String> {
        self.figment
            .find_value(key.path())
            .ok()
            .as_ref()
            .and_then(plain_text)
    }

    /// Notes a fault of a setting.
    pub(super) fn fault(&mut self, key: &Key, problem: &str) {
        self.faults.add(self.name_in_use(key), problem);
    }

    /// Notes a fault of a setting whose name is the operator's.
    pub(super) fn fault_at(&mut self, path: &str, problem: &str) {
        let name = self.name_of_path(path);
        self.faults.add(name, problem);
    }

    /// Notes that a setting is missing, with the remedy.
    pub(super) fn missing(&mut self, key: &Key, remedy: &str) {
        self.faults.add(key.env(), format!("is missing; {remedy}"));
    }

    /// A yes or no.
    pub(super) fn flag(&mut self, key: &Key) -> bool {
        self.take(key).unwrap_or_default()
    }

    /// Which layer a setting comes from: `default`, `file` or `environment`; `None` where none has it.
    pub(super) fn layer_of(&self, key: &Key) -> Option<&str> {
        let path = [key.path().to_owned(), key.file_path()]
            .into_iter()
            .find(|path| self.figment.contains(path))?;
        self.figment
            .find_metadata(&path)
            .map(|metadata| metadata.name.as_ref())
    }

    /// The table under a path, for settings whose names are the operator's.
    pub(super) fn table(&self, path: &str) -> Dict {
        self.figment
            .find_value(path)
            .ok()
            .and_then(Value::into_dict)
            .unwrap_or_default()
    }

    /// Notes every setting that nobody reads: a misspelt name must not be a silent default.
    pub(super) fn refuse_unknown(&mut self, open_tables: &[&str]) {
        let mut unknown = Vec::new();
        for (section, value) in self.top_level() {
            if !open_tables.contains(&section.as_str()) {
                collect_unknown(&section, &value, &mut unknown);
            }
        }
        for path in unknown {
            let name = self.name_of_path(&path);
            self.faults.add(
                name,
                "is not a setting of this server; see .env.example for those that are",
            );
        }
    }

    /// The name under which a path was given: a variable, or a place in the file.
    fn name_of_path(&self, path: &str) -> String {
        let from_file = self
            .figment
            .find_metadata(path)
            .is_some_and(|metadata| metadata.name == "file");
        if from_file {
            format!("{path} (in the file)")
        } else {
            env_of_path(path)
        }
    }

    fn top_level(&self) -> Dict {
        self.figment
            .data()
            .ok()
            .and_then(|mut data| data.remove(&Profile::Default))
            .unwrap_or_default()
    }

    /// Whether any layer has the setting, valid or not.
    pub(super) fn is_set(&self, key: &Key) -> bool {
        self.figment.contains(key.path()) || (key.is_secret() && self.figment.contains(&key.file_path()))
    }

    fn name_in_use(&self, key: &Key) -> String {
        match self.layer_of(key) {
            Some("file") => format!("{} (in the file)", key.path()),
            _ if key.is_secret() && !self.figment.contains(key.path()) => key.file_env(),
            _ => key.env().into_owned(),
        }
    }

    /// The text of a setting. An empty one counts as not set, as with variables in a shell.
    fn text(&mut self, key: &Key) -> Option<String> {
        let direct = self.figment.find_value(key.path()).ok();
        let file = if key.is_secret() {
            self.figment.find_value(&key.file_path()).ok()
        } else {
            None
        };
        match (direct, file) {
            (Some(_), Some(_)) => {
                self.faults.add(
                    key.env(),
                    format!("is set, and {} as well; keep one of them", key.file_env()),
                );
                None
            }
            (Some(value), None) => {
                let text = plain_text(&value);
                if text.is_none() {
                    self.faults
                        .add(self.name_in_use(key), "must be a single value or a list of texts");
                }
                text.filter(|text| !text.is_empty())
            }
            (None, Some(path)) => self.read_secret_file(key, path.as_str()?),
            (None, None) => None,
        }
    }

    fn read_secret_file(&mut self, key: &Key, path: &str) -> Option<String> {
        match std::fs::read_to_string(path) {
            Ok(text) if text.trim().is_empty() => {
                self.faults.add(
                    key.file_env(),
                    "names a file that is empty; put the secret into it",
                );
                None
            }
            Ok(text) => Some(text.trim_end_matches(['\r', '\n']).to_owned()),
            Err(error) => {
                self.faults.add(
                    key.file_env(),
                    format!("names a file that cannot be read ({})", error.kind()),
                );
                None
            }
        }
    }
}

fn env_of_path(path: &str) -> String {
    ALL.iter().find(|key| key.path() == path).map_or_else(
        || format!("{PREFIX}{}", path.replace('.', "__").to_uppercase()),
        |key| key.env().into_owned(),
    )
}

fn collect_unknown(path: &str, value: &Value, unknown: &mut Vec<String>) {
    if let Value::Dict(_, inner) = value {
        for (name, value) in inner {
            collect_unknown(&format!("{path}.{name}"), value, unknown);
        }
        return;
    }
    let known = ALL
        .iter()
        .any(|key| key.path() == path || (key.is_secret() && key.file_path() == path));
    if !known {
        unknown.push(path.to_owned());
    }
}

/// A value as text: what the environment can say, the file can say too, lists with commas.
fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(_, text) => Some(text.clone()),
        Value::Bool(_, flag) => Some(flag.to_string()),
        Value::Num(_, number) => number.to_i128().map(|number| number.to_string()),
        Value::Array(_, items) => {
            let items: Option<Vec<_>> = items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect();
            items.map(|items| items.join(","))
        }
        Value::Empty(_, _) => Some(String::new()),
        Value::Char(_, _) | Value::Dict(_, _) => None,
    }
}

/// The text under `name` in an operator's table.
pub(super) fn text_in(table: &Dict, name: &str) -> Option<String> {
    table
        .get(name)
        .and_then(plain_text)
        .filter(|text| !text.is_empty())
}
