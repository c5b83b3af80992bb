//! The Hemera service API: courses, participations and their results, for machines.
//!
//! From the top; each module uses those below it alone, as `docs/architecture.md` declares:
//!
//! - `cli`: the command line.
//! - `drill`: the runbooks, performed and measured.
//! - `app`: the server, built and run. `admin`: the operator's side, which no request reaches.
//! - `http`: HTTP put together. `layers.rs` has what is around every route, outermost first, `order.rs` the checks of
//!   the contract in its order, `router.rs` the table of operations.
//! - `academy`: the operations, a folder for each resource.
//! - `wire`: what handlers are written with. `audit`: the audit log. `evidence`: the transparency log over it.
//! - `auth`: who calls. `limit`: how often they may. `database`: the pool and the schema.
//! - `metrics`: what is counted. [`config`]: the settings.
//!
//! # To add an operation
//!
//! Each step has its place; where one is left out, the code does not compile or a test names it.
//!
//! 1. Its row in `crates/hemera-types/src/operation/table.rs`: method, path, permissions and the texts for people, as
//!    [`OperationSpec`](hemera_types::OperationSpec) describes them. Routing, checks, CORS, metrics, the documents and the
//!    client's response cache read it.
//! 2. Its types, each with the schema that describes it, in a file in `crates/hemera-types/src` that `lib.rs` there names;
//!    an answer in full in `crates/hemera-types/golden`; and what it takes and gives, in
//!    `crates/hemera-types/src/openapi/operations.rs`.
//! 3. Handler and SQL in a folder of the resource in `crates/hemera-api/src/academy`, which its `mod.rs` names, and its line
//!    in `crates/hemera-api/src/http/router.rs`. Columns that no statement has read before need a grant in
//!    `crates/hemera-api/src/admin/database_roles/grants.sql`.
//! 4. The client's method, in `crates/aither-client/src`.
//! 5. Its tests: how it is asked (`crates/hemera-api/tests/it/support/operations.rs`), which roles it admits
//!    (`crates/hemera-api/tests/it/access_table.rs`), its snapshots (`crates/hemera-api/tests/it/answers`), its golden file
//!    (`crates/hemera-types/tests/it/golden.rs`), and what it does. Once they compile, `cargo xtask db prepare` renews the
//!    descriptions of the statements in `.sqlx`.
//! 6. Its row and its body in `docs/api.md`. `docs/openapi.json` and `docs/clients/typescript/schema.d.ts` are generated:
//!    tests and `cargo xtask conformance` say how.
//!
//! Handlers and statements look like these, which are the operation `usage.get` as it is. A handler takes what it needs
//! through extractors, whose order is that of the checks, and answers with a `Reply` or an `ApiError`:
//!
//! ```text
#![doc = include_str!("academy/usage/get.rs")]
//! ```
//!
//! ```text
#![doc = include_str!("academy/usage/query.rs")]
//! ```

mod academy;
mod admin;
mod app;
mod audit;
mod auth;
mod cli;
pub mod config;
mod database;
mod drill;
mod evidence;
mod http;
mod limit;
mod log_line;
mod metrics;
mod security;
mod version;
mod wire;

pub use self::admin::{database_roles, migrate, provision};
pub use self::app::{App, Ended, Secrets, StartError, telemetry};
pub use self::audit::make_partitions;
pub use self::cli::run;
pub use self::database::{Database, DatabaseError, MigrationLimits, check_schema};
pub use self::http::openapi;
pub use self::http::public::PublicRoute;
pub use self::http::shutdown::Stop;
pub use self::http::tls::TlsError;
