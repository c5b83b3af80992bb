//! The Hemera service API: courses, participations and their results, for machines.
//!
//! A request's path is told by two files: `layers.rs` (what is around every route, outermost first) and `order.rs`
//! (the checks of the contract, in its order). `router.rs` is the table of operations.
//!
//! To add an operation: its row in [`hemera_types::Operation`], a folder named by the resource with a file named by
//! the verb, and its line in `router.rs`. A handler takes what it needs and answers with a [`respond::Reply`]:
//!
//! ```text
//! pub(crate) async fn get(
//!     State(state): State<AppState>,
//!     caller: Caller,
//!     ApiPath(id): ApiPath<ParticipationId>,
//! ) -> Result<Reply<Participation>, ApiError> {
//!     let row = query::participation(&state.pool, &id).await?;
//!     let row = row.ok_or_else(|| ApiError::not_found("Participation not found"))?;
//!     let version = row.version;
//!     Ok(Reply::new(row.into_wire(&state.identity)).with_version(version))
//! }
//! ```

mod academy;
mod admin;
mod app;
mod audit;
mod auth;
mod cli;
pub mod config;
mod database;
mod http;
mod limit;
mod metrics;
mod wire;

pub use self::admin::{database_roles, migrate, provision};
pub use self::app::{App, Ended, StartError, telemetry};
pub use self::audit::make_partitions;
pub use self::cli::run;
pub use self::database::{DatabaseError, check_schema};
pub use self::http::access::Access;
pub use self::http::openapi;
pub use self::http::public::PublicRoute;
pub use self::http::shutdown::Stop;
pub use self::http::tls::TlsError;
