//! The pace that a client sets for itself.

use std::num::NonZeroU32;

/// How fast a client sends: at most `per_minute` attempts in *any* 60 seconds and at most `burst` in a row, evenly spaced
/// beyond that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    per_minute: NonZeroU32,
    burst: NonZeroU32,
}

impl Pace {
    /// `per_minute` attempts a minute, at most `burst` of them in a row.
    pub const fn new(per_minute: NonZeroU32, burst: NonZeroU32) -> Self {
        Self { per_minute, burst }
    }

    /// Attempts admitted in any 60 seconds.
    pub const fn per_minute(self) -> NonZeroU32 {
        self.per_minute
    }

    /// Attempts admitted at the same moment after a pause.
    pub const fn burst(self) -> NonZeroU32 {
        self.burst
    }
}

/// 96 a minute, 16 in a row: 4 % and 4 requests below what Hemera admits for the service user. That leaves room for
/// requests that the network delays and then delivers together.
impl Default for Pace {
    fn default() -> Self {
        const PER_MINUTE: NonZeroU32 = NonZeroU32::new(96).unwrap();
        const BURST: NonZeroU32 = NonZeroU32::new(16).unwrap();
        Self::new(PER_MINUTE, BURST)
    }
}
