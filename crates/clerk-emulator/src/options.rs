//! How an emulator is to be started.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use url::Url;

use crate::seed::Seed;
use crate::world::settings::Environment;

/// What to start: by default a development instance with the demo seed on a free port of the loopback.
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) listen: SocketAddr,
    pub(crate) seed: Seed,
    pub(crate) environment: Option<Environment>,
    pub(crate) public_url: Option<Url>,
    pub(crate) record: Option<PathBuf>,
}

impl Options {
    /// The default.
    pub fn new() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            seed: Seed::demo(),
            environment: None,
            public_url: None,
            record: None,
        }
    }

    /// A production instance with the demo seed on a free port of the loopback.
    pub fn production() -> Self {
        Self::new().with_environment(Environment::Production)
    }

    /// Where to listen. Port 0 takes a free one.
    #[must_use]
    pub const fn with_listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// The world at its beginning.
    #[must_use]
    pub fn with_seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// The kind of instance, whatever the seed says.
    #[must_use]
    pub const fn with_environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// The origin under which others reach it: `iss` of its tokens, and the host in its publishable key.
    #[must_use]
    pub fn with_public_url(mut self, url: Url) -> Self {
        self.public_url = Some(url);
        self
    }

    /// A file to which every exchange is appended, bodies included, as a line of JSON. Without this, the one that the
    /// environment variable `CLERK_EMULATOR_RECORD` names, if any.
    #[must_use]
    pub fn with_record(mut self, file: PathBuf) -> Self {
        self.record = Some(file);
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}
