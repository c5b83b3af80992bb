//! The least time between two reads of something that may only be so old.

use std::time::Duration;

use super::key::Key;
use super::source::Source;

/// Takes a cool-down. While one lasts, an older value is served: it would stretch the promised age if it were the longer
/// of the two. Chance lengthens it by up to a fifth, so that many servers do not ask in step; half leaves room for that.
pub(super) fn take(
    source: &mut Source,
    key: &Key,
    most: Duration,
    (age, max_age): (&Key, Duration),
) -> Duration {
    let cool_down = source.span(key, Duration::ZERO, most);
    // An age of zero has a fault of its own.
    if !max_age.is_zero() && cool_down > max_age / 2 {
        let problem = format!("must be at most half of {}, or that would not be kept", age.env());
        source.fault(key, &problem);
    }
    cool_down
}
