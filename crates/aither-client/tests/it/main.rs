//! The promises of the client, tested against a server on a real socket. The clock is set by the tests: nothing waits.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod announced;
#[cfg(feature = "testing")]
mod behaviour;
mod call_info;
mod call_options;
mod circuit;
mod compression;
mod course_stream;
mod deadline;
mod doctor;
mod enrolled;
mod error_chains;
mod errors;
mod expected_version;
mod first_program;
#[cfg(feature = "testing")]
mod in_memory;
mod kept_session;
mod machine;
#[cfg(feature = "prometheus")]
mod many_results;
mod metrics;
mod network;
mod pages;
mod public_paths;
mod refusals_of_clerk;
mod relay;
mod requests;
mod response_cache;
mod responses;
mod retries;
mod retry_budget;
mod secrets;
mod service_user;
mod settings;
mod shared_tokens;
mod sign_in;
mod sign_out;
mod support;
mod throttle;
mod tokens;
mod traces;
mod traffic_model;
mod unauthorized;
mod unless;
