//! `hemera-api serve`.

use std::process::ExitCode;
use std::sync::Arc;

use freshness::SystemClock;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::admin::{Console, Failure};
use crate::app::{App, Ended, telemetry};
use crate::config::{Config, Inputs, LogFormat, Summary, Warning};
use crate::http::shutdown::Stop;
use crate::version::{COMMIT, VERSION};

pub(super) async fn run(inputs: &Inputs, console: &Console) -> Result<ExitCode, Failure> {
    // First, so that a SIGHUP never ends the process. One that comes before the server is there counts as soon as it is.
    let mut hangups = signal(SignalKind::hangup())?;
    let (config, summary) = Config::load_with_summary(inputs)?;
    telemetry::subscriber(&config.log, std::io::stderr).try_init()?;
    let stop = Stop::start_on_signals()?;
    let app = App::build(&config, Arc::new(SystemClock)).await?;
    // Not before: a start that fails is one line, which says what to do.
    log_start(&config, &summary);
    announce(&app, config.log.format, console);
    let secrets = app.secrets().clone();
    tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            secrets.ask();
        }
    });
    let ended = app.run(&stop).await?;
    let Ended { cut_off, unrecorded } = ended;
    if ended.is_clean() {
        tracing::info!("hemera-api has stopped: every request was answered and recorded");
        Ok(ExitCode::SUCCESS)
    } else {
        tracing::error!(
            cut_off,
            unrecorded,
            "hemera-api has stopped: connections were cut off, or audit records are in the log alone"
        );
        Ok(ExitCode::FAILURE)
    }
}

/// Which build this is, and its settings: also which tokens count, because the defaults refuse some.
fn log_start(config: &Config, summary: &Summary) {
    let tokens = &config.clerk.tokens;
    let classes: Vec<&str> = tokens.classes.iter().map(|class| class.as_str()).collect();
    tracing::info!(
        version = VERSION,
        commit = COMMIT,
        classes = classes.join(","),
        audience = tokens.audience,
        environment = config.environment.as_str(),
        settings = summary.changed(),
        "hemera-api starts"
    );
    for Warning {
        name,
        problem,
        remedy,
    } in &config.warnings
    {
        tracing::warn!(setting = name, "{name} {problem}: {remedy}");
    }
}

/// Says on standard output where the server listens. Scripts wait for this line, and the log may go elsewhere.
fn announce(app: &App, format: LogFormat, console: &Console) {
    let origin = app.origin();
    let metrics = app
        .metrics_address()
        .map(|address| format!("http://{address}/metrics"));
    match format {
        LogFormat::Pretty => {
            console.print(format_args!("listening on {origin}"));
            if let Some(metrics) = metrics {
                console.print(format_args!("metrics on {metrics}"));
            }
        }
        LogFormat::Json => {
            let message = format!("listening on {origin}");
            console.print(json!({ "message": message, "origin": origin, "metrics": metrics }));
        }
    }
}
