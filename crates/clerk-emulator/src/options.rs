//! How to start an emulator.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use url::Url;

use crate::seed::Seed;
use crate::world::settings::{Environment, Plan};

/// What to start: by default a development instance with the demo seed on a free port of the loopback.
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) listen: SocketAddr,
    pub(crate) seed: Seed,
    pub(crate) environment: Option<Environment>,
    pub(crate) plan: Option<Plan>,
    pub(crate) public_url: Option<Url>,
    pub(crate) record: Option<PathBuf>,
    pub(crate) shares_key: bool,
}

impl Options {
    /// The default.
    pub fn new() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            seed: Seed::demo(),
            environment: None,
            plan: None,
            public_url: None,
            record: None,
            shares_key: false,
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

    /// The kind of instance; it comes before what the seed says.
    #[must_use]
    pub const fn with_environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// The plan of the instance; it comes before what the seed says.
    #[must_use]
    pub const fn with_plan(mut self, plan: Plan) -> Self {
        self.plan = Some(plan);
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

    /// Signs at first with the key that all emulators of this process with this option share: for tests, since making a
    /// key takes longer than most of them. A key of the seed comes before it.
    #[must_use]
    pub const fn with_shared_key(mut self) -> Self {
        self.shares_key = true;
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}
