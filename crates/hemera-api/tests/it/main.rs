//! Behaviour of the server, seen from outside: real router, real PostgreSQL, and a real HTTP server for Clerk.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod academy;
mod access_table;
mod answers;
mod audit;
mod bad_credentials;
mod behaviour;
mod check_order;
mod clerk_commands;
mod clerk_outage;
mod command_line;
mod compression;
mod config;
mod cors;
mod courses;
mod credentials;
mod database_faults;
mod deployment;
mod edges;
mod error_shape;
mod evidence;
mod health;
mod hostile_input;
mod id_tokens;
mod leaving;
mod limits;
mod machine_tokens;
mod methods;
mod metrics;
mod migrations;
mod openapi;
mod paced_client;
mod participations;
mod promises;
mod recipe;
mod reload;
mod request_ids;
mod role_sources;
mod roles;
mod security_events;
mod service_keys;
mod shut_out;
mod shutdown;
mod slow_clients;
mod support;
mod trace_ids;
mod usage;
