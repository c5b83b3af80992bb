//! A TCP proxy for a test, whose connections can be silenced: they stay open and carry nothing any more, as behind a
//! firewall that has forgotten them. No reset says so.
//!
//! ```no_run
//! # async fn test() -> std::io::Result<()> {
//! let proxy = tcp_fixture::Proxy::start("127.0.0.1:5432").await?;
//! // … connect to `proxy.address()`
//! proxy.silence(); // what is open hangs from here on; new connections work
//! # Ok(())
//! # }
//! ```
//!
//! For tests only; nothing that ships links it.

mod proxy;

pub use self::proxy::Proxy;
