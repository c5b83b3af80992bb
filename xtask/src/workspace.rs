//! The workspace as cargo sees it, and cargo itself with a clean environment.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::guard::Guard;
use crate::process::capture;

/// The workspace's members and where they are built.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    pub(crate) packages: Vec<Package>,
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
}

/// A crate of ours.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The registries that it may be published to; `None`: to each, and none of them if it is empty.
    pub(crate) publish: Option<Vec<String>>,
    #[serde(rename = "manifest_path")]
    pub(crate) manifest: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) targets: Vec<Target>,
}

/// What a crate's manifest asks for.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `None` for an ordinary one, else `dev` or `build`.
    pub(crate) kind: Option<String>,
    /// Where it lies, if it is a crate of ours.
    pub(crate) path: Option<PathBuf>,
}

/// A library, binary, test or example.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    /// `lib`, `bin`, `test` and so on; a library may be of several kinds.
    pub(crate) kind: Vec<String>,
    #[serde(rename = "src_path")]
    pub(crate) source: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn load(guard: &Guard) -> Result<Self> {
        let mut command = cargo();
        command
            .args(["metadata", "--format-version", "1", "--no-deps"])
            .current_dir(root());
        let answer = capture(guard, &mut command)?;
        if !answer.status.success() {
            bail!(
                "cargo metadata failed: fix the manifest that it names\n{}",
                answer.stderr.trim_end()
            );
        }
        serde_json::from_str(&answer.stdout).context("cargo metadata answered something unknown")
    }

    /// The path at which a plain `cargo build` leaves this binary.
    pub(crate) fn binary(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name)
    }

    /// The path at which `cargo build --release` leaves this binary.
    pub(crate) fn release_binary(&self, name: &str) -> PathBuf {
        self.target.join("release").join(name)
    }
}

/// The top folder of the workspace: this crate's parent.
pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// The cargo that runs us, without the variables that it set for xtask's own crate: build scripts watch some of
/// them, and would run again at every change between `cargo build` and `cargo xtask`.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        let own = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
                || matches!(
                    name,
                    "CARGO_CRATE_NAME" | "CARGO_BIN_NAME" | "CARGO_PRIMARY_PACKAGE"
                )
        });
        if own {
            command.env_remove(name);
        }
    }
    command
}
