//! Unpacking, into a new folder and nowhere else.

use std::fs::{File, Permissions};
use std::io::{BufReader, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use flate2::read::GzDecoder;
use tar::EntryType;
use zip::ZipArchive;

/// How a package is packed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// npm's.
    TarGz,
    /// A wheel.
    Zip,
}

/// Which of an archive's files are wanted.
#[derive(Debug)]
pub(crate) struct Selection {
    without: Vec<PathBuf>,
}

impl Selection {
    /// All but what lies below these paths.
    pub(crate) fn without(paths: Vec<String>) -> Self {
        Self {
            without: paths.into_iter().map(PathBuf::from).collect(),
        }
    }

    fn takes(&self, path: &Path) -> bool {
        !self.without.iter().any(|left_out| path.starts_with(left_out))
    }
}

/// Unpacks the regular files of an archive to `target`. What is half done is removed again.
///
/// # Errors
/// If a path of the archive leads out of the folder, or a file is neither regular nor a folder: a link may lead out.
pub(crate) fn unpack(file: File, kind: Kind, target: &Path, selection: &Selection) -> Result<()> {
    let unpacked = match kind {
        Kind::TarGz => tar_gz(file, target, selection),
        Kind::Zip => zip(file, target, selection),
    };
    if unpacked.is_err() {
        // The error says why; a rest that cannot be removed stands in the way of the next attempt, which names it.
        let _ = std::fs::remove_dir_all(target);
    }
    unpacked
}

fn tar_gz(file: File, target: &Path, selection: &Selection) -> Result<()> {
    let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(file)));
    for entry in archive.entries().context("the package is no tar archive")? {
        let mut entry = entry.context("the package is damaged")?;
        let path = inside(&entry.path().context("a path in the package cannot be read")?)?;
        let mode = entry.header().mode().unwrap_or(0o644);
        match entry.header().entry_type() {
            EntryType::Regular if selection.takes(&path) => write(&target.join(path), &mut entry, mode)?,
            EntryType::Regular | EntryType::Directory => {}
            other => bail!("{} in the package is {other:?}, not a file", path.display()),
        }
    }
    Ok(())
}

fn zip(file: File, target: &Path, selection: &Selection) -> Result<()> {
    let mut archive = ZipArchive::new(BufReader::new(file)).context("the wheel is no zip archive")?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).context("the wheel is damaged")?;
        let path = inside(Path::new(
            entry
                .name()
                .context("a path in the wheel cannot be read")?
                .as_ref(),
        ))?;
        if entry.is_symlink() {
            bail!("{} in the wheel is a link, not a file", path.display());
        }
        let mode = entry.unix_mode().unwrap_or(0o644);
        if entry.is_file() && selection.takes(&path) {
            write(&target.join(path), &mut entry, mode)?;
        }
    }
    Ok(())
}

/// A path of an archive, if it stays below the folder that it is unpacked to.
fn inside(path: &Path) -> Result<PathBuf> {
    if path
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
    {
        return Ok(path.to_owned());
    }
    bail!(
        "{} in the package leads out of its folder, so nothing of it is used",
        path.display()
    )
}

fn write(path: &Path, content: &mut impl Read, mode: u32) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let failed = || format!("{} cannot be written", path.display());
    let mut file = File::create_new(path).with_context(failed)?;
    std::io::copy(content, &mut file).with_context(failed)?;
    // Executable or not, readable for all and written by the owner: nothing else of an archive's mode is taken over.
    let mode = if mode & 0o111 == 0 { 0o644 } else { 0o755 };
    file.set_permissions(Permissions::from_mode(mode))
        .with_context(failed)
}
