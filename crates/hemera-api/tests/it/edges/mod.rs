//! What lets connections and addresses in, or keeps them out, before any credential.

mod addresses;
mod connections;
mod framing;
mod listening;
mod tls;
mod wire;
