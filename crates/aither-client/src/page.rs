//! A page of a list.

use hemera_types::{Pagination, RequestId, Success, Timestamp};

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// The position of the page in the list. `None` if the server does not send it.
    pub pagination: Option<Pagination>,
    /// When Hemera made the response, by its own clock. To poll for changes, use the time of the first page minus five
    /// minutes as the next `updated_since`. A page from the response cache has the time of the original response, which is
    /// earlier, so no change is missed.
    pub as_of: Timestamp,
    /// The request that this page is the response to.
    pub request_id: RequestId,
}

impl<T> Page<T> {
    /// The `offset` of the next page; `None` after the last.
    pub fn next_offset(&self) -> Option<u32> {
        let at = self.pagination?;
        let read = u32::try_from(self.items.len()).ok()?;
        let next = at.offset.checked_add(read)?;
        (read > 0 && u64::from(next) < at.total).then_some(next)
    }
}

impl<T> From<Success<Vec<T>>> for Page<T> {
    fn from(success: Success<Vec<T>>) -> Self {
        Self {
            items: success.data,
            pagination: success.pagination,
            as_of: success.meta.timestamp,
            request_id: success.meta.request_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rows: usize, offset: u32, total: u64) -> Page<usize> {
        Page {
            items: (0..rows).collect(),
            pagination: Some(Pagination {
                total,
                limit: 2,
                offset,
            }),
            as_of: Timestamp::parse("2026-03-15T00:00:00Z").unwrap(),
            request_id: RequestId::accept(b"r").unwrap(),
        }
    }

    #[test]
    fn pages_follow_each_other_to_the_end() {
        assert_eq!(page(2, 0, 5).next_offset(), Some(2));
        assert_eq!(page(2, 2, 5).next_offset(), Some(4));
        assert_eq!(page(1, 4, 5).next_offset(), None);
        assert_eq!(page(2, 0, 2).next_offset(), None);
    }

    #[test]
    fn empty_page_ends_the_list_even_below_the_total() {
        assert_eq!(page(0, 4, 5).next_offset(), None);
    }
}
