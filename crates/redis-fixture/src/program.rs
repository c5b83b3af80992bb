//! Where `redis-server` is.

use std::path::{Path, PathBuf};

use crate::Error;

const PROGRAM: &str = "redis-server";

/// Folders of packages that need not be on the path.
const FOLDERS: [&str; 4] = [
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/opt/homebrew/opt/redis/bin",
];

/// The one on the path, then those of packages.
pub(crate) fn find() -> Result<PathBuf, Error> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(FOLDERS.map(|folder| Path::new(folder).to_path_buf()))
        .map(|folder| folder.join(PROGRAM))
        .find(|file| file.is_file())
        .ok_or(Error::NotInstalled)
}
