//! A real HAProxy with the project's configuration, in front of two servers.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aither_client::BaseUrl;
use anyhow::{Context as _, bail};
use freshness::{Clock as _, SystemClock};
use reqwest::Client;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use uuid::Uuid;

/// How long it may take until it listens, or until it has noticed something.
const PATIENCE: Duration = Duration::from_secs(20);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
/// Below the ports that systems give to outgoing connections: none of those must take the port of a server that is away.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// A running HAProxy. It is killed when this is dropped.
#[derive(Debug)]
pub(super) struct HaProxy {
    address: SocketAddr,
    health: SocketAddr,
    /// The certificate that it shows, in PEM.
    certificate: String,
    said: Arc<Mutex<Vec<Said>>>,
    _folder: TempDir,
    _process: Child,
}

/// A line of its log.
#[derive(Debug)]
struct Said {
    /// When it was read, on the monotonic clock.
    at: Duration,
    line: String,
}

/// A loopback address on which no process listens now.
pub(super) fn free_address() -> anyhow::Result<SocketAddr> {
    let width = u128::from(PORTS.end - PORTS.start);
    for _ in 0..200 {
        let offset = u16::try_from(Uuid::new_v4().as_u128() % width)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, PORTS.start + offset));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    bail!("no free loopback port was found in 200 tries: end what keeps so many open")
}

impl HaProxy {
    /// Starts it with `deploy/haproxy/haproxy.cfg` and a certificate of its own, and waits until it knows both servers.
    pub(super) async fn start(
        program: &Path,
        servers: [SocketAddr; 2],
        http: &Client,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("hemera-haproxy-").tempdir()?;
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
        let certificate = made.cert.pem();
        let file = folder.path().join("certificate.pem");
        std::fs::write(
            &file,
            format!("{certificate}{}", made.signing_key.serialize_pem()),
        )?;
        let configuration = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/haproxy/haproxy.cfg");
        let (address, health) = (free_address()?, free_address()?);
        let mut process = Command::new(program)
            .arg("-f")
            .arg(configuration)
            .env_clear()
            .env("TLS_CERTIFICATE", &file)
            .env("LISTEN", address.to_string())
            .env("HEALTH_LISTEN", health.to_string())
            .env("SERVER_1", servers[0].to_string())
            .env("SERVER_2", servers[1].to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let said = Arc::default();
        if let (Some(output), Some(complaints)) = (process.stdout.take(), process.stderr.take()) {
            collect(output, &said);
            collect(complaints, &said);
        }
        let started = Self {
            address,
            health,
            certificate,
            said,
            _folder: folder,
            _process: process,
        };
        started.until_both_are_up(http).await?;
        Ok(started)
    }

    /// Where callers reach the servers.
    pub(super) fn base_url(&self) -> anyhow::Result<BaseUrl> {
        Ok(BaseUrl::parse(&format!("https://{}", self.address))?)
    }

    /// What callers have to trust.
    pub(super) fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Waits until it takes both servers for ready, by what it says to an operator.
    pub(super) async fn until_both_are_up(&self, http: &Client) -> anyhow::Result<()> {
        let url = format!("http://{}/servers", self.health);
        let both = async {
            loop {
                let said = match http.get(&url).send().await {
                    Ok(response) => response.text().await.unwrap_or_default(),
                    Err(_) => String::new(),
                };
                if said == "hemera-1 up\nhemera-2 up\n" {
                    return;
                }
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
        };
        if tokio::time::timeout(PATIENCE, both).await.is_err() {
            bail!(
                "HAProxy does not say that both servers are up; its log:\n{}",
                self.log()
            );
        }
        Ok(())
    }

    /// Waits until its log says that it has taken a server out since that moment, and gives how long that took.
    pub(super) async fn until_down(&self, place: usize, since: Duration) -> anyhow::Result<Duration> {
        let began = SystemClock.now();
        loop {
            if let Some(after) = self.down_after(place, since) {
                return Ok(after);
            }
            if SystemClock.now().since(began) > PATIENCE {
                bail!(
                    "HAProxy does not notice that a server is gone; its log:\n{}",
                    self.log()
                );
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// How long after that moment its log said that it took the server of this place out, if it has.
    pub(super) fn down_after(&self, place: usize, since: Duration) -> Option<Duration> {
        let wanted = format!("Server servers/hemera-{} is DOWN", place + 1);
        let said = held(&self.said);
        let line = said
            .iter()
            .find(|said| said.at >= since && said.line.contains(&wanted))?;
        line.at.checked_sub(since)
    }

    fn log(&self) -> String {
        let said = held(&self.said);
        let last = said.iter().skip(said.len().saturating_sub(20));
        let lines: Vec<_> = last.map(|said| said.line.as_str()).collect();
        lines.join("\n")
    }
}

fn collect(output: impl AsyncRead + Unpin + Send + 'static, said: &Arc<Mutex<Vec<Said>>>) {
    let said = Arc::clone(said);
    tokio::spawn(async move {
        let mut output = BufReader::new(output).lines();
        while let Ok(Some(line)) = output.next_line().await {
            let at = SystemClock.now().monotonic;
            held(&said).push(Said { at, line });
        }
    });
}

/// The lock's content also after another task's panic.
fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
