//! HTTP put together: routes, the order of checks, the layers around them, and the server.

pub(crate) mod allow_list;
mod audit_entry;
pub(crate) mod connections;
pub(crate) mod cors;
pub(crate) mod docs;
pub(crate) mod fallback;
pub(crate) mod framing;
pub(crate) mod health;
pub(crate) mod help;
pub(crate) mod layers;
pub(crate) mod observe;
pub mod openapi;
pub(crate) mod order;
pub(crate) mod public;
pub(crate) mod request_log;
pub(crate) mod router;
pub(crate) mod server;
pub(crate) mod shutdown;
pub(crate) mod state;
pub(crate) mod tls;
