//! Programs of this machine, by name.

use std::path::PathBuf;

/// Looks a program up in the folders of `PATH`, as a shell would.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
