//! The names of one setting in the file and in the environment.

use super::setting::{Declaration, env_of_path};

/// The names of a setting in the layers.
pub(super) struct Place {
    pub(super) path: String,
    pub(super) env: String,
    pub(super) file_path: String,
    pub(super) file_env: String,
    pub(super) secret: bool,
}

impl Place {
    pub(super) fn of(declaration: &Declaration, entry: Option<&str>) -> Self {
        let (path, env) = match entry {
            Some(entry) => {
                let path = format!("{entry}.{}", declaration.path);
                let env = env_of_path(&path);
                (path, env)
            }
            None => (declaration.path.to_owned(), declaration.env().into_owned()),
        };
        Self {
            file_path: format!("{path}_file"),
            file_env: format!("{env}_FILE"),
            secret: declaration.secret,
            path,
            env,
        }
    }
}
