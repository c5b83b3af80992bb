//! Bundles: the entries of a tile of level 0, each after its length.

/// The longest entry that a bundle can hold.
pub const MAX_ENTRY: usize = u16::MAX as usize;

/// Adds an entry to a bundle: two bytes of its length, the greater one first, and the entry. Returns whether it could:
/// an entry over [`MAX_ENTRY`] has no place in a bundle.
#[must_use]
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> bool {
    let Ok(length) = u16::try_from(entry.len()) else {
        return false;
    };
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    true
}
