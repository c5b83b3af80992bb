//! A place in the transparency log.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// A leaf of an epoch, written `EPOCH:LEAF`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) epoch: i32,
    pub(crate) leaf: i64,
}

impl Position {
    /// The leaf behind this one, in the same epoch.
    pub(super) fn next(self) -> Self {
        Self {
            leaf: self.leaf.saturating_add(1),
            ..self
        }
    }
}

impl Display for Position {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.epoch, self.leaf)
    }
}

impl FromStr for Position {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const PROBLEM: &str = "must be an epoch and a leaf such as 1:4711; 0:0 is before the first leaf";
        let (epoch, leaf) = text.split_once(':').ok_or(PROBLEM)?;
        let epoch = epoch.parse().ok().filter(|epoch| *epoch >= 0).ok_or(PROBLEM)?;
        let leaf = leaf.parse().ok().filter(|leaf| *leaf >= 0).ok_or(PROBLEM)?;
        Ok(Self { epoch, leaf })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_reads_as_it_is_written() {
        let position = Position { epoch: 2, leaf: 4711 };
        assert_eq!(position.to_string().parse(), Ok(position));
        for text in ["", "1", "1:", ":1", "-1:0", "1:-1", "1:2:3", "a:b"] {
            assert!(text.parse::<Position>().is_err(), "{text}");
        }
    }
}
