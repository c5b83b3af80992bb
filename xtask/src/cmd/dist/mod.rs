//! `cargo xtask dist`: what is handed out at a release, and the check of it.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use serde_json::json;

use self::bill::CYCLONEDX;
use self::checksums::Checksums;
use self::release::{Commit, Edition};
use self::signature::{Minisign, SECRET_KEY, SecretKey};
use crate::Verdict;
use crate::guard::Guard;
use crate::release_build::ReleaseBuild;
use crate::screen::{Mark, Step, say};
use crate::workspace::{Workspace, root};

mod archive;
mod bill;
mod binary;
mod checksums;
mod crates;
mod licences;
mod pack;
mod release;
mod signature;
mod verify;

/// Build, pack and sign what is handed out at a release, or check it.
///
/// The programs hemera-api, clerk-emulator and aither are built for this machine's system: optimized, stripped, with a list of
/// their crates in them (`cargo audit bin` reads it), and without a path of this machine. Each is packed into a tar.gz with its
/// licences, those of its dependencies and its bill of materials in `CycloneDX`; a file has the SHA-256 of all, and is signed with
/// minisign. Times, order and paths are those of the commit. All of it is left in target/dist. What each file is: docs/releases.md.
#[derive(Args, Debug)]
#[command(
    name = "dist",
    after_help = "Examples:\n  \
        cargo xtask dist --install\n  \
        cargo xtask dist --tag v0.1.0 --sign minisign.key\n  \
        cargo xtask dist --verify target/dist --public-key minisign.pub\n\n\
        Exit codes: 0 it is made, or as it should be · 1 --verify found something wrong · 2 the command line is wrong ·\n\
        3 it could not be made or read"
)]
pub(crate) struct Dist {
    /// Install what is missing: cargo-auditable and cargo-cyclonedx (into target/tools), and minisign
    #[arg(long)]
    install: bool,
    /// Sign with the secret key in this file. Without it: with the text in `MINISIGN_SECRET_KEY`, if that is set. The key's
    /// password is taken from `MINISIGN_PASSWORD`
    #[arg(long, value_name = "FILE", conflicts_with = "verify")]
    sign: Option<PathBuf>,
    /// Go on only if this tag is that of the workspace's version, and `CHANGELOG.md` has that version with a date
    #[arg(long, conflicts_with = "verify")]
    tag: Option<String>,
    /// Check the releases in this folder, from the commit that they were made of: checksums, signature, bills of materials, and
    /// of each program that it is stripped, names its crates as Cargo.lock has them and has no path of the machine in it
    #[arg(long, value_name = "FOLDER")]
    verify: Option<PathBuf>,
    /// The public key that must have signed: its text, or its file
    #[arg(long, value_name = "KEY", requires = "verify")]
    public_key: Option<String>,
    /// What was made as JSON on standard output
    #[arg(long, conflicts_with = "verify")]
    json: bool,
}

/// Where the release is left.
const FOLDER: &str = "target/dist";

impl Dist {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        if std::env::consts::OS != "linux" {
            bail!("releases are for Linux: run this there");
        }
        if let Some(folder) = &self.verify {
            let key = self.public_key.as_deref().filter(|key| !key.is_empty());
            let good = verify::verify(guard, folder, key, self.install)?;
            return Ok(if good { Verdict::Good } else { Verdict::Bad });
        }
        self.make(guard)?;
        Ok(Verdict::Good)
    }

    fn make(&self, guard: &Guard) -> Result<()> {
        let workspace = Workspace::load(guard)?;
        let version = release::version(&workspace)?;
        if let Some(tag) = &self.tag {
            release::require_tag(tag, &version)?;
        }
        // What may be missing is asked for before the build, which takes minutes.
        let key = SecretKey::find(self.sign.as_deref())?;
        let minisign = match &key {
            Some(_) => Some(Minisign::require(guard, self.install)?),
            None => None,
        };
        let cyclonedx = CYCLONEDX.require(guard, &workspace, self.install)?;
        let commit = Commit::current(guard)?;
        if commit.is_changed {
            say("warning: there are changes that are in no commit; no other machine can build the same");
        }
        let build = ReleaseBuild::make(guard, &workspace, self.install)?;
        let release = Edition {
            version,
            target: build.target.clone(),
        };
        let folder = root().join(FOLDER);
        let list = pack::pack(
            guard,
            &workspace,
            &cyclonedx,
            &build,
            (&release, &commit),
            &folder,
        )?;
        let step = Step::start("signature of the checksums");
        let signed = if let (Some(key), Some(minisign)) = (&key, &minisign) {
            let comment = format!("hemera-aither {} for {}", release.version, release.target);
            minisign.sign(guard, key, &folder.join(release.checksums()), &comment)?;
            step.end(Mark::Good, "");
            true
        } else {
            step.end(
                Mark::Skipped,
                &format!("the release is unsigned: give a secret key with --sign or {SECRET_KEY}"),
            );
            false
        };
        say(&format!(
            "{} files for {} are in {FOLDER}",
            list.0.len(),
            release.target
        ));
        if self.json {
            println!(
                "{}",
                serde_json::to_string_pretty(&summary(&release, &commit, &list, signed, &folder))?
            );
        }
        Ok(())
    }
}

fn summary(
    release: &Edition,
    commit: &Commit,
    list: &Checksums,
    signed: bool,
    folder: &Path,
) -> serde_json::Value {
    let files = list.0.iter().map(|(name, hash)| {
        let bytes = std::fs::metadata(folder.join(name)).map_or(0, |metadata| metadata.len());
        json!({ "name": name, "sha256": hash, "bytes": bytes })
    });
    json!({
        "version": release.version,
        "target": release.target,
        "commit": commit.id,
        "changed": commit.is_changed,
        "signed": signed,
        "checksums": release.checksums(),
        "files": files.collect::<Vec<_>>(),
    })
}
