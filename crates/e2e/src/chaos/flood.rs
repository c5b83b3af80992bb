//! Requests at a rate, over raw connections, by a process of its own with the least priority: what it needs of the
//! processor is not taken from the server and the callers.

use std::io::{BufRead as _, Write as _};
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use freshness::{Clock as _, SystemClock};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdin, Command};
use tokio::task::JoinSet;

/// Requests that are sent together and then waited for.
const TOGETHER: u32 = 5;
/// How long the process may take to say what it did.
const PATIENCE: Duration = Duration::from_secs(20);

/// A flood, as the process that makes it is asked for it: a credential a line on standard input, an empty line, and it goes
/// on until the input ends.
#[derive(Args, Clone, Debug)]
pub(crate) struct Sender {
    #[arg(long)]
    server: SocketAddr,
    #[arg(long)]
    connections: usize,
    /// Requests a second, over all connections
    #[arg(long)]
    rate: u32,
}

/// A running flood.
#[derive(Debug)]
pub(crate) struct Flood {
    process: Child,
    input: ChildStdin,
}

/// What came of a flood.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct Flooded {
    /// Answers a second.
    pub(crate) rate: f64,
    /// Answers with 500.
    pub(crate) failed: u64,
}

#[derive(Debug, Default)]
struct Counts {
    answered: AtomicU64,
    failed: AtomicU64,
}

impl Flood {
    /// Starts the process.
    pub(crate) async fn start(
        server: SocketAddr,
        credentials: &[String],
        connections: usize,
        rate: u32,
    ) -> anyhow::Result<Self> {
        let mut process = Command::new("nice")
            .args(["-n", "19"])
            .arg(std::env::current_exe()?)
            .args(["flood", "--server", &server.to_string()])
            .args([
                "--connections",
                &connections.to_string(),
                "--rate",
                &rate.to_string(),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("nice cannot be started")?;
        let mut input = process.stdin.take().context("the flood's input is ours")?;
        let credentials = format!("{}\n\n", credentials.join("\n"));
        input.write_all(credentials.as_bytes()).await?;
        Ok(Self { process, input })
    }

    /// Stops it, and gives what came of it.
    pub(crate) async fn stop(self) -> anyhow::Result<Flooded> {
        drop(self.input);
        let said = tokio::time::timeout(PATIENCE, self.process.wait_with_output()).await??;
        serde_json::from_slice(&said.stdout).context("the flood did not say what it did")
    }
}

impl Sender {
    /// Floods until standard input ends, and prints what came of it.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let mut credentials = Vec::new();
        for line in std::io::stdin().lock().lines() {
            let line = line?;
            if line.is_empty() {
                break;
            }
            credentials.push(line);
        }
        let counts = Arc::new(Counts::default());
        let began = SystemClock.now();
        let senders = self.start(&counts, &credentials);
        tokio::task::spawn_blocking(|| std::io::stdin().lock().lines().count()).await?;
        let took = SystemClock.now().since(began);
        drop(senders);
        let answered = u32::try_from(counts.answered.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        let flooded = Flooded {
            rate: f64::from(answered) / took.as_secs_f64().max(0.001),
            failed: counts.failed.load(Ordering::Relaxed),
        };
        writeln!(std::io::stdout(), "{}", serde_json::to_string(&flooded)?)?;
        Ok(())
    }

    fn start(&self, counts: &Arc<Counts>, credentials: &[String]) -> JoinSet<()> {
        let mut senders = JoinSet::new();
        let each = self.rate / u32::try_from(self.connections).unwrap_or(u32::MAX).max(1);
        let every = Duration::from_secs(1) * TOGETHER / each.max(1);
        for credential in credentials.iter().cycle().take(self.connections) {
            let request = format!(
                "GET /api/service/courses HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {credential}\r\n\r\n",
                self.server
            );
            let requests = request.repeat(TOGETHER as usize).into_bytes();
            senders.spawn(send(Arc::clone(counts), self.server, requests, every));
        }
        senders
    }
}

/// Keeps a connection busy, and makes a new one where it ends.
async fn send(counts: Arc<Counts>, server: SocketAddr, requests: Vec<u8>, every: Duration) {
    loop {
        if let Ok(stream) = TcpStream::connect(server).await {
            // It ends with the server, or is cut off by it.
            let _ = keep_busy(&counts, stream, &requests, every).await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn keep_busy(
    counts: &Counts,
    mut stream: TcpStream,
    requests: &[u8],
    every: Duration,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 64 * 1024];
    let mut tick = tokio::time::interval(every);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        stream.write_all(requests).await?;
        let mut received = Vec::new();
        let mut seen = 0;
        while seen < u64::from(TOGETHER) {
            let length = stream.read(&mut buffer).await?;
            if length == 0 {
                return Ok(());
            }
            received.extend_from_slice(&buffer[..length]);
            seen = count(&received, b"HTTP/1.1 ");
        }
        counts.answered.fetch_add(seen, Ordering::Relaxed);
        counts
            .failed
            .fetch_add(count(&received, b"HTTP/1.1 500"), Ordering::Relaxed);
    }
}

fn count(haystack: &[u8], needle: &[u8]) -> u64 {
    haystack
        .windows(needle.len())
        .filter(|window| *window == needle)
        .count() as u64
}
