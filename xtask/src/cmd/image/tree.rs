//! The trees that an image is made of: what is under the program, and the program.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::containerfile::ImageConfig;
use super::libraries;

/// Where Debian, Fedora and Alpine keep the roots of browsers in one file.
const ROOTS: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

/// Where an image has them, as distroless has.
pub(super) const ROOTS_IN_IMAGE: &str = "etc/ssl/certs/ca-certificates.crt";

const USER: &str = "nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n";
const GROUP: &str = "nonroot:x:65532:\n";
/// Names of hosts from the file that the engine makes, then from the servers that it names.
const NAMES: &str = "passwd: files\ngroup: files\nhosts: files dns\n";

/// Both trees, below a folder.
#[derive(Debug)]
pub(super) struct Trees {
    pub(super) base: PathBuf,
    pub(super) program: PathBuf,
}

impl Trees {
    /// Gathers them for a program of this machine: no file that it does not need.
    pub(super) fn gather(program: &Path, config: &ImageConfig, folder: &Path) -> Result<Self> {
        let base = folder.join("base");
        for library in libraries::of(program)? {
            copy(&library, &base)?;
        }
        let roots = ROOTS.iter().find(|file| Path::new(file).is_file());
        let roots =
            roots.context("this machine has no roots of browsers: install the package ca-certificates")?;
        write(&base.join(ROOTS_IN_IMAGE), &fs::read(roots)?, 0o644)?;
        write(&base.join("etc/passwd"), USER.as_bytes(), 0o644)?;
        write(&base.join("etc/group"), GROUP.as_bytes(), 0o644)?;
        write(&base.join("etc/nsswitch.conf"), NAMES.as_bytes(), 0o644)?;
        let [entrypoint] = &config.entrypoint[..] else {
            bail!("the ENTRYPOINT in deploy/Containerfile is not one program");
        };
        let own = folder.join("program");
        let inside = entrypoint.trim_start_matches('/');
        write(&own.join(inside), &fs::read(program)?, 0o755)?;
        if let Some(working) = &config.working_folder {
            fs::create_dir_all(own.join(working.trim_start_matches('/')))?;
        }
        Ok(Self { base, program: own })
    }

    /// What an engine writes to disk, in bytes.
    pub(super) fn size(&self) -> Result<u64> {
        Ok(size(&self.base)? + size(&self.program)?)
    }
}

/// A file at the same place in the tree, never as a link.
fn copy(file: &Path, tree: &Path) -> Result<()> {
    let target = tree.join(file.strip_prefix("/").unwrap_or(file));
    write(&target, &fs::read(file)?, 0o755)
}

fn write(file: &Path, content: &[u8], mode: u32) -> Result<()> {
    let failed = || format!("{} cannot be written", file.display());
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(failed)?;
    }
    fs::write(file, content).with_context(failed)?;
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).with_context(failed)
}

fn size(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        sum += if kind.is_dir() {
            size(&entry.path())?
        } else {
            entry.metadata()?.len()
        };
    }
    Ok(sum)
}
