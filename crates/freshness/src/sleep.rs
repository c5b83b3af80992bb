//! Waiting as a parameter, for back-off and pacing.

use std::{fmt, pin::Pin, sync::Arc, time::Duration};

/// Something that can wait.
///
/// Who waits between attempts takes a `Sleep`, so that a test can see what was asked without waiting for it
/// (`RecordedSleep`, feature `test-util`).
pub trait Sleep: fmt::Debug + Send + Sync + 'static {
    /// Completes when `duration` has passed.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

impl<S: Sleep + ?Sized> Sleep for Arc<S> {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        (**self).sleep(duration)
    }
}

/// Waits on the Tokio timer.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioSleep;

impl Sleep for TokioSleep {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(duration))
    }
}
