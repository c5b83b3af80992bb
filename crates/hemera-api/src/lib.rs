//! The Hemera service API: courses, participations and their results, for machines.
//!
//! From the top; each module uses those below it alone, as `docs/architecture.md` declares:
//!
//! - `cli`: the command line.
//! - `app`: the server, built and run. `admin`: the operator's side, which no request reaches.
//! - `http`: HTTP put together. `layers.rs` has what is around every route, outermost first, `order.rs` the checks of
//!   the contract in its order, `router.rs` the table of operations.
//! - `academy`: the operations, a folder for each resource.
//! - `wire`: what handlers are written with. `audit`: the audit log.
//! - `auth`: who calls. `limit`: how often they may. `database`: the pool and the schema.
//! - `metrics`: what is counted. [`config`]: the settings.
//!
//! To add an operation: its row in [`hemera_types::Operation`], a folder named by the resource with a file named by
//! the verb, and its line in `router.rs`. A handler takes what it needs and answers with a `Reply`:
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
pub use self::database::{Database, DatabaseError, check_schema};
pub use self::http::openapi;
pub use self::http::public::PublicRoute;
pub use self::http::shutdown::Stop;
pub use self::http::tls::TlsError;
