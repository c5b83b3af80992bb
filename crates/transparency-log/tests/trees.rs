//! Trees: known roots, and a naive tree as the witness.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use transparency_log::{Hash, TILE_HASHES, Tile, TileId, Tree, leaf_hash, right_edge};

/// The leaves and roots of the tests of RFC 6962 implementations (certificate-transparency, trillian, sumdb).
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn roots_are_those_of_rfc_6962() {
    let mut tree = Tree::new();
    assert_eq!(
        hex::encode(tree.root()),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "the hash of nothing"
    );
    for (leaf, root) in LEAVES.iter().zip(ROOTS) {
        tree.append([leaf_hash(&hex::decode(leaf).unwrap())]);
        assert_eq!(hex::encode(tree.root()), root);
    }
}

fn leaf(number: u64) -> Hash {
    leaf_hash(&number.to_be_bytes())
}

/// MTH of RFC 6962, by its definition, with hashes of another implementation.
fn naive_root(leaves: &[Hash]) -> Hash {
    if let [one] = leaves {
        return *one;
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    digest.update(&[1]);
    digest.update(&naive_root(left));
    digest.update(&naive_root(right));
    digest.finish().as_ref().try_into().unwrap()
}

/// The tile of tlog-tiles, by its definition.
fn naive_tile(leaves: &[Hash], id: TileId) -> Vec<u8> {
    let span = TILE_HASHES.pow(u32::from(id.level));
    let start = usize::try_from(id.index).unwrap() * TILE_HASHES * span;
    let of_hashes = leaves[start..].chunks_exact(span).take(TILE_HASHES);
    of_hashes.flat_map(naive_root).collect()
}

fn store(stored: &mut BTreeMap<TileId, Vec<u8>>, changed: Vec<Tile>) {
    for tile in changed {
        let before = stored.insert(tile.id, tile.bytes.clone()).unwrap_or_default();
        assert!(tile.bytes.starts_with(&before), "a tile only grows");
        assert!(tile.bytes.len() > before.len(), "what is returned has changed");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Appended in rounds of any size, by a process that remembers nothing between them, the tree is the naive one.
    #[test]
    fn any_rounds_give_the_naive_tree_and_its_tiles(rounds in prop::collection::vec(0..900_u64, 1..6)) {
        let mut stored: BTreeMap<TileId, Vec<u8>> = BTreeMap::new();
        let mut leaves: Vec<Hash> = Vec::new();
        let mut kept = Tree::new();
        for round in rounds {
            let size = leaves.len() as u64;
            let edge: Vec<Tile> = right_edge(size)
                .map(|(id, _)| Tile { id, bytes: stored[&id].clone() })
                .collect();
            let mut tree = Tree::from_right_edge(size, &edge).unwrap();
            prop_assert_eq!(&tree.root(), &kept.root());
            let added: Vec<Hash> = (size..size + round).map(leaf).collect();
            leaves.extend(&added);
            let changed = tree.append(added.iter().copied());
            prop_assert_eq!(&kept.append(added), &changed);
            store(&mut stored, changed);
            if !leaves.is_empty() {
                prop_assert_eq!(tree.root(), naive_root(&leaves));
            }
        }
        for (id, bytes) in &stored {
            prop_assert_eq!(bytes, &naive_tile(&leaves, *id));
            prop_assert_eq!(id.width(leaves.len() as u64) * 32, bytes.len());
        }
    }
}

/// Two levels of tiles above the leaves, and one leaf more.
#[test]
fn a_tree_over_three_levels_continues_from_its_right_edge() {
    let size = 65_537;
    let mut tree = Tree::new();
    let mut stored: BTreeMap<TileId, Vec<u8>> = BTreeMap::new();
    store(&mut stored, tree.append((0..size).map(leaf)));
    let leaves: Vec<Hash> = (0..size).map(leaf).collect();
    assert_eq!(tree.root(), naive_root(&leaves));
    let edge: Vec<Tile> = right_edge(size)
        .map(|(id, _)| Tile {
            id,
            bytes: stored[&id].clone(),
        })
        .collect();
    assert_eq!(edge.len(), 2, "level 1 has no tile that is not full");
    let mut again = Tree::from_right_edge(size, &edge).unwrap();
    assert_eq!(again.root(), tree.root());
    assert_eq!(again.append([leaf(size)]), tree.append([leaf(size)]));
    assert_eq!(again.root(), tree.root());
}

#[test]
fn a_tile_of_another_length_is_refused() {
    let mut tree = Tree::new();
    let mut tiles = tree.append((0..300).map(leaf));
    assert!(Tree::from_right_edge(300, &tiles).is_ok());
    for tile in &mut tiles {
        tile.bytes.truncate(32);
    }
    let error = Tree::from_right_edge(300, &tiles).unwrap_err();
    assert!(error.to_string().contains("tile/0/001.p/44"), "{error}");
    assert!(Tree::from_right_edge(300, &[]).is_err());
}
