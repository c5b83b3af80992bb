//! Tiles: 256 hashes of one level of the tree, beside each other.

use crate::Hash;

/// The bytes of a hash.
pub const HASH_SIZE: usize = tlog_tiles::HASH_SIZE;

/// The hashes of a full tile.
pub const TILE_HASHES: usize = 256;

/// Which tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// 0: the hashes of leaves; each further level has the roots of full tiles of the level below.
    pub level: u8,
    /// Which of its level, from 0.
    pub index: u64,
}

/// A tile with its hashes: 256, or fewer where it is the last of its level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Which tile.
    pub id: TileId,
    /// The hashes, one after the other.
    pub bytes: Vec<u8>,
}

impl TileId {
    /// The path of the tile with so many hashes, `tile/<L>/<N>` or `tile/<L>/<N>.p/<W>`.
    pub fn path(self, width: usize) -> String {
        format!("tile/{}/{}", self.level, numbered(self.index, width))
    }

    /// How many hashes the tile has in a tree of so many leaves.
    pub fn width(self, size: u64) -> usize {
        let hashes = size.checked_shr(8 * u32::from(self.level)).unwrap_or(0);
        let before = self.index.saturating_mul(TILE_HASHES as u64);
        usize::try_from(hashes.saturating_sub(before)).map_or(TILE_HASHES, |width| width.min(TILE_HASHES))
    }
}

impl Tile {
    /// How many hashes it has.
    pub fn width(&self) -> usize {
        self.bytes.len() / HASH_SIZE
    }

    /// Its hashes.
    pub fn hashes(&self) -> impl Iterator<Item = Hash> {
        self.bytes.as_chunks().0.iter().copied()
    }
}

/// The path of the entries of a tile of level 0: `tile/entries/<N>` or `tile/entries/<N>.p/<W>`.
pub fn bundle_path(index: u64, width: usize) -> String {
    format!("tile/entries/{}", numbered(index, width))
}

/// The tiles of the right edge of a tree: the last of each level that is not full. With them a tree can be continued.
pub fn right_edge(size: u64) -> impl Iterator<Item = (TileId, usize)> {
    (0..8_u8).filter_map(move |level| {
        let index = size >> (8 * u32::from(level)) >> 8;
        let id = TileId { level, index };
        let width = id.width(size);
        (width > 0).then_some((id, width))
    })
}

/// A number in the form of tlog-tiles: groups of three digits, with an x before all but the last.
fn numbered(index: u64, width: usize) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    if width < TILE_HASHES {
        path = format!("{path}.p/{width}");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_tlog_tiles() {
        let id = |level, index| TileId { level, index };
        assert_eq!(id(0, 1_234_067).path(256), "tile/0/x001/x234/067");
        assert_eq!(id(1, 5).path(112), "tile/1/005.p/112");
        assert_eq!(bundle_path(1000, 256), "tile/entries/x001/000");
    }

    /// The example of tlog-tiles: a tree of 70,000 leaves.
    #[test]
    fn a_tree_of_70000_leaves_has_three_tiles_at_its_right_edge() {
        let edge: Vec<_> = right_edge(70_000).map(|(id, width)| id.path(width)).collect();
        assert_eq!(edge, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
        assert_eq!(TileId { level: 0, index: 272 }.width(70_000), 256);
        assert_eq!(TileId { level: 0, index: 274 }.width(70_000), 0);
    }
}
