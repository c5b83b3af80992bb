//! The least time between two reads of something that may only be so old.

use std::time::Duration;

use super::setting::{Declared as _, Setting};
use super::source::{Invalid, Source};

/// Reads a cool-down. While one lasts, an older value is served: it would stretch the promised age if it were the longer
/// of the two. Chance lengthens it by up to a fifth, so that many servers do not ask in step; half leaves room for that.
pub(super) fn read(
    source: &mut Source,
    setting: &Setting<Duration>,
    age: &Setting<Duration>,
    max_age: &Result<Duration, Invalid>,
) -> Result<Duration, Invalid> {
    let cool_down = source.read(setting)?;
    match max_age {
        Ok(max_age) if cool_down > *max_age / 2 => {
            let age = age.declaration().env();
            let problem = format!("must be at most half of {age}, or that would not be kept");
            Err(source.refuse(setting, problem))
        }
        _ => Ok(cool_down),
    }
}
