//! A running emulator, and its controls in process.

mod controls;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

pub use controls::ControlError;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::app::App;
use crate::clock::{Clock, Stamp};
use crate::key::{KeyError, KeyPair};
use crate::key_ring::KeyRing;
use crate::options::Options;
use crate::recorder::{self, Recorder};
use crate::refusal::Refusal;
use crate::seed::SeedError;
use crate::world::World;
use crate::{id, publishable_key, server};

/// The emulator could not be started. The text is one line.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {address}: {source}; choose another address with --listen, or port 0 for a free one"
    )]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The seed cannot be used.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// No key could be made, or the seed's cannot be read.
    #[error("no signing key: {0}; correct signing_key in the file that --seed names, or take it out")]
    Key(#[from] KeyError),
    /// SDKs would refuse a publishable key made from this URL.
    #[error(
        "the public URL {0} must be http or https, an origin without a path, and its host must contain a dot: correct \
         --public-url, such as http://clerk.localhost:4010"
    )]
    PublicUrl(Url),
    /// The record cannot be written.
    #[error(
        "cannot record to {file}: {source}; name a file in a folder that exists and may be written to, with --record or CLERK_EMULATOR_RECORD"
    )]
    Record {
        /// Which file.
        file: String,
        /// Why not.
        source: std::io::Error,
    },
}

/// A running emulator. It ends, with all its connections, when this is dropped.
pub struct ClerkEmulator {
    app: App,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl fmt::Debug for ClerkEmulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClerkEmulator")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Drop for ClerkEmulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl ClerkEmulator {
    /// Listens, makes a key, plants the seed, and serves.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let listen = |source| StartError::Listen {
            address: options.listen,
            source,
        };
        let listener = TcpListener::bind(options.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let issuer = issuer(address, options.public_url.as_ref())?;
        let clock = Clock::new();
        let world = world(&options, issuer, clock.now())?;
        let app = App::new(world, clock, recorder(options.record)?);
        let serving = app.clone();
        let task = tokio::spawn(async move { match server::serve(listener, serving).await {} });
        Ok(Self { app, address, task })
    }

    /// The origin of both APIs, without a slash at the end; also `iss` of its tokens, unless a public URL was given.
    pub fn base_url(&self) -> String {
        format!("http://{}", reachable(self.address))
    }

    /// `iss` of its tokens.
    pub fn issuer(&self) -> String {
        self.app.world().issuer.clone()
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// `sk_test_…` or `sk_live_…`.
    pub fn secret_key(&self) -> String {
        self.app.world().secret_keys.first().cloned().unwrap_or_default()
    }

    /// `pk_test_…` or `pk_live_…`.
    pub fn publishable_key(&self) -> String {
        let world = self.app.world();
        publishable_key::of(&world.issuer, world.settings.environment)
    }

    /// The public half of the signing key as PEM, for `CLERK_JWT_KEY`.
    pub fn jwt_key(&self) -> Result<String, ControlError> {
        Ok(self
            .app
            .world()
            .keys
            .current()
            .public_pem()
            .map_err(Refusal::from)?)
    }

    /// The name of the signing key.
    pub fn kid(&self) -> String {
        self.app.world().keys.current().kid().to_owned()
    }
}

/// An address that can be called: the unspecified one stands for the loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn issuer(address: SocketAddr, public_url: Option<&Url>) -> Result<String, StartError> {
    let Some(url) = public_url else {
        return Ok(format!("http://{}", reachable(address)));
    };
    let dotted = url.host_str().is_some_and(|host| host.contains('.'));
    let plain = url.path() == "/" && url.query().is_none() && url.username().is_empty();
    if !matches!(url.scheme(), "http" | "https") || !dotted || !plain {
        return Err(StartError::PublicUrl(url.clone()));
    }
    Ok(url.origin().ascii_serialization())
}

/// Opens the given file, or else the one that the environment names.
fn recorder(given: Option<PathBuf>) -> Result<Recorder, StartError> {
    let file = given.or_else(recorder::file_of_environment);
    Recorder::open(file.as_deref()).map_err(|source| StartError::Record {
        file: file.unwrap_or_default().display().to_string(),
        source,
    })
}

fn world(options: &Options, issuer: String, now: Stamp) -> Result<World, StartError> {
    let seed = &options.seed;
    let mut settings = seed.instance.clone();
    settings.environment = options.environment.unwrap_or(settings.environment);
    settings.plan = options.plan.unwrap_or(settings.plan);
    if settings.id.is_empty() {
        settings.id = id::object("ins", now);
    }
    let key = match &seed.signing_key {
        Some(pem) => KeyPair::parse(settings.id.clone(), pem)?,
        None if options.shares_key => KeyPair::shared(settings.id.clone())?,
        None => KeyPair::generate(settings.id.clone())?,
    };
    let secret_key = seed
        .secret_key
        .clone()
        .unwrap_or_else(|| format!("sk_{}_emulator", settings.environment.key_word()));
    let mut world = World::new(settings, issuer, vec![secret_key], KeyRing::new(key));
    seed.plant(&mut world, now)?;
    Ok(world)
}
