//! Whole numbers in query strings.

use std::ops::RangeInclusive;

/// Reads digits alone: no sign, no blank, no fraction, no exponent.
///
/// The error names the limits; it is the message of the field's fault.
pub(crate) fn parse(text: &str, range: &RangeInclusive<u32>) -> Result<u32, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { text.parse().ok() } else { None };
    number
        .filter(|number| range.contains(number))
        .ok_or_else(|| format!("must be a whole number from {} to {}", range.start(), range.end()))
}
