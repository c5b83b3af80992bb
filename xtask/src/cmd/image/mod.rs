//! `cargo xtask image`: the images of deploy/Containerfile, assembled without an engine, and tried.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use tempfile::TempDir;

use self::containerfile::ImageConfig;
use self::oci::{Image, Inspected, Oci};
use self::program::Program;
use self::sandbox::Sandbox;
use self::tls::TlsServer;
use self::tree::Trees;
use crate::Verdict;
use crate::build::{build, build_release};
use crate::guard::Guard;
use crate::install::Need;
use crate::postgres::database::Name;
use crate::release_build::ReleaseBuild;
use crate::screen::{Mark, Step, say};
use crate::workspace::{Workspace, root};
use crate::{packaged, postgres};

mod containerfile;
mod libraries;
mod oci;
mod program;
mod sandbox;
mod tls;
mod tree;
mod trial;

/// Assemble the images from release builds and exactly what they need, check them, and run the programs in their roots.
///
/// No container engine is needed. An image has two layers: loader, libraries (found from the ELF headers), roots of browsers and
/// user; and the program. umoci makes it with the configuration of deploy/Containerfile, skopeo reads it, its size is held
/// against its limit, and it is left in target/image. Then each program is run in its unpacked root, read-only, without rights
/// and with nothing else in it: version, names, roots of TLS, and all of them together with a PostgreSQL.
#[derive(Args, Debug)]
#[command(
    name = "image",
    after_help = "Exit code 1: an image does not keep what is promised. Exit code 3: it could not be made or run here."
)]
pub(crate) struct ImageTask {
    /// Install what is missing: umoci, skopeo, OpenSSL and PostgreSQL (no service is started)
    #[arg(long)]
    install: bool,
    /// Which builds to take
    #[arg(long, value_enum, default_value_t = Build::Release)]
    build: Build,
    /// Assemble and check the images alone, where this system has no user namespaces
    #[arg(long)]
    no_run: bool,
}

/// How the programs are built.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Build {
    /// Optimized
    Release,
    /// As `cargo xtask dist` hands them out: with the list of their crates in them
    Dist,
    /// Not optimized; their size is said, and not held against its limit
    Dev,
}

impl Build {
    /// Builds the programs, and gives the folder in which they are.
    fn make(self, guard: &Guard, workspace: &Workspace, may_install: bool) -> Result<PathBuf> {
        let packages = Program::ALL.map(Program::name);
        Ok(match self {
            Self::Release => {
                build_release(guard, &packages)?;
                workspace.target.join("release")
            }
            Self::Dist => ReleaseBuild::make(guard, workspace, may_install)?.programs(),
            Self::Dev => {
                build(guard, &packages)?;
                workspace.target.join("debug")
            }
        })
    }
}

/// The most that an engine may have to write to disk, in bytes.
const LIMIT: u64 = 60_000_000;

/// Where the images are left.
const LAYOUT: &str = "target/image";

impl ImageTask {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        if std::env::consts::OS != "linux" {
            bail!("images are for Linux: run this there");
        }
        if !self.no_run {
            sandbox::require(guard)?;
        }
        let oci = Oci::require(guard, self.install)?;
        let workspace = Workspace::load(guard)?;
        let programs = self.build.make(guard, &workspace, self.install)?;
        let dev = self.build == Build::Dev;
        let scratch = tempfile::tempdir().context("no temporary folder can be made")?;
        guard.remove_at_end(scratch.path());
        let layout = root().join(LAYOUT);
        if layout.exists() {
            std::fs::remove_dir_all(&layout).with_context(|| format!("{LAYOUT} cannot be replaced"))?;
        }
        let mut sandboxes = Vec::new();
        let mut good = true;
        for program in Program::ALL {
            let folder = scratch.path().join(program.name());
            std::fs::create_dir(&folder)?;
            let (sandbox, small) =
                self.make(guard, &oci, &programs.join(program.name()), program, &folder)?;
            good &= small || dev;
            sandboxes.push(sandbox);
        }
        if !self.no_run {
            good &= self.try_out(guard, &sandboxes, &scratch)?;
        }
        Ok(if good { Verdict::Good } else { Verdict::Bad })
    }

    /// Makes an image and unpacks it; says whether it is small enough.
    fn make(
        &self,
        guard: &Guard,
        oci: &Oci,
        binary: &Path,
        program: Program,
        folder: &Path,
    ) -> Result<(Sandbox, bool)> {
        let name = program.name();
        let step = Step::start(&format!("image {name}"));
        let config = ImageConfig::of(name)?;
        let trees = Trees::gather(binary, &config, folder)?;
        let image = Image {
            layout: root().join(LAYOUT),
            tag: name.to_owned(),
        };
        oci.make(guard, &image, &[&trees.base, &trees.program], &config)?;
        let inspected = oci.inspect(guard, &image, &folder.join("copy"))?;
        let size = trees.size()?;
        let small = size <= LIMIT;
        let mark = match (small, self.build == Build::Dev) {
            (true, _) => Mark::Good,
            (false, true) => Mark::Skipped,
            (false, false) => Mark::Bad,
        };
        step.end(
            mark,
            &format!("{} of {} allowed", megabytes(size), megabytes(LIMIT)),
        );
        describe(&inspected);
        let root = oci.unpack(guard, &image, &folder.join("bundle"))?;
        let [entrypoint] = &config.entrypoint[..] else {
            bail!("the ENTRYPOINT of {name} is not one program");
        };
        Ok((
            Sandbox::new(root, folder, entrypoint, &config.environment)?,
            small,
        ))
    }

    /// Runs the programs in their roots.
    fn try_out(&self, guard: &Guard, sandboxes: &[Sandbox], scratch: &TempDir) -> Result<bool> {
        let openssl = packaged::require(guard, "openssl", &Need::OPENSSL, self.install)?;
        let postgres = postgres::find(guard, self.install)?;
        let tls = TlsServer::start(guard, &openssl, scratch.path())?;
        let mut good = true;
        let mut step = |title: &str, tried: Result<()>| {
            let mark = if tried.is_ok() { Mark::Good } else { Mark::Bad };
            let note = tried
                .err()
                .map(|error| format!(": {error:#}"))
                .unwrap_or_default();
            say(&format!("{} {title}{note}", mark.sign()));
            good &= mark == Mark::Good;
        };
        for (program, sandbox) in Program::ALL.into_iter().zip(sandboxes) {
            let name = program.name();
            step(
                &format!("{name} alone in its read-only root"),
                trial::alone(guard, program, sandbox),
            );
            // The emulator calls no other program.
            if program != Program::Emulator {
                step(
                    &format!("{name} finds names and roots of TLS"),
                    trial::names_and_roots(guard, program, sandbox, &tls, scratch.path()),
                );
            }
        }
        let database = Name::scratch("image");
        postgres.create(guard, &database)?;
        if let [server, emulator, client] = sandboxes {
            let together = trial::together(guard, [server, emulator, client], &postgres, &database);
            step(
                "all of them together: migrate, serve, healthcheck, a call, SIGTERM",
                together,
            );
        }
        tls.stop(guard)?;
        postgres.drop_database(guard, &database)?;
        postgres.sweep(guard)?;
        Ok(good)
    }
}

fn describe(image: &Inspected) {
    say(&format!(
        "    {} for {}/{}",
        image.digest, image.os, image.architecture
    ));
    for layer in &image.layers {
        say(&format!(
            "    layer {}, {} to transfer",
            layer.digest,
            megabytes(layer.size)
        ));
    }
}

fn megabytes(bytes: u64) -> String {
    // Tenths are enough for a person.
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}
