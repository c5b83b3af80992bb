//! A number of bytes, as people read it.

use std::fmt::{self, Display, Formatter};

/// Bytes, shown in the largest unit that leaves at least 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size(pub(super) i64);

impl Display for Size {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(bytes) = *self;
        let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
        for (unit, name) in units {
            if bytes >= unit {
                return write!(f, "{}.{} {name}", bytes / unit, bytes % unit * 10 / unit);
            }
        }
        write!(f, "{bytes} B")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_shown_in_its_largest_unit() {
        for (bytes, shown) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1536, "1.5 KiB"),
            (5 << 30, "5.0 GiB"),
        ] {
            assert_eq!(Size(bytes).to_string(), shown);
        }
    }
}
