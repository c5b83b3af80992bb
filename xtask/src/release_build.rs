//! Builds as they are handed out: auditable, stripped, and with no path of the machine that they were made on.
//!
//! They have a target folder of their own, so that neither these flags nor those of ordinary builds make cargo build the other
//! kind again.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::cargo_tool::CargoTool;
use crate::guard::Guard;
use crate::process::capture;
use crate::screen::heading;
use crate::workspace::{Workspace, cargo, root};

/// It writes into each program which crates the program is made of, where `cargo audit bin` and scanners of images read it.
pub(crate) const AUDITABLE: CargoTool = CargoTool {
    name: "cargo-auditable",
    version: "0.7.7",
    built_by: "cargo xtask dist --install",
};

/// The programs that are handed out, each a package with a binary of its name.
pub(crate) const PROGRAMS: [&str; 3] = ["hemera-api", "clerk-emulator", "aither"];

/// Finished builds of [`PROGRAMS`].
#[derive(Debug)]
pub(crate) struct ReleaseBuild {
    folder: PathBuf,
    /// The system that they are for, as rustc calls it.
    pub(crate) target: String,
}

impl ReleaseBuild {
    /// Builds each of them. Cargo shows its own progress.
    pub(crate) fn make(guard: &Guard, workspace: &Workspace, may_install: bool) -> Result<Self> {
        let auditable = AUDITABLE.require(guard, workspace, may_install)?;
        let folder = workspace.target.join("release-build");
        let places = Places::find(guard, &folder)?;
        for program in PROGRAMS {
            // Each by itself, so that no feature which another program turns on reaches it.
            heading(&format!("building {program}"));
            let mut command = auditable_cargo(&auditable);
            command
                .args([
                    "auditable",
                    "build",
                    "--release",
                    "--locked",
                    "--package",
                    program,
                ])
                .arg("--target-dir")
                .arg(&folder)
                .env("CARGO_INCREMENTAL", "0")
                .env("CARGO_ENCODED_RUSTFLAGS", places.for_rust())
                .env("CFLAGS", places.for_c());
            if !guard.run(&mut command)?.success() {
                bail!("{program} did not build: fix what the compiler names above");
            }
        }
        Ok(Self {
            folder,
            target: places.target,
        })
    }

    /// The folder in which the programs are.
    pub(crate) fn programs(&self) -> PathBuf {
        self.folder.join("release")
    }
}

/// cargo-auditable in the place of cargo, which it calls.
fn auditable_cargo(auditable: &Path) -> Command {
    let cargo = cargo();
    let mut command = Command::new(auditable);
    command.current_dir(root()).env("CARGO", cargo.get_program());
    for (name, value) in cargo.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// The folders of this machine that compilers write into programs, with what is written in their place. Later ones count more.
#[derive(Debug)]
struct Places {
    renamed: Vec<(PathBuf, String)>,
    /// The system that rustc builds for.
    target: String,
}

impl Places {
    fn find(guard: &Guard, folder: &Path) -> Result<Self> {
        let asked = |arguments: &[&str]| -> Result<String> {
            let mut command = Command::new("rustc");
            let answer = capture(guard, command.args(arguments).current_dir(root()))?;
            if !answer.status.success() {
                bail!("rustc {} failed: {}", arguments.join(" "), answer.text());
            }
            Ok(answer.stdout)
        };
        let sysroot = PathBuf::from(asked(&["--print", "sysroot"])?.trim());
        let version = asked(&["--version", "--verbose"])?;
        let says = |key: &str| version.lines().find_map(|line| line.strip_prefix(key));
        let commit = says("commit-hash: ").context("rustc does not say its commit")?;
        let target = says("host: ")
            .context("rustc does not say its system")?
            .to_owned();
        let renamed = vec![
            (cargo_home()?, "/cargo".to_owned()),
            (root().to_path_buf(), "/source".to_owned()),
            (folder.to_path_buf(), "/target".to_owned()),
            // Where the sources of the standard library are installed, their place takes that of the published name.
            (sysroot.join("lib/rustlib/src/rust"), format!("/rustc/{commit}")),
        ];
        Ok(Self { renamed, target })
    }

    /// As cargo reads flags: each apart from the next by a character that is in no path.
    fn for_rust(&self) -> OsString {
        self.flags("--remap-path-prefix", "\u{1f}")
    }

    /// As the crates that compile C read them.
    fn for_c(&self) -> OsString {
        self.flags("-ffile-prefix-map", " ")
    }

    fn flags(&self, name: &str, between: &str) -> OsString {
        let mut flags = OsString::new();
        for (place, instead) in &self.renamed {
            if !flags.is_empty() {
                flags.push(between);
            }
            flags.push(format!("{name}="));
            flags.push(place);
            flags.push(format!("={instead}"));
        }
        flags
    }
}

/// Where cargo keeps the sources of dependencies.
pub(crate) fn cargo_home() -> Result<PathBuf> {
    let set = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    set.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .context("there is neither CARGO_HOME nor HOME: set one")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_flags_of_both_compilers() {
        let places = Places {
            renamed: vec![
                ("/home/a/.cargo".into(), "/cargo".to_owned()),
                ("/home/a/b".into(), "/source".to_owned()),
            ],
            target: String::new(),
        };
        assert_eq!(
            places.for_rust(),
            "--remap-path-prefix=/home/a/.cargo=/cargo\u{1f}--remap-path-prefix=/home/a/b=/source"
        );
        assert_eq!(
            places.for_c(),
            "-ffile-prefix-map=/home/a/.cargo=/cargo -ffile-prefix-map=/home/a/b=/source"
        );
    }
}
