//! A sync or an import that can kill itself: the tests of this crate run it as a process of its own.
//!
//! `killed_at sync DIRECTORY` or `killed_at import FILE`, with the address of a Hemera in `HEMERA` and a service key in
//! `HEMERA_KEY`. After `KILL_AT` lines of the flows' log it sends itself SIGKILL; without that it ends by itself, and says on
//! standard error how many lines there were and how much memory it took.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aither_client::{HemeraClient, SecretString, StaticServiceKey};
use aither_flows::results::Import;
use aither_flows::sync::Sync;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tracing::{Event, Metadata, Subscriber, span};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    let lines = Arc::new(AtomicU64::new(0));
    let kill_at = std::env::var("KILL_AT").ok().and_then(|text| text.parse().ok());
    let counter = Counter {
        lines: Arc::clone(&lines),
        kill_at,
    };
    tracing_subscriber::registry().with(counter).init();
    match run().await {
        Ok(report) => {
            println!("{report}");
            eprintln!("lines: {}", lines.load(Ordering::SeqCst));
            if let Some(memory) = most_memory() {
                eprintln!("memory: {memory} KiB");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<String, Failure> {
    let variable = |name: &str| std::env::var(name).map_err(|_| format!("set {name}"));
    let key = StaticServiceKey::parse(SecretString::from(variable("HEMERA_KEY")?))?;
    let builder = HemeraClient::builder(variable("HEMERA")?.parse()?, key);
    let hemera = builder.without_pace().without_retry_budget().build()?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["sync", directory] => {
            let sync = Sync::new(hemera, directory).with_full_pass_every(Duration::ZERO);
            Ok(serde_json::to_string(&sync.run().await?)?)
        }
        ["import", file] => Ok(serde_json::to_string(&Import::new(file).run(&hemera).await?)?),
        _ => Err("give `sync DIRECTORY` or `import FILE`".into()),
    }
}

/// Counts the lines of the flows' log, of every level.
struct Counter {
    lines: Arc<AtomicU64>,
    kill_at: Option<u64>,
}

impl<S: Subscriber> Layer<S> for Counter {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target().starts_with("aither_flows")
    }

    fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
        let line = self.lines.fetch_add(1, Ordering::SeqCst) + 1;
        if Some(line) == self.kill_at {
            let _ = kill(Pid::this(), Signal::SIGKILL);
        }
    }

    fn on_new_span(&self, _: &span::Attributes<'_>, _: &span::Id, _: Context<'_, S>) {}
}

/// The most memory that this process has had at once, in KiB, where the system says it.
fn most_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
