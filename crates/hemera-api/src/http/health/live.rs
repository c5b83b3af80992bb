//! Does the process live?

/// Says so. Depends on nothing: a database that is down is no reason to restart the process.
pub(crate) async fn live() -> &'static str {
    "live\n"
}
