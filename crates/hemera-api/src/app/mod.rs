//! The app: built from a configuration and a clock, run until it is asked to stop.

mod background;
mod metrics_listener;
mod readings;
mod reload;
pub mod telemetry;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::tls_rustls::RustlsConfig;
use freshness::Clock;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::academy::identity::{Identity, Pseudonyms};
use crate::academy::participations::Writers;
use crate::app::background::Background;
use crate::app::metrics_listener::MetricsListener;
use crate::app::readings::Readings;
pub use crate::app::reload::Secrets;
use crate::audit::{self, Audit, AuditTasks};
use crate::auth::Authenticator;
use crate::config::{Config, HttpConfig, IdentityConfig, ServiceKeyConfig};
use crate::database::{self, Database, DatabaseError, Deadlines};
use crate::evidence::{Sequencer, SequencerSettings};
use crate::http::allow_list::AllowList;
use crate::http::connections::{self, OpenConnections};
use crate::http::help::HelpLinks;
use crate::http::router::router;
use crate::http::server;
use crate::http::shutdown::Stop;
use crate::http::state::{AppState, Settings, Shared};
use crate::http::tls::{self, TlsError};
use crate::limit::Limiter;
use crate::metrics::{CountedKey, Metrics};
use crate::security::{Security, SecurityEvent};

/// Why a server did not start, or did not go on. Each in one line, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address} ({}): {}", .cause.kind(), remedy_of_listening(.cause, setting))]
    Listen {
        /// The setting that says so.
        setting: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system said.
        cause: io::Error,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No client for Clerk can be made.
    #[error("no client for Clerk can be made ({0}): check CLERK_API_URL")]
    Clerk(clerk::Error),
    /// No client for the shared store of the rate limits can be made.
    #[error(
        "no client for the shared store of the rate limits can be made ({0}): check HEMERA_LIMITS__STORE"
    )]
    LimitStore(#[from] redis::RedisError),
    /// The server ended on its own.
    #[error("the server ended on its own ({0}): see the log")]
    Serve(io::Error),
}

/// How long a stopping server goes on writing audit records that wait. What is left then is in the log.
const AUDIT_DEADLINE: Duration = Duration::from_secs(10);

/// How long a server that cut connections still waits for their requests.
const CUT_PATIENCE: Duration = Duration::from_secs(1);

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Connections that were cut off with their requests, because the drain deadline passed or it was asked to stop twice.
    pub cut_off: usize,
    /// Audit records that could not be stored. They are in the log.
    pub unrecorded: usize,
}

impl Ended {
    /// Whether every request that had begun was answered, and recorded.
    pub fn is_clean(&self) -> bool {
        self.cut_off == 0 && self.unrecorded == 0
    }
}

/// A server that listens, and does not answer yet.
#[derive(Debug)]
pub struct App {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    state: AppState,
    audit: AuditTasks,
    sequencer: Sequencer,
    secrets: Secrets,
    http: HttpConfig,
    tls: Option<RustlsConfig>,
    /// How often what idle callers leave behind is cleared away.
    limits_window: Duration,
    metrics: Option<MetricsListener>,
}

impl App {
    /// Listens, and checks that the database can be used.
    ///
    /// # Errors
    /// [`StartError`], each in one line.
    pub async fn build(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let certificate = config.http.tls.as_ref().map(tls::load).transpose()?;
        if let Some(files) = &config.http.tls {
            tls::check_dates(files, clock.as_ref())?;
        }
        let listener = listen(config.http.listen, "HEMERA_HTTP__LISTEN")?;
        let address = listener.local_addr().map_err(StartError::Serve)?;
        let metrics = config.metrics.listen.map(listen_for_metrics).transpose()?;
        // First: behind a pooler that loses statements, the other checks fail with something else.
        database::check_pooler(&config.database.url).await?;
        database::check_schema(&config.database.url).await?;
        Deadlines::below(config.http.handler_timeout)
            .check(&config.database.url)
            .await?;
        connections::warn_if_too_few(config);
        let (state, audit) = shared_state(config, clock).await?;
        let router = router(&state, &config.cors);
        let sequencer = Sequencer::start(&SequencerSettings {
            database: state.database.login(),
            audit: &config.evidence,
            metrics: state.metrics.evidence.clone(),
        });
        let tls = certificate
            .as_ref()
            .map(|certificate| RustlsConfig::from_config(Arc::clone(&certificate.server)));
        let secrets = Secrets::of(config, &state, tls.clone().zip(certificate));
        Ok(Self {
            listener,
            address,
            router,
            state,
            audit,
            sequencer,
            secrets,
            http: config.http.clone(),
            tls,
            limits_window: config.limits.window,
            metrics,
        })
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How it is called: `https://` where it has a certificate.
    pub fn origin(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The address that the metrics are read at, where there is one.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(MetricsListener::address)
    }

    /// The routes with all their layers, to be called without a connection.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// The secrets that are given as files, to have them read again.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The connections to the database.
    pub fn database(&self) -> &Database {
        &self.state.database
    }

    /// Answers requests until it is asked to stop, then writes the audit records that wait.
    ///
    /// # Errors
    /// Where the server ended on its own.
    pub async fn run(self, stop: &Stop) -> Result<Ended, StartError> {
        let background = Background::start(&self.state, &self.secrets, self.limits_window);
        let metrics = self
            .metrics
            .map(|listener| listener.start(self.state.clone(), &self.http));
        let metrics_of_connections = self.state.metrics.connections.clone();
        let connections =
            OpenConnections::of_callers(&self.http, metrics_of_connections, Arc::clone(&self.state.clock));
        let served = server::serve(
            self.listener,
            self.router,
            &self.http,
            self.tls,
            &connections,
            stop,
        )
        .await;
        drop((background, metrics));
        let patience = match served {
            Ok(0) => self.http.handler_timeout,
            _ => CUT_PATIENCE,
        };
        let unrecorded = settle(&self.state, self.audit, self.sequencer, patience, stop).await;
        let cut_off = served.map_err(StartError::Serve)?;
        Ok(Ended { cut_off, unrecorded })
    }

    /// Ends an app that was only asked through its [`router`](Self::router): writes the audit records that wait,
    /// and returns how many records could not be stored.
    pub async fn finish(self) -> usize {
        settle(
            &self.state,
            self.audit,
            self.sequencer,
            self.http.handler_timeout,
            &Stop::new(),
        )
        .await
    }
}

/// Waits for requests whose callers have gone, then writes the audit records that wait. After a second request to stop,
/// each wait lasts a second at most: what the database takes in that time is stored.
async fn settle(
    state: &AppState,
    audit: AuditTasks,
    sequencer: Sequencer,
    patience: Duration,
    stop: &Stop,
) -> usize {
    state.tasks.close();
    tokio::select! {
        () = state.tasks.wait() => {}
        () = tokio::time::sleep(patience) => {}
        () = after_second_request(stop) => {}
    }
    if !state.tasks.is_empty() {
        tracing::warn!(requests = state.tasks.len(), "requests are still under way");
    }
    let deadline = || async {
        tokio::select! {
            () = tokio::time::sleep(AUDIT_DEADLINE) => {}
            () = after_second_request(stop) => {}
        }
    };
    let unrecorded = audit.finish(deadline()).await;
    sequencer.finish(deadline()).await;
    state.database.close();
    unrecorded
}

async fn after_second_request(stop: &Stop) {
    stop.asked_twice().await;
    tokio::time::sleep(CUT_PATIENCE).await;
}

/// What to do about an address that the system does not give.
fn remedy_of_listening(cause: &io::Error, setting: &str) -> String {
    match cause.kind() {
        io::ErrorKind::AddrInUse => format!("stop what listens there, or set {setting} to another address"),
        io::ErrorKind::AddrNotAvailable => format!("set {setting} to an address that this machine has"),
        io::ErrorKind::PermissionDenied => {
            format!("set {setting} to a port above 1023, or give this user the right to take lower ones")
        }
        _ => format!("set {setting} to another address"),
    }
}

fn listen(address: SocketAddr, setting: &'static str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|cause| StartError::Listen {
        setting,
        address,
        cause,
    })
}

fn listen_for_metrics(address: SocketAddr) -> Result<MetricsListener, StartError> {
    let listener = listen(address, "HEMERA_METRICS__LISTEN")?;
    let address = listener.local_addr().map_err(StartError::Serve)?;
    Ok(MetricsListener::new(listener, address))
}

async fn shared_state(config: &Config, clock: Arc<dyn Clock>) -> Result<(AppState, AuditTasks), StartError> {
    let mut metrics = Metrics::new(
        &counted_keys(&config.service_keys),
        SecurityEvent::ALL.map(SecurityEvent::name),
    );
    let authenticator = Authenticator::build(config, &metrics.roles, &clock).map_err(StartError::Clerk)?;
    let database = Database::new(&config.database, config.http.handler_timeout);
    let (audit, audit_tasks) = Audit::start(
        &database,
        Arc::clone(&clock),
        audit::QUEUE_TIMEOUT,
        metrics.audit.clone(),
    );
    let limiter = Arc::new(Limiter::start(&config.limits, &clock).await?);
    metrics.add(Readings {
        database: database.clone(),
        audit: audit.clone(),
        keys: authenticator.keys().clone(),
        limiter: Arc::clone(&limiter),
    });
    let security = Security::new(
        &config.security,
        database.clone(),
        metrics.security.clone(),
        Arc::clone(&clock),
    );
    let state = AppState::new(Shared {
        security,
        audit,
        metrics,
        identity: identity(&config.identity),
        allow_list: AllowList::new(&config.http.allowed_clients),
        help: HelpLinks::to(config.http.documentation_url.as_ref()),
        authenticator,
        limiter,
        gate: Semaphore::new(config.http.concurrency),
        tasks: TaskTracker::new(),
        settings: Settings {
            body_timeout: config.http.body_timeout,
            handler_timeout: config.http.handler_timeout,
            trusted_proxies: config.http.trusted_proxies,
            is_tls: config.http.tls.is_some(),
            docs: config.http.docs,
        },
        database,
        writers: Writers::default(),
        clock,
    });
    Ok((state, audit_tasks))
}

fn counted_keys(configured: &[ServiceKeyConfig]) -> Vec<CountedKey<'_>> {
    let keys = configured.iter().map(|key| CountedKey {
        name: &key.name,
        expires: key.expires.map(Into::into),
    });
    keys.collect()
}

fn identity(config: &IdentityConfig) -> Identity {
    match config {
        IdentityConfig::Full => Identity::Full,
        IdentityConfig::Pseudonymous { key } => Identity::Pseudonymous(Pseudonyms::new(key)),
    }
}
