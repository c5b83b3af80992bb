#![doc = include_str!("../README.md")]

mod bundle;
mod checkpoint;
mod error;
mod key;
mod tile;
mod tree;

pub use bundle::{MAX_ENTRY, push_entry};
pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use error::Error;
pub use key::{SigningKey, VerifierKey};
pub use tile::{HASH_SIZE, TILE_HASHES, Tile, TileId, bundle_path, right_edge};
pub use tree::Tree;

/// A hash of a leaf or of a node.
pub type Hash = [u8; HASH_SIZE];

/// The hash of a leaf: SHA-256 of a zero byte and the leaf.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    tlog_tiles::record_hash(leaf).0
}

/// The hash of a node: SHA-256 of a one and the hashes of its children.
pub(crate) fn node_hash(left: Hash, right: Hash) -> Hash {
    tlog_tiles::node_hash(tlog_tiles::Hash(left), tlog_tiles::Hash(right)).0
}
