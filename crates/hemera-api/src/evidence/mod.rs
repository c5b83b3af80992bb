//! The transparency log over the audit records: their order and content, fixed by signed checkpoints that strangers can
//! hold against the database.
//!
//! - `leaf.rs`: what of a record becomes a leaf, byte for byte.
//! - `query.rs`: SQL of the sequencer.
//! - `round.rs`: one round of it: records become leaves, in one transaction.
//! - `sequencer.rs`: the task that makes the rounds, for as long as a server runs.
//! - `export.rs`: checkpoints on their way out.
//!
//! A record comes into `audit_pending` in the transaction that writes it, and leaves it in the transaction that makes it a
//! leaf. So the order of leaves is that in which records became visible, and a transaction that is held open holds up no
//! other record.

mod error;
mod export;
pub(crate) mod leaf;
mod opening;
mod query;
mod round;
mod sequencer;

pub(crate) use self::error::EvidenceError;
pub(crate) use self::leaf::LeafRecord;
pub(crate) use self::opening::{Opening, Previous, epoch_origin};
pub(crate) use self::round::open_epoch;
pub(crate) use self::sequencer::{Sequencer, SequencerSettings};
