//! The binary: settings, one client, the service, and an end in order.

use std::net::TcpListener;
use std::process::ExitCode;

use aither_client::HemeraClient;
use aither_example::{Aither, InvalidKey, LocalKey, Settings, UnknownSetting, serve};
use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};

/// Exit code for settings that are missing or wrong.
const CONFIGURATION: u8 = 3;

/// Why the program ends.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Setting(#[from] UnknownSetting),
    #[error(transparent)]
    Key(#[from] InvalidKey),
    /// Of the settings of the client. The text names each one.
    #[error(transparent)]
    Client(aither_client::Error),
    #[error("cannot listen on {address}: choose another address with --listen")]
    Listen {
        address: std::net::SocketAddr,
        #[source]
        cause: std::io::Error,
    },
    #[error("the service ended by itself: start it again")]
    Served(#[source] std::io::Error),
    #[error("signals cannot be received: start the service again")]
    Signals(#[source] std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let settings = Settings::parse();
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    match run(&settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let cause = std::error::Error::source(&failure).map(|cause| format!(" ({cause})"));
            eprintln!("aither-example: {failure}{}", cause.unwrap_or_default());
            match failure {
                Failure::Setting(_) | Failure::Key(_) | Failure::Client(_) => CONFIGURATION.into(),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

async fn run(settings: &Settings) -> Result<(), Failure> {
    // First of all: a signal that comes while the rest starts must not be lost.
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Signals)?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };

    Settings::check_names(std::env::vars_os().map(|(name, _)| name))?;
    let key = LocalKey::from_environment()?;
    // One client for the whole process. All that it keeps belongs to all its clones: token, pace, retry budget, circuit,
    // connections and response cache. A second client would sign in again and count its calls apart.
    let hemera = HemeraClient::load().map_err(Failure::Client)?;

    let address = settings.listen;
    let cannot_listen = |cause| Failure::Listen { address, cause };
    let listener = TcpListener::bind(address).map_err(cannot_listen)?;
    listener.set_nonblocking(true).map_err(cannot_listen)?;
    let address = listener.local_addr().map_err(cannot_listen)?;
    println!("aither-example: listening on http://{address}");

    let aither = Aither::new(hemera.clone(), key, settings);
    serve(listener, &aither, stop, settings.drain)
        .await
        .map_err(Failure::Served)?;

    // Otherwise the session at Clerk lives on for days. It is no failure of the service if Clerk is away now.
    if let Err(error) = hemera.sign_out().await {
        tracing::warn!(%error, "the session at Clerk stays until it expires");
    }
    tracing::info!("stopped");
    Ok(())
}
