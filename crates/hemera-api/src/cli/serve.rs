//! `hemera-api serve`.

use std::process::ExitCode;
use std::sync::Arc;

use freshness::SystemClock;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::admin::{Console, Failure};
use crate::app::App;
use crate::app::telemetry;
use crate::config::{Config, Inputs};
use crate::http::shutdown::Stop;

pub(super) async fn run(inputs: &Inputs, console: &Console) -> Result<ExitCode, Failure> {
    let config = Config::load(inputs)?;
    telemetry::subscriber(&config.log, std::io::stderr).try_init()?;
    let stop = Stop::start_on_signals()?;
    let classes: Vec<&str> = config
        .clerk
        .tokens
        .classes
        .iter()
        .map(|class| class.as_str())
        .collect();
    tracing::info!(
        classes = classes.join(","),
        audience = config.clerk.tokens.audience,
        "tokens of these classes are accepted"
    );
    let app = App::build(&config, Arc::new(SystemClock)).await?;
    // Scripts wait for this line, and the log may be JSON or redirected.
    console.print(format_args!("listening on {}", app.origin()));
    if let Some(address) = app.metrics_address() {
        console.print(format_args!("metrics on http://{address}/metrics"));
    }
    let ended = app.run(&stop).await?;
    Ok(if ended.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
