//! Children whose output is read: to the end, or line by line while they run.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::Signal;

use crate::guard::Guard;

/// What a child wrote, and how it ended.
#[derive(Debug)]
pub(crate) struct Captured {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Captured {
    /// Both streams, for a person who has to find out why it failed.
    pub(crate) fn text(&self) -> String {
        [self.stdout.trim_end(), self.stderr.trim_end()]
            .into_iter()
            .filter(|stream| !stream.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// Runs a child to its end and keeps what it writes.
pub(crate) fn capture(guard: &Guard, command: &mut Command) -> Result<Captured> {
    let mut child = guard.spawn(
        command.stdout(Stdio::piped()).stderr(Stdio::piped()),
        Signal::SIGTERM,
    )?;
    let streams = readers(&mut child);
    to_its_end(guard, child, streams)
}

/// Like [`capture`], for a program that may hang: after `at_most` it is killed and counts as failed.
pub(crate) fn capture_within(guard: &Guard, command: &mut Command, at_most: Duration) -> Result<Captured> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = guard.spawn(
        command.stdout(Stdio::piped()).stderr(Stdio::piped()),
        Signal::SIGKILL,
    )?;
    let (stdout, stderr) = readers(&mut child);
    let (done, read) = mpsc::channel();
    thread::spawn(move || {
        let streams = (
            stdout.join().unwrap_or_default(),
            stderr.join().unwrap_or_default(),
        );
        // After the time-out there is no receiver.
        let _ = done.send(streams);
    });
    let streams = read.recv_timeout(at_most);
    if streams.is_err() {
        child
            .kill()
            .with_context(|| format!("{name} hangs and could not be killed"))?;
    }
    let status = guard.wait(&mut child)?;
    let Ok((stdout, stderr)) = streams else {
        bail!("{name} did not answer within {} s", at_most.as_secs());
    };
    Ok(Captured {
        status,
        stdout,
        stderr,
    })
}

/// Runs a child that is fed `input`, and keeps what it writes.
pub(crate) fn feed(guard: &Guard, command: &mut Command, input: &[u8]) -> Result<Captured> {
    use std::io::Write as _;

    let mut child = guard.spawn_fed(
        command.stdout(Stdio::piped()).stderr(Stdio::piped()),
        Signal::SIGTERM,
    )?;
    let streams = readers(&mut child);
    let mut pipe = child.stdin.take().context("a fed child has a pipe")?;
    // A child that ends before it has read all says why on its own streams.
    let _ = pipe.write_all(input);
    drop(pipe);
    to_its_end(guard, child, streams)
}

/// What is left of a child and its streams, once it has ended.
fn to_its_end(guard: &Guard, mut child: Child, (stdout, stderr): Readers) -> Result<Captured> {
    let stdout = stdout.join().unwrap_or_default();
    let stderr = stderr.join().unwrap_or_default();
    let status = guard.wait(&mut child)?;
    Ok(Captured {
        status,
        stdout,
        stderr,
    })
}

/// Hands every line of a stream to `take`, on a thread of its own, until the stream ends.
pub(crate) fn each_line(
    stream: impl Read + Send + 'static,
    mut take: impl FnMut(String) + Send + 'static,
) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while matches!(reader.read_until(b'\n', &mut bytes), Ok(read) if read > 0) {
            let line = String::from_utf8_lossy(&bytes);
            take(line.trim_end_matches(['\n', '\r']).to_owned());
            bytes.clear();
        }
    })
}

/// Those of standard output and of standard error.
type Readers = (JoinHandle<String>, JoinHandle<String>);

fn readers(child: &mut Child) -> Readers {
    (reader(child.stdout.take()), reader(child.stderr.take()))
}

fn reader(stream: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What was read until the stream broke is still worth showing.
            let _ = stream.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
