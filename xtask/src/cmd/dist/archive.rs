//! An archive whose bytes follow from what is in it: sorted, with one time, and without owners.

use std::io::{Read as _, Write as _};

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

/// A file in an archive.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
    pub(super) is_program: bool,
}

impl Entry {
    pub(super) fn file(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            path: path.into(),
            bytes: bytes.into(),
            is_program: false,
        }
    }
}

/// A `tar.gz` of these files; `time` is theirs, in Unix seconds.
pub(super) fn write(mut entries: Vec<Entry>, time: u64) -> Result<Vec<u8>> {
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    let mut builder = tar::Builder::new(Vec::new());
    for entry in &entries {
        let mut header = tar::Header::new_ustar();
        header.set_size(u64::try_from(entry.bytes.len())?);
        header.set_mode(if entry.is_program { 0o755 } else { 0o644 });
        header.set_mtime(time);
        header.set_uid(0);
        header.set_gid(0);
        builder
            .append_data(&mut header, &entry.path, entry.bytes.as_slice())
            .with_context(|| format!("{} cannot be put into an archive", entry.path))?;
    }
    // It states neither name, time nor system.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&builder.into_inner()?)?;
    Ok(encoder.finish()?)
}

/// The files of an archive.
pub(super) fn read(archive: &[u8]) -> Result<Vec<Entry>> {
    let mut tar = tar::Archive::new(GzDecoder::new(archive));
    let mut entries = Vec::new();
    for entry in tar.entries()? {
        let mut entry = entry?;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        entries.push(Entry {
            path: entry.path()?.to_string_lossy().into_owned(),
            is_program: entry.header().mode()? & 0o111 != 0,
            bytes,
        });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archive_is_the_same_in_whatever_order_its_files_come() {
        let program = Entry {
            is_program: true,
            ..Entry::file("a-1/a", *b"code")
        };
        let text = Entry::file("a-1/README.md", *b"text");
        let one = write(vec![program.clone(), text.clone()], 1_700_000_000).unwrap();
        let other = write(vec![text.clone(), program.clone()], 1_700_000_000).unwrap();
        assert_eq!(one, other);
        assert_eq!(read(&one).unwrap(), [text, program]);
        assert_ne!(one, write(read(&one).unwrap(), 1_700_000_001).unwrap());
    }

    #[test]
    fn what_is_no_archive_is_an_error() {
        assert!(read(b"no archive").is_err());
    }
}
