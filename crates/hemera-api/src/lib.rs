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

pub mod access;
mod allow_list;
pub mod app;
pub mod audit;
pub mod auth;
mod background;
pub mod cli;
pub mod config;
mod cors;
pub mod courses;
pub mod database;
mod docs;
pub mod error;
pub mod extract;
mod fallback;
mod health;
pub mod identity;
mod layers;
mod limit;
mod metrics;
pub mod migrate;
pub mod openapi;
mod order;
pub mod participations;
pub mod provision;
pub mod public;
pub mod respond;
pub mod roles;
mod router;
pub mod row;
pub mod server;
pub mod shutdown;
pub mod state;
pub mod telemetry;
mod tls;
pub mod usage;
