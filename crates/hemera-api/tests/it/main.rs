//! Behaviour of the server, seen from outside: real router, real PostgreSQL, and a real HTTP server for Clerk.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod access_table;
mod check_order;
mod clerk_outage;
mod command_line;
mod config;
mod cors;
mod credentials;
mod error_shape;
mod health;
mod limits;
mod methods;
mod request_ids;
mod shutdown;
mod slow_clients;
mod support;
