//! What can be wrong with a log, in one line each.

/// What can be wrong with a log, in one line each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is no signing key.
    #[error(
        "it is no signing key: it must be one line, PRIVATE+KEY+name+id+key, as `audit key new` writes it"
    )]
    NoSigningKey,
    /// The text is no verifier key.
    #[error("it is no verifier key: it must have the form name+id+key")]
    NoVerifierKey,
    /// The name of a key is not allowed.
    #[error("the name of a log must have no spaces and no plus sign, and at least one character")]
    BadName,
    /// The text is no checkpoint.
    #[error("it is no checkpoint: a signed note with the log's origin, its size and its root")]
    NoCheckpoint,
    /// The key has not signed it.
    #[error("the signature is not that of the key {0}")]
    NotSigned(String),
    /// A tile of the right edge is absent, or has not as many hashes as the size says.
    #[error("{path} has {found} bytes, and a log of {size} leaves has {expected} there")]
    WrongTile {
        /// Which tile.
        path: String,
        /// The size of the log.
        size: u64,
        /// How long the tile should be.
        expected: usize,
        /// How long it is.
        found: usize,
    },
    /// The system gave no random numbers, or refused to sign.
    #[error("the system's cryptography failed: try again")]
    Cryptography,
}
