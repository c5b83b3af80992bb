//! A tree that grows at its right edge.

use crate::error::Error;
use crate::tile::{HASH_SIZE, TILE_HASHES, Tile, TileId, right_edge};
use crate::{Hash, node_hash};

/// A Merkle tree, of which only the right edge is in memory: at most 64 nodes, and one tile a level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// The roots of the perfect subtrees that the leaves make, the largest first: one for each bit of the size.
    perfect: Vec<Hash>,
    /// The tile of each level that is not full, from level 0 on.
    edge: Vec<Vec<u8>>,
}

impl Tree {
    /// A tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The tree of so many leaves, from the tiles that [`right_edge`] names.
    ///
    /// # Errors
    /// [`Error::WrongTile`] for a tile that is absent or has another length.
    pub fn from_right_edge(size: u64, tiles: &[Tile]) -> Result<Self, Error> {
        let mut edge: Vec<Vec<u8>> = Vec::new();
        for (id, width) in right_edge(size) {
            let found = tiles.iter().find(|tile| tile.id == id);
            let bytes = found.map_or_else(Vec::new, |tile| tile.bytes.clone());
            // A later round may have begun to write it, so it may not be longer either.
            if bytes.len() != width * HASH_SIZE {
                return Err(Error::WrongTile {
                    path: id.path(width),
                    size,
                    expected: width * HASH_SIZE,
                    found: bytes.len(),
                });
            }
            edge.resize(usize::from(id.level), Vec::new());
            edge.push(bytes);
        }
        let perfect = edge.iter().rev().flat_map(|bytes| perfect_of(bytes)).collect();
        Ok(Self { size, perfect, edge })
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root: the hash of all of it. Of a tree without leaves, the hash of nothing.
    pub fn root(&self) -> Hash {
        let mut nodes = self.perfect.iter().rev().copied();
        match nodes.next() {
            Some(last) => nodes.fold(last, |right, left| node_hash(left, right)),
            None => tlog_tiles::EMPTY_HASH.0,
        }
    }

    /// Adds leaves, and returns the tiles that are new or longer than before, in order.
    pub fn append(&mut self, leaves: impl IntoIterator<Item = Hash>) -> Vec<Tile> {
        let before = self.size;
        let mut changed = Vec::new();
        for leaf in leaves {
            self.add(leaf, &mut |id, bytes| {
                changed.push(Tile {
                    id,
                    bytes: bytes.to_vec(),
                });
            });
        }
        for (id, width) in right_edge(self.size) {
            if width == id.width(before) {
                continue;
            }
            if let Some(bytes) = self.edge.get(usize::from(id.level)) {
                changed.push(Tile {
                    id,
                    bytes: bytes.clone(),
                });
            }
        }
        changed.sort_unstable_by_key(|tile| tile.id);
        changed
    }

    /// Adds one leaf. `full` gets each tile that it fills.
    pub fn add(&mut self, leaf: Hash, full: &mut dyn FnMut(TileId, &[u8])) {
        let mut hash = leaf;
        let (mut index, mut height) = (self.size, 0_u8);
        self.put(0, index, hash, full);
        while index & 1 == 1 {
            // Each set bit of the size has its subtree.
            let Some(left) = self.perfect.pop() else { break };
            hash = node_hash(left, hash);
            index >>= 1;
            height += 1;
            if height.is_multiple_of(8) {
                self.put(height / 8, index, hash, full);
            }
        }
        self.perfect.push(hash);
        self.size += 1;
    }

    /// A tile of the right edge, as it is to be stored. `None` where it is none, or has no hashes.
    pub fn edge_tile(&self, id: TileId) -> Option<Tile> {
        let bytes = self.edge.get(usize::from(id.level))?.clone();
        let is_edge = id.width(self.size) * HASH_SIZE == bytes.len() && !bytes.is_empty();
        is_edge.then_some(Tile { id, bytes })
    }

    fn put(&mut self, level: u8, index: u64, hash: Hash, full: &mut dyn FnMut(TileId, &[u8])) {
        let place = usize::from(level);
        if self.edge.len() <= place {
            self.edge.resize(place + 1, Vec::new());
        }
        let Some(tile) = self.edge.get_mut(place) else {
            return;
        };
        tile.extend_from_slice(&hash);
        if tile.len() == TILE_HASHES * HASH_SIZE {
            let index = index / TILE_HASHES as u64;
            full(TileId { level, index }, tile);
            tile.clear();
        }
    }
}

/// The roots of the perfect subtrees over the hashes of a tile that is not full, the largest first.
fn perfect_of(bytes: &[u8]) -> Vec<Hash> {
    let (mut hashes, _) = bytes.as_chunks::<HASH_SIZE>();
    let mut roots = Vec::new();
    for bit in (0..8).rev() {
        if hashes.len() >= 1 << bit {
            let (of_root, rest) = hashes.split_at(1 << bit);
            roots.push(perfect_root(of_root));
            hashes = rest;
        }
    }
    roots
}

/// The root over as many hashes as a power of two.
fn perfect_root(hashes: &[Hash]) -> Hash {
    if let [hash] = hashes {
        return *hash;
    }
    let (left, right) = hashes.split_at(hashes.len() / 2);
    node_hash(perfect_root(left), perfect_root(right))
}
