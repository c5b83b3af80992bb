//! Why there is no Redis.

use std::io;

/// Why a Redis did not start, or did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not installed.
    #[error(
        "there is no redis-server on this machine: run `cargo xtask test --install`, or install it yourself \
         (Debian: apt-get install redis-server)"
    )]
    NotInstalled,
    /// It was started and ended again, or did not get ready in time.
    #[error("redis-server did not get ready; look at what it said:\n{said}")]
    NotReady {
        /// Its own words.
        said: String,
    },
    /// No free port was found.
    #[error("no free loopback port was found in {tries} tries: end what keeps so many open")]
    NoPort {
        /// How many were tried.
        tries: u32,
    },
    /// It is stopped.
    #[error("this Redis is stopped: call restart() first")]
    Stopped,
    /// It answered something else than expected.
    #[error("redis-server refused `{command}`: {answer}")]
    Refused {
        /// What it was asked.
        command: &'static str,
        /// What it said.
        answer: String,
    },
    /// The system refused something.
    #[error("{doing} failed ({cause}): is the temporary folder writable, and may processes be started?")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        cause: io::Error,
    },
}

impl Error {
    /// For `map_err`: an error of the system while `doing` something.
    pub(crate) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Io { doing, cause }
    }
}
