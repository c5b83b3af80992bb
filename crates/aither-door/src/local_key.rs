//! The key that programs on this host show to the door.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The most bytes of a file that are read as a key.
const MAX_FILE: u64 = 4096;

/// The fewest different characters of a key. Of 32 random hexadecimal digits, fewer are as good as impossible.
const MIN_DIFFERENT: usize = 8;

/// What the secrets of Clerk begin with. Each opens more than this door does.
const CLERK_SECRETS: [&str; 2] = ["sk_", "ak_"];

/// The key that opens the door on TCP: programs send it as `X-API-Key`.
///
/// It is chosen by the operator of the host, opens nothing but this door, and never leaves the host. Make one with
/// `openssl rand -hex 32`. Only its SHA-256 is kept, so that neither the door's memory nor the comparison, which takes the same
/// time for every presented key, gives it away.
#[derive(Clone)]
pub struct LocalKey {
    digest: [u8; 32],
}

/// Why a text is no key for the door. The error never contains the text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidLocalKey {
    /// It has fewer characters than [`LocalKey::MIN_CHARS`].
    #[error(
        "has fewer than {} characters; make one with `openssl rand -hex 32`",
        LocalKey::MIN_CHARS
    )]
    TooShort,
    /// It has more characters than [`LocalKey::MAX_CHARS`].
    #[error(
        "has more than {} characters; make one with `openssl rand -hex 32`",
        LocalKey::MAX_CHARS
    )]
    TooLong,
    /// It has a blank, a line break, or a character that is not ASCII.
    #[error("has characters other than visible ASCII; make one with `openssl rand -hex 32`")]
    NotVisible,
    /// It has so few different characters that it can be guessed.
    #[error("has fewer than {MIN_DIFFERENT} different characters; make one with `openssl rand -hex 32`")]
    TooUniform,
    /// It is a secret of Clerk's.
    #[error(
        "is a secret of Clerk's (sk_… or ak_…), which opens more than this door; make a key of its own with `openssl rand -hex 32`"
    )]
    SecretOfClerk,
    /// The file of the key cannot be read.
    #[error("cannot be read from {path}: {fault}; check the path and that the user of the door may read it")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        fault: io::Error,
    },
    /// The path of the key is no file.
    #[error("cannot be read from {0}, which is no file; name the file of the key")]
    NotAFile(PathBuf),
    /// Other users can read or change the file of the key.
    #[error("can be read or changed in {path} by other users (mode {mode:04o}); restrict it with chmod 600")]
    OpenFile {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

impl LocalKey {
    /// The fewest characters of a key.
    pub const MIN_CHARS: usize = 32;
    /// The most characters of a key.
    pub const MAX_CHARS: usize = 512;

    /// Takes a text as the key, without blanks around it.
    ///
    /// # Errors
    /// [`InvalidLocalKey`] if it is too weak, cannot be sent in a header, or is a secret that opens something else.
    pub fn parse(key: &SecretString) -> Result<Self, InvalidLocalKey> {
        let key = key.expose_secret().trim();
        if CLERK_SECRETS.iter().any(|prefix| key.starts_with(prefix)) {
            return Err(InvalidLocalKey::SecretOfClerk);
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidLocalKey::NotVisible);
        }
        if key.len() < Self::MIN_CHARS {
            return Err(InvalidLocalKey::TooShort);
        }
        if key.len() > Self::MAX_CHARS {
            return Err(InvalidLocalKey::TooLong);
        }
        if different(key.as_bytes()) < MIN_DIFFERENT {
            return Err(InvalidLocalKey::TooUniform);
        }
        Ok(Self {
            digest: digest(key.as_bytes()),
        })
    }

    /// Reads the key from a file that only its owner may read. A group may read it as well if the file belongs to root, which
    /// is how systemd hands over credentials.
    ///
    /// # Errors
    /// [`InvalidLocalKey`] if the file cannot be read, other users can read or change it, or its content is no key.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, InvalidLocalKey> {
        let path = path.as_ref();
        let unreadable = |fault| InvalidLocalKey::Unreadable {
            path: path.to_owned(),
            fault,
        };
        let file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(InvalidLocalKey::NotAFile(path.to_owned()));
        }
        let mode = metadata.mode() & 0o777;
        let forbidden = if metadata.uid() == 0 { 0o037 } else { 0o077 };
        if mode & forbidden != 0 {
            return Err(InvalidLocalKey::OpenFile {
                path: path.to_owned(),
                mode,
            });
        }
        let mut text = Zeroizing::new(String::new());
        file.take(MAX_FILE)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
        Self::parse(&SecretString::from(text.as_str()))
    }

    /// Whether a presented key is this one. Takes the same time for all keys of one length.
    pub(crate) fn opens(&self, presented: &[u8]) -> bool {
        self.digest.ct_eq(&digest(presented)).into()
    }
}

fn digest(key: &[u8]) -> [u8; 32] {
    Sha256::digest(key).into()
}

fn different(key: &[u8]) -> usize {
    let mut seen = [false; 256];
    for byte in key {
        seen[usize::from(*byte)] = true;
    }
    seen.iter().filter(|seen| **seen).count()
}

impl fmt::Debug for LocalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const KEY: &str = "6f1d2c3b4a5968778695a4b3c2d1e0ff";

    fn parse(text: &str) -> Result<LocalKey, InvalidLocalKey> {
        LocalKey::parse(&SecretString::from(text))
    }

    #[test]
    fn only_the_same_key_opens() {
        let key = parse(&format!(" {KEY}\n")).unwrap();
        assert!(key.opens(KEY.as_bytes()));
        for other in [
            "",
            &KEY[1..],
            &format!("{KEY}f"),
            &KEY.to_uppercase(),
            &format!("{KEY} "),
        ] {
            assert!(!key.opens(other.as_bytes()), "{other:?}");
        }
    }

    #[test]
    fn weak_keys_are_refused_and_never_repeated() {
        for (text, expected) in [
            ("", "fewer than 32 characters"),
            (&KEY[1..], "fewer than 32 characters"),
            (&KEY.repeat(17), "more than 512 characters"),
            (&format!("{KEY} {KEY}"), "other than visible ASCII"),
            (&format!("{KEY}ü"), "other than visible ASCII"),
            (&"a".repeat(64), "fewer than 8 different characters"),
            (&"0123456".repeat(9), "fewer than 8 different characters"),
            ("sk_live_6f1d2c3b4a5968778695a4b3c2d1e0ff", "secret of Clerk's"),
            ("ak_6f1d2c3b4a5968778695a4b3c2d1e0ff", "secret of Clerk's"),
        ] {
            let said = parse(text).unwrap_err().to_string();
            assert!(said.contains(expected), "{said}");
            assert!(text.is_empty() || !said.contains(text), "{said}");
        }
    }

    #[test]
    fn a_file_that_others_can_read_or_change_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, format!("{KEY}\n")).unwrap();
        let is_ours_alone = nix::unistd::geteuid().is_root();
        for (mode, is_taken) in [
            (0o600, true),
            (0o400, true),
            (0o440, is_ours_alone),
            (0o644, false),
            (0o660, false),
            (0o604, false),
            (0o602, false),
        ] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let loaded = LocalKey::load(&path);
            assert_eq!(loaded.is_ok(), is_taken, "{mode:o}: {loaded:?}");
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let said = LocalKey::load("/nonexistent/key").unwrap_err().to_string();
        assert!(
            said.contains("/nonexistent/key") && said.contains("No such file"),
            "{said}"
        );
    }

    #[test]
    fn the_key_does_not_print() {
        let shown = format!("{:?}", parse(KEY).unwrap());
        assert_eq!(shown, "LocalKey { .. }");
    }
}
