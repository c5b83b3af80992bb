//! The layers of the configuration, for figment to merge: defaults, then the file, then the environment file, then the
//! environment.
//!
//! Text from the environment stays text: a numeric-looking secret is not read as a number. `__` is the only separator,
//! so that names with single underscores are possible.

use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::catalogue;
use super::env_file;
use super::names::{self, Meaning};
use super::origin::{DEFAULT, ENVIRONMENT, ENVIRONMENT_FILE, FILE, name_in_file, plain_text};
use super::report::Fault;
use super::setting::Unset;

/// The file that is read from the working folder where no other is named.
pub(super) const DEFAULT_FILE: &str = "hemera.toml";

/// Where the configuration comes from. Tests give their own instead of the process's.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// The environment.
    pub environment: Vec<(OsString, OsString)>,
    /// An environment file; it must exist. What the environment sets too comes from the environment.
    pub environment_file: Option<PathBuf>,
    /// The configuration file. One that is named must exist; `None` reads `hemera.toml` where there is one.
    pub file: Option<PathBuf>,
}

impl Inputs {
    /// The environment of this process and the files named on the command line.
    pub fn of_process(file: Option<PathBuf>, environment_file: Option<PathBuf>) -> Self {
        Self {
            environment: std::env::vars_os().collect(),
            environment_file,
            file,
        }
    }
}

/// Values with the place that they come from.
struct Layer {
    place: Metadata,
    values: Dict,
}

impl Layer {
    /// A single value. figment keeps the place of each, and merges them into one tree.
    fn of(place: Metadata, path: &str, text: &str) -> Self {
        let nested = figment::util::nest(path, Value::from(text));
        Self {
            place,
            values: nested.into_dict().unwrap_or_default(),
        }
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        self.place.clone()
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

/// The merged layers. A name that is not a setting is a fault: a misspelt one must not be a silent default.
pub(super) fn merged(inputs: &Inputs, faults: &mut Vec<Fault>) -> Figment {
    let mut figment = Figment::new();
    for setting in catalogue::settings() {
        let declaration = setting.declaration();
        if let Unset::Default(default) = declaration.unset {
            figment = figment.merge(Layer::of(Metadata::named(DEFAULT), declaration.path, default));
        }
    }
    figment = figment.merge(Layer {
        place: Metadata::named(FILE),
        values: read_file(inputs.file.as_deref(), faults),
    });
    let in_file = inputs.environment_file.as_deref();
    let in_file = in_file
        .map(|path| env_file::read(path, faults))
        .unwrap_or_default();
    let in_file: Vec<_> = in_file
        .into_iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    for (layer, variables) in [(ENVIRONMENT_FILE, &in_file), (ENVIRONMENT, &inputs.environment)] {
        for (name, value) in variables {
            let Some((path, text)) = variable(name, value, faults) else {
                continue;
            };
            let place = Metadata::from(layer, name.to_string_lossy().into_owned());
            figment = figment.merge(Layer::of(place, &path, text));
        }
    }
    figment
}

/// The path and the text of a variable that is a setting of this server.
fn variable<'v>(name: &OsStr, value: &'v OsStr, faults: &mut Vec<Fault>) -> Option<(String, &'v str)> {
    // An empty variable is how a shell or a compose file says "not set".
    if value.is_empty() {
        return None;
    }
    match (
        names::meaning_of(name.to_str()?, &value.to_string_lossy()),
        value.to_str(),
    ) {
        (Meaning::Setting(path), Some(text)) => return Some((path, text)),
        (Meaning::Setting(_), None) => faults.push(Fault::new(
            name.to_string_lossy(),
            "is not UTF-8: set it again, in UTF-8",
        )),
        (Meaning::Unknown(problem), _) => faults.push(Fault::new(name.to_string_lossy(), problem)),
        (Meaning::Foreign, _) => {}
    }
    None
}

/// The file's settings; none where no file is named and none is in the working folder.
fn read_file(named: Option<&Path>, faults: &mut Vec<Fault>) -> Dict {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    let shown = path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == ErrorKind::NotFound => return Dict::new(),
        Err(error) => {
            let problem = format!(
                "cannot be read ({}): name a file that is there, and that this user may read, with --config",
                error.kind()
            );
            faults.push(Fault::new(shown, problem));
            return Dict::new();
        }
    };
    match toml::from_str::<Dict>(&text) {
        Ok(values) => known_values("", values, faults),
        Err(error) => {
            // The parser's own message quotes the line, and with it a secret that may stand there.
            let line = error.span().map_or(1, |span| {
                text[..span.start.min(text.len())].matches('\n').count() + 1
            });
            faults.push(Fault::new(shown, format!(
                "is not valid TOML at line {line}: write tables as [http], and values as listen = \"127.0.0.1:8080\""
            )));
            Dict::new()
        }
    }
}

/// The values that are settings and not empty; notes those that are not settings.
fn known_values(table: &str, values: Dict, faults: &mut Vec<Fault>) -> Dict {
    let mut known = Dict::new();
    for (name, value) in values {
        let path = if table.is_empty() {
            name.clone()
        } else {
            format!("{table}.{name}")
        };
        if let Value::Dict(tag, inner) = value {
            known.insert(name, Value::Dict(tag, known_values(&path, inner, faults)));
        } else if !names::is_known(&path) {
            faults.push(Fault::new(name_in_file(&path), names::unknown_in_file(&path)));
        } else if plain_text(&value).is_none_or(|text| !text.is_empty()) {
            known.insert(name, value);
        }
    }
    known
}
