//! The ways into the door.

use std::sync::Arc;

use crate::local_key::LocalKey;

/// What a request came in by, and what it must have for it.
#[derive(Clone, Debug)]
pub(crate) enum Entrance {
    /// An address that every program on this host can reach.
    Tcp {
        /// The port that `Host` must have.
        port: u16,
        /// What a request must show.
        key: Arc<LocalKey>,
    },
    /// A socket that only programs of the door's own user can reach.
    Unix,
}

impl Entrance {
    /// The word for it in the log and in the metrics.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Tcp { .. } => "tcp",
            Self::Unix => "unix",
        }
    }
}

#[cfg(test)]
impl Entrance {
    /// One on TCP, with some key.
    pub(crate) fn for_tests(port: u16) -> Self {
        let key = secrecy::SecretString::from("6f1d2c3b4a5968778695a4b3c2d1e0ff");
        Self::Tcp {
            port,
            key: Arc::new(LocalKey::parse(&key).unwrap()),
        }
    }
}
