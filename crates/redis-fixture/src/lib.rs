//! A private Redis for a test.
//!
//! ```no_run
//! # fn main() -> Result<(), redis_fixture::Error> {
//! let mut redis = redis_fixture::RedisServer::start()?;
//! let url = redis.url(); // redis://:…@127.0.0.1:23417/0, with a random password
//! redis.freeze()?; //      accepts connections, and never answers
//! redis.thaw()?;
//! redis.stop(); //         refuses connections
//! redis.restart()?; //     the same URL again, and empty
//! # Ok(())
//! # }
//! ```
//!
//! A real `redis-server` on a loopback port of its own, without anything on disk. It ends with the value, and with the
//! process that holds it however that ends: a shell that reads a pipe of ours stands over it (`keeper.sh`).
//!
//! Its methods block, for some milliseconds as a rule. For tests only; nothing that ships links it.

mod endpoint;
mod error;
mod keeper;
mod program;
mod server;

pub use self::error::Error;
pub use self::server::RedisServer;
