//! How many rows go into one request.

use aither_client::hemera_types::ResultItem;
use aither_client::hemera_types::bounds::{RESULTS_BODY_BYTES, RESULTS_ITEMS};

/// The size of the body of a request, while items are added.
#[derive(Clone, Copy, Debug)]
pub(super) struct BatchSize {
    items: usize,
    bytes: usize,
}

impl BatchSize {
    pub(super) const EMPTY: Self = Self {
        items: 0,
        bytes: r#"{"updates":[]}"#.len(),
    };

    /// With another item, which is so many bytes as JSON. `None` if the item does not fit.
    pub(super) fn with(self, bytes: usize) -> Option<Self> {
        let comma = usize::from(self.items > 0);
        let next = Self {
            items: self.items + 1,
            bytes: self.bytes + comma + bytes,
        };
        (next.items <= *RESULTS_ITEMS.end() && next.bytes <= RESULTS_BODY_BYTES).then_some(next)
    }
}

/// The item as it is in the body of a request.
pub(super) fn encode(item: &ResultItem) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(bytes: usize) -> usize {
        let mut size = BatchSize::EMPTY;
        let mut items = 0;
        while let Some(next) = size.with(bytes) {
            size = next;
            items += 1;
        }
        items
    }

    #[test]
    fn a_batch_ends_with_its_items_or_with_its_bytes() {
        assert_eq!(filled(200), 100);
        // 1 MiB, of which the items have all but 14 bytes and the commas between them.
        assert_eq!(filled(24_000), 43);
        let all = RESULTS_BODY_BYTES - BatchSize::EMPTY.bytes;
        assert!(BatchSize::EMPTY.with(all).is_some() && BatchSize::EMPTY.with(all + 1).is_none());
    }
}
