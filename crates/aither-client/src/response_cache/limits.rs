//! How much the response cache holds.

/// The limits of a client's response cache, which lets Hemera answer "not modified" instead of sending a response again.
///
/// Cached responses are personal data: names of participants, results. They are kept in this process's memory only. When
/// a limit is reached, the least recently used response is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseCacheLimits {
    responses: usize,
    bytes: usize,
}

impl ResponseCacheLimits {
    /// At most `responses` responses and at most `bytes` bytes in all of them together. A response that is larger than
    /// `bytes` by itself is not cached.
    pub const fn new(responses: usize, bytes: usize) -> Self {
        Self { responses, bytes }
    }

    /// The maximum number of responses.
    pub const fn responses(self) -> usize {
        self.responses
    }

    /// The maximum size of all responses together in bytes, counted after decompression.
    pub const fn bytes(self) -> usize {
        self.bytes
    }
}

/// 256 responses and 16 MiB: a page of 100 courses takes about 30 kB, a course's materials rarely more than a few
/// hundred.
impl Default for ResponseCacheLimits {
    fn default() -> Self {
        Self::new(256, 16 * 1024 * 1024)
    }
}
