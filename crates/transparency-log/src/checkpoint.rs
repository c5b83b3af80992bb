//! Checkpoints: how large a log was and what its root was, signed.

use signed_note::{Note, VerifierList};

use crate::Hash;
use crate::error::Error;
use crate::key::{SigningKey, VerifierKey};
use crate::tree::Tree;

/// How large a log was, and its root then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// How many leaves it had.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// A checkpoint with its signatures, of which none has been verified.
#[derive(Debug, PartialEq)]
pub struct SignedCheckpoint {
    note: Note,
    checkpoint: Checkpoint,
}

impl Checkpoint {
    /// The state of a tree.
    pub fn of(origin: &str, tree: &Tree) -> Self {
        Self {
            origin: origin.to_owned(),
            size: tree.size(),
            root: tree.root(),
        }
    }

    /// Signs it with the key, under the name of its origin.
    ///
    /// # Errors
    /// [`Error::BadName`] for an origin that no checkpoint can have.
    pub fn sign(self, key: &SigningKey) -> Result<SignedCheckpoint, Error> {
        let root = tlog_tiles::Hash(self.root);
        let text = tlog_tiles::Checkpoint::new(&self.origin, self.size, root, "")
            .map_err(|_| Error::BadName)?
            .to_bytes();
        let signature = key.sign(&self.origin, &text)?;
        let note = Note::new(&text, &[signature]).map_err(|_| Error::BadName)?;
        Ok(SignedCheckpoint {
            note,
            checkpoint: self,
        })
    }
}

impl SignedCheckpoint {
    /// Reads the text of a note. Verifies nothing.
    ///
    /// # Errors
    /// [`Error::NoCheckpoint`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let note = Note::from_bytes(text.as_bytes()).map_err(|_| Error::NoCheckpoint)?;
        let parsed = tlog_tiles::Checkpoint::from_bytes(note.text()).map_err(|_| Error::NoCheckpoint)?;
        let checkpoint = Checkpoint {
            origin: parsed.origin().to_owned(),
            size: parsed.size(),
            root: parsed.hash().0,
        };
        Ok(Self { note, checkpoint })
    }

    /// What it states, before any signature was verified.
    pub fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The checkpoint, if the key has signed it and is that of its origin.
    ///
    /// # Errors
    /// [`Error::NotSigned`].
    pub fn verify(&self, key: &VerifierKey) -> Result<&Checkpoint, Error> {
        let known = VerifierList::new(vec![Box::new(key.standard()?)]);
        let is_signed = self.note.verify(&known).is_ok() && self.checkpoint.origin == key.origin();
        if is_signed {
            Ok(&self.checkpoint)
        } else {
            Err(Error::NotSigned(key.as_str().to_owned()))
        }
    }

    /// The text of the note.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.note.to_bytes()).into_owned()
    }
}
