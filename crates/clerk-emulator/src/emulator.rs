//! A running emulator, and its controls in process.

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::app::App;
use crate::clock::{Clock, Stamp};
use crate::fault::Fault;
use crate::forge::{Forgery, forge};
use crate::journal::Entry;
use crate::key::{KeyError, KeyPair};
use crate::key_ring::KeyRing;
use crate::options::Options;
use crate::pattern::Pattern;
use crate::recorder::Recorder;
use crate::refusal::Refusal;
use crate::seed::{Seed, SeedError};
use crate::world::World;
use crate::world::metadata::MetadataChange;
use crate::world::session::Status;
use crate::world::settings::Settings;
use crate::{id, publishable_key, server};

/// The emulator could not be started. The text is one line.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; choose another address, or port 0 for a free one")]
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
    #[error("no signing key: {0}")]
    Key(#[from] KeyError),
    /// SDKs would refuse a publishable key made from this URL.
    #[error(
        "the public URL {0} must be http or https, an origin without a path, and its host must contain a dot"
    )]
    PublicUrl(Url),
    /// The record cannot be written.
    #[error("cannot record to {file}: {source}; name a file in a folder that exists and may be written to")]
    Record {
        /// Which file.
        file: String,
        /// Why not.
        source: std::io::Error,
    },
}

/// A control was asked for something that is not there.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct ControlError(String);

impl From<Refusal> for ControlError {
    fn from(refusal: Refusal) -> Self {
        Self(refusal.long_message)
    }
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
        let world = world(&options.seed, options.environment, issuer, clock.now())?;
        let app = App::new(world, clock, Recorder::open(options.record)?);
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

    /// What is set in the dashboard.
    pub fn settings(&self) -> Settings {
        self.app.world().settings.clone()
    }

    /// Changes settings while it runs.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.app.world().settings);
    }

    /// The id of the user with this e-mail address.
    pub fn user_id(&self, email: &str) -> Option<String> {
        self.app.world().user_named(email).map(|user| user.id.clone())
    }

    /// Merges public metadata of a user (id or e-mail address), as Clerk's dashboard or API would.
    pub fn merge_public_metadata(
        &self,
        user: &str,
        metadata: Map<String, Value>,
    ) -> Result<(), ControlError> {
        let change = MetadataChange {
            public: Some(metadata),
            ..MetadataChange::default()
        };
        let id = self.known_user(user)?;
        let now = self.app.now();
        self.app.world().merge_metadata(&id, change, now)?;
        Ok(())
    }

    /// Bans or unbans a user (id or e-mail address).
    pub fn set_banned(&self, user: &str, banned: bool) -> Result<(), ControlError> {
        let id = self.known_user(user)?;
        let now = self.app.now();
        self.app.world().set_banned(&id, banned, now)?;
        Ok(())
    }

    /// Locks or unlocks a user (id or e-mail address).
    pub fn set_locked(&self, user: &str, locked: bool) -> Result<(), ControlError> {
        let id = self.known_user(user)?;
        let now = self.app.now();
        self.app.world().set_locked(&id, locked, now)?;
        Ok(())
    }

    /// Deletes a user (id or e-mail address) and its sessions.
    pub fn delete_user(&self, user: &str) -> Result<(), ControlError> {
        let id = self.known_user(user)?;
        self.app.world().delete_user(&id)?;
        Ok(())
    }

    /// Puts a session into a state that no API call brings about.
    pub fn set_session_status(&self, session_id: &str, status: Status) -> Result<(), ControlError> {
        let now = self.app.now();
        self.app.world().session_mut(session_id)?.end(status, now);
        Ok(())
    }

    /// Ends every live session of a user (id or e-mail address) as `status` says.
    pub fn end_sessions_of(&self, user: &str, status: Status) -> Result<(), ControlError> {
        let id = self.known_user(user)?;
        let now = self.app.now();
        self.app.world().end_sessions_of(&id, status, now);
        Ok(())
    }

    /// A one-time ticket of a user (id or e-mail address): what `POST /v1/sign_in_tokens` gives.
    pub fn ticket(&self, user: &str, lifetime: Duration) -> Result<String, ControlError> {
        let id = self.known_user(user)?;
        let now = self.app.now();
        Ok(self.app.world().create_sign_in_token(&id, lifetime, now)?.token)
    }

    /// A good token, or one that is wrong in a chosen way.
    pub fn forge(&self, forgery: &Forgery) -> Result<String, ControlError> {
        Ok(forge(&self.app, forgery)?)
    }

    /// The emulator's time.
    pub fn now(&self) -> SystemTime {
        let millis = self.app.now().millis();
        let distance = Duration::from_millis(millis.unsigned_abs());
        let epoch = SystemTime::UNIX_EPOCH;
        if millis < 0 {
            epoch - distance
        } else {
            epoch + distance
        }
    }

    /// Its clock stands still at `time`.
    pub fn stand_at(&self, time: SystemTime) {
        self.app.clock.stand_at(Stamp::from(time));
    }

    /// Its clock moves forward.
    pub fn advance(&self, span: Duration) {
        self.app.clock.advance(span);
    }

    /// Its clock runs with the system's, this far behind.
    pub fn run_behind(&self, span: Duration) {
        self.app
            .clock
            .run_ahead(-i64::try_from(span.as_millis()).unwrap_or(i64::MAX));
    }

    /// Its clock runs with the system's, this far ahead.
    pub fn run_ahead(&self, span: Duration) {
        self.app
            .clock
            .run_ahead(i64::try_from(span.as_millis()).unwrap_or(i64::MAX));
    }

    /// Puts a fault in force.
    pub fn add_fault(&self, fault: Fault) {
        self.app.faults.add(fault);
    }

    /// Ends all faults, and lets held requests go.
    pub fn clear_faults(&self) {
        self.app.faults.clear();
    }

    /// Signs with a new key from now on. With `same_kid` it takes the old one's name and the old one is gone; else
    /// the old one stays in the key set.
    pub fn rotate_key(&self, same_kid: bool) -> Result<(), ControlError> {
        let now = self.app.now();
        Ok(self
            .app
            .world()
            .keys
            .rotate(same_kid, now)
            .map_err(Refusal::from)?)
    }

    /// Takes earlier keys out of the key set.
    pub fn withdraw_previous_keys(&self) {
        self.app.world().keys.withdraw_previous();
    }

    /// What was asked, in order: `path` is a pattern (`*` one segment, a last `**` any number).
    pub fn journal(&self, method: &str, path: &str) -> Vec<Entry> {
        self.app.journal.entries(Some(method), &Pattern::new(path))
    }

    /// Forgets what was asked.
    pub fn clear_journal(&self) {
        self.app.journal.clear();
    }

    /// As it was at the start: world, clock, faults, journal.
    pub fn reset(&self) {
        self.app.reset();
    }

    fn known_user(&self, name: &str) -> Result<String, ControlError> {
        self.user_id(name)
            .ok_or_else(|| ControlError(format!("there is no user {name}")))
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

fn world(
    seed: &Seed,
    environment: Option<crate::Environment>,
    issuer: String,
    now: Stamp,
) -> Result<World, StartError> {
    let mut settings = seed.instance.clone();
    settings.environment = environment.unwrap_or(settings.environment);
    if settings.id.is_empty() {
        settings.id = id::object("ins", now);
    }
    let key = match &seed.signing_key {
        Some(pem) => KeyPair::parse(settings.id.clone(), pem)?,
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
