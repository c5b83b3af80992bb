//! Work that blocks, on a thread that may.

/// The runtime was shut down before the work began.
#[derive(Debug)]
pub(crate) struct Stopped;

/// Runs what blocks on a thread that may. Once begun, it runs to its end even if the caller is cancelled.
pub(crate) async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Stopped> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Stopped.into()),
        },
    }
}
