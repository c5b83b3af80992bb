//! A page of a list, as a plain value.

use hemera_types::{Pagination, RequestId, Success, Timestamp};

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// Where they stand in the list. `None` from a server that does not say.
    pub pagination: Option<Pagination>,
    /// When Hemera made the answer, by its own clock. Who polls takes that of the first page, less
    /// five minutes, as the next `updated_since`. Of a page that was read before and confirmed as
    /// unchanged it is the time of the answer that brought it: earlier, which loses nothing.
    pub as_of: Timestamp,
    /// The exchange that brought it.
    pub request_id: RequestId,
}

impl<T> Page<T> {
    /// The `offset` of the next page; `None` at the end of the list.
    pub fn next_offset(&self) -> Option<u32> {
        let at = self.pagination?;
        let read = u32::try_from(self.items.len()).ok()?;
        let next = at.offset.checked_add(read)?;
        (read > 0 && u64::from(next) < at.total).then_some(next)
    }
}

impl<T> From<Success<Vec<T>>> for Page<T> {
    fn from(answer: Success<Vec<T>>) -> Self {
        Self {
            items: answer.data,
            pagination: answer.pagination,
            as_of: answer.meta.timestamp,
            request_id: answer.meta.request_id,
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
    fn an_empty_page_ends_the_list_whatever_the_total_says() {
        assert_eq!(page(0, 4, 5).next_offset(), None);
    }
}
