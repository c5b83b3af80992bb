//! The W3C trace context: which requests belong together, over all processes that they pass.

use std::fmt;
use std::num::{NonZeroU64, NonZeroU128};

use uuid::Uuid;

/// The length of a header of version 00, and of what every later version begins with.
const LENGTH: usize = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".len();

/// The flag of a caller that records its spans.
const SAMPLED: u8 = 1;

/// The id of a trace: 32 hexadecimal digits, not all zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId(NonZeroU128);

/// The id of a span, one step of a trace: 16 hexadecimal digits, not all zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SpanId(NonZeroU64);

/// The header `traceparent`: the trace that a request belongs to, and the caller's span that it comes from.
///
/// ```
/// use hemera_types::TraceParent;
///
/// let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/// let parent = TraceParent::parse(header.as_bytes()).unwrap();
/// assert_eq!(parent.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
/// assert_eq!(parent.span_id().to_string(), "00f067aa0ba902b7");
/// assert_eq!(parent.to_string(), header);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TraceParent {
    trace_id: TraceId,
    span_id: SpanId,
    is_sampled: bool,
}

impl TraceId {
    /// A new id. Its last seven bytes are random, as W3C wants them for sampling.
    pub fn random() -> Self {
        // A random UUID is never zero: it has its version and variant in it.
        Self(NonZeroU128::new(Uuid::new_v4().as_u128()).unwrap_or(NonZeroU128::MIN))
    }
}

impl SpanId {
    /// A new id.
    pub fn random() -> Self {
        let (half, _) = Uuid::new_v4().as_u64_pair();
        Self(NonZeroU64::new(half).unwrap_or(NonZeroU64::MIN))
    }
}

impl TraceParent {
    /// The first span of a new trace, of which the caller records nothing but its log.
    pub fn begin() -> Self {
        Self {
            trace_id: TraceId::random(),
            span_id: SpanId::random(),
            is_sampled: false,
        }
    }

    /// The header that a caller sent; `None` for a value that W3C wants ignored.
    ///
    /// A later version is read as far as it is like version 00; of the flags, `sampled` alone is kept.
    pub fn parse(header: &[u8]) -> Option<Self> {
        let (known, rest) = header.split_at_checked(LENGTH)?;
        let [version, trace_id, span_id, flags]: [&[u8]; 4] = known
            .split(|byte| *byte == b'-')
            .collect::<Vec<_>>()
            .try_into()
            .ok()?;
        let version = digits::<2>(version)?;
        if version == 0xff || !(rest.is_empty() || (version > 0 && rest[0] == b'-')) {
            return None;
        }
        Some(Self {
            trace_id: TraceId(NonZeroU128::new(digits::<32>(trace_id)?)?),
            span_id: SpanId(u64::try_from(digits::<16>(span_id)?).ok()?.try_into().ok()?),
            is_sampled: digits::<2>(flags)? & u128::from(SAMPLED) != 0,
        })
    }

    /// Another span of the same trace: what a caller sends for a step of its own.
    #[must_use]
    pub fn with_new_span(self) -> Self {
        Self {
            span_id: SpanId::random(),
            ..self
        }
    }

    /// The trace.
    pub fn trace_id(self) -> TraceId {
        self.trace_id
    }

    /// The caller's span.
    pub fn span_id(self) -> SpanId {
        self.span_id
    }
}

/// A number of exactly `N` hexadecimal digits in lower case.
fn digits<const N: usize>(text: &[u8]) -> Option<u128> {
    if text.len() != N {
        return None;
    }
    text.iter().try_fold(0, |number, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u128::from(digit))
    })
}

/// As version 00 of the header.
impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = u8::from(self.is_sampled) * SAMPLED;
        write!(f, "00-{}-{}-{flags:02x}", self.trace_id, self.span_id)
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
