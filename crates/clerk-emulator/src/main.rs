//! The binary: runs an emulator until a signal or, with an option, the end of standard input.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use clerk_emulator::{ClerkEmulator, Environment, Options, Plan, Seed};
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

/// A local Clerk: Backend API and Frontend API on one origin, with state, faults and a journal.
///
/// Point programs at it with `CLERK_API_URL` and `CLERK_ISSUER` (both the address it prints) and the two keys it
/// prints. It starts with the users of a small academy; see the crate's README for seeds and for the controls
/// under /__emulator/.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Example:\n  clerk-emulator --listen 127.0.0.1:4010 --production\n  curl -H 'Authorization: Bearer sk_live_emulator' http://127.0.0.1:4010/v1/users\n\nLog lines of each request: RUST_LOG=info\n\nExit codes:\n  0  ended by a signal, or by the end of standard input\n  1  it could not start; a line says what to do\n  2  wrong arguments"
)]
struct Arguments {
    /// Where to listen. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4010")]
    listen: SocketAddr,
    /// A TOML file with the users, templates and settings to begin with.
    #[arg(long, value_name = "FILE.toml")]
    seed: Option<PathBuf>,
    /// Behave as a production instance: no sessions without a sign-in, keys `sk_live_…` and `pk_live_…`.
    #[arg(long)]
    production: bool,
    /// The plan of the instance. On `hobby` a production instance answers 402 to what Clerk documents so: banning, and
    /// writing JWT templates. Without this, the seed's, else `pro`, which includes everything.
    #[arg(long, value_enum)]
    plan: Option<PlanName>,
    /// The origin under which others reach it, if not the address it listens on (`iss` of its tokens).
    #[arg(long, value_name = "URL")]
    public_url: Option<Url>,
    /// A file to append every exchange to, as a line of JSON with the answer's body, and so with its secrets.
    /// Without this, the file that `CLERK_EMULATOR_RECORD` names, if any.
    #[arg(long, value_name = "FILE.jsonl")]
    record: Option<PathBuf>,
    /// Print where it listens and its keys in one line of JSON.
    #[arg(long)]
    json: bool,
    /// Stop when standard input ends: for parents that must not leave it behind.
    #[arg(long)]
    until_stdin_ends: bool,
}

/// A plan as the command line spells it.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum PlanName {
    Hobby,
    Pro,
}

impl From<PlanName> for Plan {
    fn from(name: PlanName) -> Self {
        match name {
            PlanName::Hobby => Self::Hobby,
            PlanName::Pro => Self::Pro,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = match std::env::var("RUST_LOG").as_deref().map(str::trim) {
        Err(_) | Ok("") => Ok("warn".into()),
        Ok(filter) => tracing_subscriber::EnvFilter::try_new(filter),
    };
    let Ok(filter) = filter else {
        eprintln!("clerk-emulator: RUST_LOG must be a filter such as info or clerk_emulator=debug");
        return ExitCode::FAILURE;
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("clerk-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    // Before it prints its address, so that a signal right after is not lost.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut options = Options::new().with_listen(arguments.listen);
    if let Some(path) = &arguments.seed {
        options = options.with_seed(Seed::load(path)?);
    }
    if arguments.production {
        options = options.with_environment(Environment::Production);
    }
    if let Some(plan) = arguments.plan {
        options = options.with_plan(plan.into());
    }
    if let Some(url) = arguments.public_url {
        options = options.with_public_url(url);
    }
    if let Some(file) = arguments.record {
        options = options.with_record(file);
    }
    let emulator = ClerkEmulator::start(options).await?;
    announce(&emulator, arguments.json)?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = stdin_ends(), if arguments.until_stdin_ends => {}
    }
    Ok(())
}

fn announce(emulator: &ClerkEmulator, json: bool) -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    if json {
        let ready = serde_json::json!({
            "base_url": emulator.base_url(),
            "issuer": emulator.issuer(),
            "publishable_key": emulator.publishable_key(),
            "secret_key": emulator.secret_key(),
            "jwt_key": emulator.jwt_key()?,
        });
        writeln!(out, "{ready}")?;
    } else {
        writeln!(out, "listening on {}", emulator.base_url())?;
        writeln!(out, "CLERK_PUBLISHABLE_KEY={}", emulator.publishable_key())?;
        writeln!(out, "CLERK_SECRET_KEY={}", emulator.secret_key())?;
    }
    out.flush()?;
    Ok(())
}

/// Reads on a thread of its own: the runtime's reader would hold up the end of the process.
async fn stdin_ends() {
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 64];
        while std::io::stdin().read(&mut buffer).is_ok_and(|read| read > 0) {}
        let _ = ended.send(());
    });
    let _ = end.await;
}
