//! A server with TLS whose certificate is signed by an authority of its own.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Result, bail};
use nix::sys::signal::Signal;

use crate::guard::Guard;
use crate::process::capture;
use crate::stopwatch::{Stopwatch, pause};

const PATIENCE: Duration = Duration::from_secs(10);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// It answers every request with a page, at `https://localhost`.
#[derive(Debug)]
pub(super) struct TlsServer {
    pub(super) origin: String,
    /// The certificate of the authority, as PEM.
    pub(super) authority: PathBuf,
    child: Child,
}

impl TlsServer {
    pub(super) fn start(guard: &Guard, openssl: &Path, folder: &Path) -> Result<Self> {
        std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n")?;
        for line in [
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=authority -keyout ca.key -out ca.pem",
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout own.key -out own.request",
            "x509 -req -in own.request -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -extfile names -out own.pem",
        ] {
            let mut command = Command::new(openssl);
            let answer = capture(guard, command.current_dir(folder).args(line.split(' ')))?;
            if !answer.status.success() {
                bail!("openssl made no certificate: {}", answer.text());
            }
        }
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut command = Command::new(openssl);
        command
            .current_dir(folder)
            .args([
                "s_server", "-quiet", "-www", "-cert", "own.pem", "-key", "own.key",
            ])
            .args(["-accept", &format!("127.0.0.1:{port}")]);
        let child = guard.spawn(&mut command, Signal::SIGTERM)?;
        let watch = Stopwatch::start();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if watch.elapsed() > PATIENCE {
                bail!("openssl s_server does not listen");
            }
            pause(BETWEEN_LOOKS);
        }
        Ok(Self {
            origin: format!("https://localhost:{port}"),
            authority: folder.join("ca.pem"),
            child,
        })
    }

    pub(super) fn stop(mut self, guard: &Guard) -> Result<()> {
        self.child.kill()?;
        guard.wait(&mut self.child).map(drop)
    }
}
