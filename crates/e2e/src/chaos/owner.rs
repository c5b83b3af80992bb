//! Who PostgreSQL runs as.

use anyhow::bail;
use nix::unistd::{Uid, User};

/// The user that PostgreSQL runs as where this process is root, which PostgreSQL refuses to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Owner {
    /// `postgres` or `nobody` where this process is root.
    pub(crate) fn choose() -> anyhow::Result<Option<Self>> {
        if !Uid::effective().is_root() {
            return Ok(None);
        }
        for name in ["postgres", "nobody"] {
            if let Some(user) = User::from_name(name)? {
                return Ok(Some(Self {
                    uid: user.uid.as_raw(),
                    gid: user.gid.as_raw(),
                }));
            }
        }
        bail!("PostgreSQL does not run as root, and there is no user postgres or nobody: add one of them")
    }
}
