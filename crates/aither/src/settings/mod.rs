//! The settings of the command: from the environment, then from an environment file.

mod env_file;
mod spelling;
mod table;

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use self::env_file::EnvFile;
pub(crate) use self::table::{SETTINGS, Setting};
use crate::failure::Failure;

/// What `<name>_FILE` ends with: the path of a file that has the value.
const FILE: &str = "_FILE";

/// The environment file that is read if it is there.
const DEFAULT_ENV_FILE: &str = ".env";

const STATE_DIR: &str = "AITHER_STATE_DIR";

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// An argument of the command.
    Argument,
    /// The environment.
    Environment,
    /// The environment file.
    File(PathBuf),
}

/// The values of the settings, by name.
#[derive(Debug)]
pub(crate) struct Settings {
    file: Option<EnvFile>,
    overrides: HashMap<&'static str, OsString>,
}

impl Settings {
    /// Reads the environment file: the one that was named, or else `.env` if the current directory has one.
    ///
    /// # Errors
    /// The file cannot be read, or a name in it or in the environment is almost that of a setting.
    pub(crate) fn load(named: Option<&Path>) -> Result<Self, Failure> {
        let path = match named {
            Some(path) => Some(path),
            None => Some(Path::new(DEFAULT_ENV_FILE)).filter(|path| path.exists()),
        };
        let file = path.map(EnvFile::read).transpose()?;
        let environment: Vec<String> = std::env::vars_os()
            .filter_map(|(name, _)| name.into_string().ok())
            .collect();
        let in_file = file.iter().flat_map(EnvFile::names);
        spelling::check(environment.iter().map(String::as_str).chain(in_file))?;
        Ok(Self {
            file,
            overrides: HashMap::new(),
        })
    }

    /// A value that comes before all others, from an argument.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<OsString>) {
        self.overrides.insert(name, value.into());
    }

    /// The value of a setting, or the path of the file that has it.
    pub(crate) fn lookup(&self, name: &str) -> Option<OsString> {
        let found = self.find(name).map(|(_, value)| value);
        let is_set = found.as_ref().is_some_and(|value| !value.is_empty());
        if name == STATE_DIR && !is_set {
            return default_state_dir().map(PathBuf::into_os_string);
        }
        found
    }

    /// Where the value of a setting comes from; `None` if it is not set.
    pub(crate) fn origin(&self, setting: &Setting) -> Option<Origin> {
        let file = setting.is_secret.then(|| format!("{}{FILE}", setting.name));
        let names = [Some(setting.name.to_owned()), file];
        let mut found = names.into_iter().flatten().filter_map(|name| self.find(&name));
        found
            .find(|(_, value)| !value.is_empty())
            .map(|(origin, _)| origin)
    }

    /// The environment comes before the file. A secret that the environment has as a value hides the path of it that the
    /// file has, and the other way round.
    fn find(&self, name: &str) -> Option<(Origin, OsString)> {
        if let Some(value) = self.overrides.get(name) {
            return Some((Origin::Argument, value.clone()));
        }
        let other = match name.strip_suffix(FILE) {
            Some(value) => value.to_owned(),
            None => format!("{name}{FILE}"),
        };
        match (std::env::var_os(name), std::env::var_os(other)) {
            (Some(value), _) => Some((Origin::Environment, value)),
            (None, Some(_)) => None,
            (None, None) => {
                let file = self.file.as_ref()?;
                Some((Origin::File(file.path().to_owned()), file.get(name)?.into()))
            }
        }
    }

    /// Other users may read the environment file.
    pub(crate) fn exposed_file(&self) -> Option<&Path> {
        self.file
            .as_ref()
            .filter(|file| file.is_exposed())
            .map(EnvFile::path)
    }
}

/// Where programs keep what they can make again: by the XDG Base Directory Specification, which has relative paths ignored.
/// `None` without a home directory: then no session is kept.
fn default_state_dir() -> Option<PathBuf> {
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
    Some(state.join("aither"))
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Argument => f.write_str("argument"),
            Self::Environment => f.write_str("environment"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}
