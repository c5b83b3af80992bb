//! Why the transparency log does not go on.

/// Why a round of the sequencer failed. Each in one line; those that need a person say what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EvidenceError {
    /// The database did not do what it was asked for. It may the next time.
    #[error("the database refused a round of the transparency log: {0}")]
    Database(#[from] sqlx::Error),
    /// The database gave no answer in time.
    #[error("the database gave no answer to a round of the transparency log in time")]
    NoAnswer,
    /// The connection could not be opened.
    #[error(transparent)]
    Connection(#[from] crate::database::DatabaseError),
    /// This server has another key, or another origin.
    #[error(
        "epoch {epoch} of the transparency log has the verifier key {expected}, and this server's is {own}: give all servers the \
         key of that epoch (HEMERA_AUDIT__KEY_FILE, HEMERA_AUDIT__ORIGIN), or begin a new epoch with `hemera-api audit restart`"
    )]
    AnotherKey {
        epoch: i32,
        expected: String,
        own: String,
    },
    /// The tree is not what its newest checkpoint states.
    #[error(
        "the transparency log of epoch {epoch} is not what its newest checkpoint states ({problem}): no further record is \
         signed. Run `hemera-api audit verify`, find out who changed it, and then begin a new epoch with `hemera-api audit restart`"
    )]
    Damaged { epoch: i32, problem: String },
    /// A checkpoint that was exported has more leaves than the log: records were lost.
    #[error(
        "the checkpoint in {file} states {exported} leaves of epoch {epoch}, and the database has {size}: records were lost, as \
         after a restore. Begin a new epoch with `hemera-api audit restart --reason TEXT`"
    )]
    RecordsLost {
        file: String,
        epoch: i32,
        exported: u64,
        size: u64,
    },
    /// A checkpoint cannot be made or read.
    #[error("a checkpoint cannot be made: {0}")]
    Log(#[from] transparency_log::Error),
}

impl EvidenceError {
    /// Whether only a person can mend it.
    pub(super) fn needs_a_person(&self) -> bool {
        matches!(
            self,
            Self::AnotherKey { .. } | Self::Damaged { .. } | Self::RecordsLost { .. }
        )
    }
}
