//! The promises of the flows.
