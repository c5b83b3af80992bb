//! What a cell asks of the outside: one value, and how long it lives.

use std::{error::Error, time::Duration};

/// What a load brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loaded<T> {
    /// The value itself.
    pub value: T,
    /// How long it may be used, counted from *before* the load was sent: the time on the wire is part of its
    /// life. `None` means for ever. For a JWT this is `exp − iat`, which no skewed clock can bend.
    pub lifetime: Option<Duration>,
}

impl<T> Loaded<T> {
    /// A value that may be used for `lifetime`, counted from before the load was sent.
    pub fn living(value: T, lifetime: Duration) -> Self {
        Self {
            value,
            lifetime: Some(lifetime),
        }
    }

    /// A value that never ages.
    pub fn for_ever(value: T) -> Self {
        Self {
            value,
            lifetime: None,
        }
    }
}

/// How a cell gets its value.
///
/// Implemented by any `Fn() -> impl Future<Output = Result<Loaded<V>, E>>`, and by hand where the type must
/// have a name or the error knows when to ask again:
///
/// ```
/// use std::time::Duration;
/// use freshness::{Load, Loaded};
///
/// # #[derive(Debug)] struct Refused { retry_after: Option<Duration> }
/// # impl std::fmt::Display for Refused {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("refused") }
/// # }
/// # impl std::error::Error for Refused {}
/// struct KeySetSource;
///
/// impl Load for KeySetSource {
///     type Value = &'static str;
///     type Error = Refused;
///
///     async fn load(&self) -> Result<Loaded<Self::Value>, Refused> {
///         Ok(Loaded::living("the keys", Duration::from_secs(300)))
///     }
///
///     fn wait_after(&self, error: &Refused) -> Option<Duration> {
///         error.retry_after
///     }
///
///     fn what(&self) -> &'static str {
///         "key set"
///     }
/// }
/// ```
pub trait Load: Send + Sync + 'static {
    /// What is kept. It is cloned for every caller, so make the clone cheap: an [`Arc`](std::sync::Arc).
    type Value: Clone + Send + Sync + 'static;
    /// Why nothing was learnt. Bad news (no such user) is an answer and belongs into the value; as an error it
    /// would leave the old value in use. What it displays is logged.
    type Error: Error + Send + Sync + 'static;

    /// Loads the value once. The cell calls it in a task of its own, one at a time, and ends it at the policy's
    /// flight deadline; it may be dropped at any await.
    fn load(&self) -> impl Future<Output = Result<Loaded<Self::Value>, Self::Error>> + Send;

    /// How long the other side asked to be left alone (`Retry-After`), if it did. The cell waits at least that
    /// long, but no longer than the policy's longest wait, and never less than its cool-down.
    fn wait_after(&self, error: &Self::Error) -> Option<Duration> {
        let _ = error;
        None
    }

    /// What is loaded, for log lines.
    fn what(&self) -> &'static str {
        "value"
    }
}

impl<F, Flight, V, E> Load for F
where
    F: Fn() -> Flight + Send + Sync + 'static,
    Flight: Future<Output = Result<Loaded<V>, E>> + Send,
    V: Clone + Send + Sync + 'static,
    E: Error + Send + Sync + 'static,
{
    type Value = V;
    type Error = E;

    fn load(&self) -> impl Future<Output = Result<Loaded<V>, E>> + Send {
        self()
    }
}
