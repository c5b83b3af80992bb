//! Liveness: is the process running?

/// Answers as long as the process runs. Depends on nothing: a database that is down is no reason to restart the process.
pub(crate) async fn live() -> &'static str {
    "live\n"
}
