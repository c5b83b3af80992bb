//! Every limit of the contract, once.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Characters of an id.
pub const ID_CHARS: RangeInclusive<usize> = 1..=64;
/// Characters of an `X-Request-ID` that is kept; any other is replaced.
pub const REQUEST_ID_CHARS: RangeInclusive<usize> = 1..=128;
/// Rows of a page that `limit` may ask for.
pub const PAGE_LIMIT: RangeInclusive<u32> = 1..=500;
/// Rows of a page where `limit` is not given.
pub const DEFAULT_PAGE_LIMIT: u32 = 100;
/// Rows that may be skipped with `offset`.
pub const PAGE_OFFSET: RangeInclusive<u32> = 0..=1_000_000;
/// Unicode scalar values of `resultOutcome` and of `resultNotes`.
pub const RESULT_TEXT_CHARS: usize = 2_000;
/// Bytes of a request body, where the row of its operation says no other limit.
pub const BODY_BYTES: usize = 64 * 1024;
/// Bytes of a request body with the results of many participations.
pub const RESULTS_BODY_BYTES: usize = 1024 * 1024;
/// Updates in a request body with the results of many participations.
pub const RESULTS_ITEMS: RangeInclusive<usize> = 1..=100;
/// Updates that count as one request in the rate limit; a part of so many counts as one, too.
pub const RESULTS_ITEMS_PER_COUNTED_REQUEST: usize = 50;
/// Days that `usage` looks back.
pub const USAGE_DAYS: RangeInclusive<u32> = 1..=90;
/// Days that `usage` looks back where `days` is not given.
pub const DEFAULT_USAGE_DAYS: u32 = 7;

/// The window that the quotas below are counted in.
pub const RATE_WINDOW: Duration = Duration::from_mins(1);
/// Requests an `api-client` may send in a window.
pub const API_CLIENT_RATE: u32 = 100;
/// Requests an `api-client` may send together.
pub const API_CLIENT_BURST: u32 = 20;
/// Requests an `admin` may send in a window.
pub const ADMIN_RATE: u32 = 200;
/// Requests an `admin` may send together.
pub const ADMIN_BURST: u32 = 40;
