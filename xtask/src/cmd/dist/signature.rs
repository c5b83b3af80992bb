//! The signature of the checksums, with minisign.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use tempfile::NamedTempFile;

use crate::guard::Guard;
use crate::install::Need;
use crate::packaged;
use crate::process::{capture, feed};

/// The environment variable with the text of the secret key's file, where it is not given as a file.
pub(super) const SECRET_KEY: &str = "MINISIGN_SECRET_KEY";

/// The one with the key's password.
pub(super) const PASSWORD: &str = "MINISIGN_PASSWORD";

/// A secret key as a file. It is never read by us where it is one already.
#[derive(Debug)]
pub(super) enum SecretKey {
    File(PathBuf),
    /// From the environment: others may not read it, and it goes with this value.
    Temporary(NamedTempFile),
}

impl SecretKey {
    /// The file that was named, else the environment's; `None` where there is neither.
    pub(super) fn find(file: Option<&Path>) -> Result<Option<Self>> {
        if let Some(file) = file {
            if !file.is_file() {
                bail!(
                    "there is no secret key {}: give --sign the file that `minisign -G` made",
                    file.display()
                );
            }
            return Ok(Some(Self::File(file.to_path_buf())));
        }
        let Some(text) = std::env::var(SECRET_KEY)
            .ok()
            .filter(|text| !text.trim().is_empty())
        else {
            return Ok(None);
        };
        let mut file = NamedTempFile::new().context("no temporary file can be made")?;
        file.write_all(text.as_bytes())?;
        // A line without its end is none to minisign.
        file.write_all(b"\n")?;
        Ok(Some(Self::Temporary(file)))
    }

    fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Temporary(file) => file.path(),
        }
    }
}

/// minisign.
#[derive(Debug)]
pub(super) struct Minisign(PathBuf);

impl Minisign {
    pub(super) fn require(guard: &Guard, may_install: bool) -> Result<Self> {
        packaged::require(guard, "minisign", &Need::MINISIGN, may_install).map(Self)
    }

    /// Signs a file; `comment` is signed with it.
    pub(super) fn sign(&self, guard: &Guard, key: &SecretKey, file: &Path, comment: &str) -> Result<()> {
        let password = std::env::var(PASSWORD).unwrap_or_default();
        let mut command = Command::new(&self.0);
        command
            .arg("-S")
            .arg("-s")
            .arg(key.path())
            .arg("-m")
            .arg(file)
            .arg("-x")
            .arg(of(file));
        command
            .args(["-t", comment])
            .env_remove(SECRET_KEY)
            .env_remove(PASSWORD);
        let answer = feed(guard, &mut command, format!("{password}\n").as_bytes())?;
        if !answer.status.success() || !of(file).is_file() {
            bail!(
                "minisign did not sign: {}. Is the key the file that `minisign -G` made, and {PASSWORD} its password?",
                answer.text()
            );
        }
        Ok(())
    }

    /// What is wrong with the signature of a file. The key is given as text or as a file.
    pub(super) fn verify(&self, guard: &Guard, key: &str, file: &Path) -> Result<Option<String>> {
        let option = if Path::new(key).is_file() { "-p" } else { "-P" };
        let mut command = Command::new(&self.0);
        command
            .args(["-V", option, key, "-m"])
            .arg(file)
            .arg("-x")
            .arg(of(file));
        let answer = capture(guard, &mut command)?;
        Ok(
            (!answer.status.success())
                .then(|| format!("the signature is not of this key: {}", answer.text())),
        )
    }
}

/// Where the signature of a file is.
pub(super) fn of(file: &Path) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(".minisig");
    path.into()
}
