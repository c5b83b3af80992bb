//! Where a PostgreSQL's log is archived to, with a base backup beside it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::TempDir;

use crate::chaos::postgres::Postgres;

/// A folder for both. It is gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Archive(TempDir);

impl Archive {
    /// Makes an empty one.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("hemera-archive-").tempdir()?;
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700))?;
        std::fs::create_dir(folder.path().join("wal"))?;
        Ok(Self(folder))
    }

    /// Lets a PostgreSQL write to it, which has to be before it has anything to archive.
    pub(crate) fn hand_to(&self, postgres: &Postgres) -> anyhow::Result<()> {
        postgres.hand_over(self.0.path())?;
        postgres.hand_over(&self.log())
    }

    fn log(&self) -> PathBuf {
        self.0.path().join("wal")
    }

    /// Where the base backup is.
    pub(crate) fn backup(&self) -> PathBuf {
        self.0.path().join("base")
    }

    /// The settings of a PostgreSQL that archives its log here.
    pub(crate) fn settings(&self) -> anyhow::Result<Vec<String>> {
        let log = text(&self.log())?;
        Ok(vec![
            "wal_level=replica".to_owned(),
            "archive_mode=on".to_owned(),
            // Never over a file that is there; and whole, or not under its name.
            format!(
                "archive_command=test ! -f '{log}/%f' && cp %p '{log}/%f.part' && mv '{log}/%f.part' '{log}/%f'"
            ),
        ])
    }

    /// The settings of one that is recovered from here, up to a moment.
    pub(crate) fn recovery(&self, target: &str) -> anyhow::Result<Vec<String>> {
        let mut settings = self.settings()?;
        settings.extend([
            format!("restore_command=cp '{}/%f' %p", text(&self.log())?),
            format!("recovery_target_time={target}"),
            "recovery_target_action=promote".to_owned(),
        ]);
        Ok(settings)
    }
}

fn text(path: &Path) -> anyhow::Result<String> {
    Ok(path
        .to_str()
        .context("the folder for temporary files is no text")?
        .to_owned())
}
