//! The three layers, each as a tree of settings: defaults, file, environment.

use std::ffi::OsString;
use std::path::Path;

use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};

use super::key::ALL;
use super::report::Faults;

/// The first part of the server's own environment variables.
pub(super) const PREFIX: &str = "HEMERA_";
/// The file that is read from the working folder where no other is named.
pub const DEFAULT_FILE: &str = "hemera.toml";

/// One layer with a name that reports can show.
#[derive(Debug)]
pub(super) struct Layer {
    name: &'static str,
    dict: Dict,
}

impl Layer {
    pub(super) fn new(name: &'static str, dict: Dict) -> Self {
        Self { name, dict }
    }

    fn put(&mut self, path: &str, text: String) {
        let mut dict = &mut self.dict;
        let mut parts: Vec<&str> = path.split('.').collect();
        let Some(last) = parts.pop() else { return };
        for part in parts {
            let value = dict
                .entry(part.to_owned())
                .or_insert_with(|| Value::from(Dict::new()));
            if value.as_dict().is_none() {
                *value = Value::from(Dict::new());
            }
            let Value::Dict(_, inner) = value else { return };
            dict = inner;
        }
        dict.insert(last.to_owned(), Value::from(text));
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.dict.clone()))
    }
}

/// What every setting is where nobody sets it.
pub(super) fn defaults() -> Layer {
    let mut layer = Layer::new("default", Dict::new());
    for key in ALL {
        if let Some(default) = key.default() {
            layer.put(key.path(), default.to_owned());
        }
    }
    layer
}

/// The variables that are settings of this server.
pub(super) fn environment_layer(environment: &[(OsString, OsString)], faults: &mut Faults) -> Layer {
    let mut layer = Layer::new("environment", Dict::new());
    for (name, value) in environment {
        let Some(path) = name.to_str().and_then(path_of_variable) else {
            continue;
        };
        match value.to_str() {
            // An empty variable is how a shell or a compose file says "not set".
            Some("") => {}
            Some(text) => layer.put(&path, text.to_owned()),
            None => faults.add(name.to_string_lossy(), "is not UTF-8"),
        }
    }
    layer
}

/// Which setting an environment variable means, if it is one of ours.
fn path_of_variable(name: &str) -> Option<String> {
    for key in ALL {
        if key.env() == name {
            return Some(key.path().to_owned());
        }
        if key.is_secret() && key.file_env() == name {
            return Some(key.file_path());
        }
    }
    let rest = name.strip_prefix(PREFIX)?;
    rest.contains("__")
        .then(|| rest.replace("__", ".").to_lowercase())
}

/// The file's settings; none where no file is named and none is in the working folder.
pub(super) fn read_file(named: Option<&Path>, faults: &mut Faults) -> Dict {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    let shown = path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => return Dict::new(),
        Err(error) => {
            faults.add(shown, format!("cannot be read ({})", error.kind()));
            return Dict::new();
        }
    };
    match toml::from_str::<Dict>(&text) {
        Ok(dict) => dict,
        Err(error) => {
            // The parser's own message quotes the line, and with it a secret that may stand there.
            let line = error.span().map_or(1, |span| {
                text[..span.start.min(text.len())].matches('\n').count() + 1
            });
            faults.add(shown, format!("is not valid TOML at line {line}"));
            Dict::new()
        }
    }
}
