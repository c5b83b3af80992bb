//! A program of ours as a process of its own, with what it printed.

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

/// How long a program may take until it says that it listens, or until it ends when asked to.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running program. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Child {
    name: String,
    process: tokio::process::Child,
    lines: Lines,
    readers: Vec<JoinHandle<()>>,
}

/// What a program has printed so far, standard output and standard error together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    fn push(&self, line: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    /// The lines that satisfy `wanted`.
    pub(crate) fn matching(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().filter(|line| wanted(line)).cloned().collect()
    }

    /// All of it.
    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// The last lines, for the message of a program that did not start.
    fn tail(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Child {
    /// Starts a program with just this environment, and waits until it prints where it listens.
    pub(crate) async fn start(
        program: &Path,
        arguments: &[&str],
        environment: &[(String, String)],
    ) -> anyhow::Result<(Self, Url)> {
        let name = program
            .file_name()
            .unwrap_or(program.as_os_str())
            .to_string_lossy()
            .into_owned();
        let mut process = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(environment.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let lines = Lines::default();
        let (announce, mut announced) = watch::channel(None);
        let announce = Arc::new(announce);
        let mut readers = Vec::new();
        if let Some(output) = process.stdout.take() {
            readers.push(collect(output, lines.clone(), Arc::clone(&announce)));
        }
        if let Some(output) = process.stderr.take() {
            readers.push(collect(output, lines.clone(), announce));
        }
        let child = Self {
            name,
            process,
            lines,
            readers,
        };
        let heard = tokio::time::timeout(PATIENCE, announced.wait_for(Option::is_some)).await;
        match heard {
            Ok(Ok(url)) => {
                let url = url.clone().context("an address was announced")?;
                Ok((child, url))
            }
            _ => bail!(
                "{} did not say where it listens; it printed:\n{}",
                child.name,
                child.lines.tail()
            ),
        }
    }

    /// What it has printed.
    pub(crate) fn lines(&self) -> &Lines {
        &self.lines
    }

    /// The process id, until it has ended.
    pub(crate) fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// How much time of processors it has used so far, where the system tells.
    #[cfg(target_os = "linux")]
    pub(crate) fn processor_time(&self) -> Option<Duration> {
        let process = procfs::process::Process::new(i32::try_from(self.id()?).ok()?).ok()?;
        let stat = process.stat().ok()?;
        let ticks = (stat.utime + stat.stime) * 1000;
        Some(Duration::from_millis(ticks / procfs::ticks_per_second()))
    }

    /// How much time of processors it has used so far, where the system tells.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn processor_time(&self) -> Option<Duration> {
        None
    }

    /// Sends it a signal. Not by the program `kill`, which a small system lacks.
    pub(crate) fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let id = self
            .id()
            .with_context(|| format!("{} has ended already", self.name))?;
        let id = Pid::from_raw(i32::try_from(id)?);
        kill(id, signal).with_context(|| format!("{} cannot be sent {signal}", self.name))
    }

    /// Waits until it has ended, and gives its exit code: none where a signal ended it, or where it goes on.
    pub(crate) async fn end_within(&mut self, limit: Duration) -> anyhow::Result<Option<i32>> {
        let ended = tokio::time::timeout(limit, self.process.wait()).await;
        Ok(ended.ok().transpose()?.and_then(|status| status.code()))
    }

    /// Kills it: it has no time to do anything else.
    pub(crate) async fn kill(mut self) -> anyhow::Result<()> {
        self.process.kill().await?;
        Ok(())
    }

    /// Asks it to end, as an operator would, and waits for its exit code.
    pub(crate) async fn stop(mut self) -> anyhow::Result<i32> {
        self.signal(Signal::SIGTERM)?;
        let ended = tokio::time::timeout(PATIENCE, self.process.wait()).await;
        let status = ended.with_context(|| format!("{} did not end in time", self.name))??;
        // Its last words too.
        for reader in self.readers {
            reader.await?;
        }
        status
            .code()
            .with_context(|| format!("{} was ended by a signal", self.name))
    }
}

fn collect(
    output: impl AsyncRead + Unpin + Send + 'static,
    lines: Lines,
    announce: Arc<watch::Sender<Option<Url>>>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut output = BufReader::new(output).lines();
        while let Ok(Some(line)) = output.next_line().await {
            if let Some(url) = announced_address(&line) {
                announce.send_if_modified(|known| known.is_none() && known.replace(url).is_none());
            }
            lines.push(line);
        }
    })
}

/// The address in a line such as `listening on http://127.0.0.1:4010`, structured or not.
fn announced_address(line: &str) -> Option<Url> {
    let (_, rest) = line.split_once("listening on ")?;
    let end = rest
        .find(|c: char| c.is_whitespace() || c == '"' || c == ',')
        .unwrap_or(rest.len());
    Url::parse(&rest[..end]).ok()
}
