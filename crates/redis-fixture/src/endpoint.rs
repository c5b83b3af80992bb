//! Where a Redis listens, and the password that it wants.

use std::fmt::Write as _;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{Ipv4Addr, TcpListener};

use crate::Error;

/// Below the ports that systems give to outgoing connections: one of those must not take the port of a Redis that is
/// stopped for a while.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
const TRIES: u32 = 200;

/// A loopback port and a password.
#[derive(Clone)]
pub(crate) struct Endpoint {
    pub(crate) port: u16,
    pub(crate) password: String,
}

impl Endpoint {
    /// A port on which no process listens now.
    pub(crate) fn choose() -> Result<Self, Error> {
        let width = u64::from(PORTS.end - PORTS.start);
        for _ in 0..TRIES {
            let offset = u16::try_from(random() % width).unwrap_or_default();
            let port = PORTS.start + offset;
            if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
                let mut password = String::new();
                for _ in 0..2 {
                    // Writing into a String cannot fail.
                    let _ = write!(password, "{:016x}", random());
                }
                return Ok(Self { port, password });
            }
        }
        Err(Error::NoPort { tries: TRIES })
    }

    /// What `redis-server` reads: loopback, and nothing on disk.
    pub(crate) fn configuration(&self) -> String {
        let Self { port, password } = self;
        format!(
            "bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave \"\"\nappendonly no\ndaemonize no\ndatabases 1\n"
        )
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://:{}@127.0.0.1:{}/0", self.password, self.port)
    }
}

/// 64 unpredictable bits: the keys of a hasher come from the system's source of randomness.
fn random() -> u64 {
    RandomState::new().hash_one(0)
}
