//! The `DevTools` protocol over a pair of pipes: JSON messages, each with a zero byte after it.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::guard::Guard;

/// Standard input and output, given to the browser under the numbers that it expects the pipes at.
const WITH_PIPES: &str = r#"exec "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;

/// How long the browser may take to do one thing. Its start on a slow machine takes the longest.
const PATIENCE: Duration = Duration::from_mins(1);

/// The connection to one page of a browser.
#[derive(Debug)]
pub(super) struct DevTools {
    pipe: ChildStdin,
    messages: Receiver<Value>,
    /// The page's; none while there is no page yet.
    session: Option<String>,
    calls: u64,
    errors: Vec<String>,
}

impl DevTools {
    /// Starts a browser and opens an empty page in it.
    pub(super) fn start(guard: &Guard, browser: &Command) -> Result<Self> {
        let mut command = Command::new("sh");
        command
            .args(["-c", WITH_PIPES, "sh"])
            .arg(browser.get_program())
            .args(browser.get_args())
            .arg("--remote-debugging-pipe")
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = guard.spawn_fed(&mut command, Signal::SIGTERM)?;
        let pipe = child.stdin.take().context("a fed child has a pipe")?;
        let stdout = child.stdout.take().context("the browser has an output")?;
        let mut devtools = Self {
            pipe,
            messages: messages(stdout),
            session: None,
            calls: 0,
            errors: Vec::new(),
        };
        let page = devtools.call("Target.createTarget", &json!({ "url": "about:blank" }))?;
        let attach = json!({ "targetId": page["targetId"], "flatten": true });
        let session = devtools.call("Target.attachToTarget", &attach)?;
        devtools.session = session["sessionId"].as_str().map(str::to_owned);
        Ok(devtools)
    }

    /// Calls a method and returns its result.
    pub(super) fn call(&mut self, method: &str, parameters: &Value) -> Result<Value> {
        self.calls += 1;
        let mut call = json!({ "id": self.calls, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            call["sessionId"] = session.as_str().into();
        }
        write!(self.pipe, "{call}\0").context("the browser has ended")?;
        loop {
            let mut message = match self.messages.recv_timeout(PATIENCE) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => {
                    bail!(
                        "the browser did not answer {method} within {} s",
                        PATIENCE.as_secs()
                    )
                }
                Err(RecvTimeoutError::Disconnected) => bail!("the browser ended at {method}"),
            };
            if message["id"] != self.calls {
                self.errors.extend(error_of(&message));
                continue;
            }
            if let Some(error) = message.get("error") {
                bail!("the browser refuses {method}: {error}");
            }
            return Ok(message["result"].take());
        }
    }

    /// The errors of the page's console that came since the last question.
    pub(super) fn take_errors(&mut self) -> Vec<String> {
        std::mem::take(&mut self.errors)
    }
}

/// Reads a browser's messages on a thread of its own.
fn messages(stream: impl Read + Send + 'static) -> Receiver<Value> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while matches!(reader.read_until(0, &mut bytes), Ok(read) if read > 0) {
            if bytes.last() == Some(&0) {
                bytes.pop();
            }
            let message = serde_json::from_slice(&bytes);
            bytes.clear();
            // There is no receiver once the browser is of no more use.
            if message.is_ok_and(|message| sender.send(message).is_err()) {
                break;
            }
        }
    });
    receiver
}

/// What an event says to the console, if it is an error or a warning.
fn error_of(event: &Value) -> Option<String> {
    let parameters = &event["params"];
    let (level, text) = match event["method"].as_str()? {
        "Runtime.exceptionThrown" => ("error", parameters["exceptionDetails"].to_string()),
        "Runtime.consoleAPICalled" => (parameters["type"].as_str()?, parameters["args"].to_string()),
        "Log.entryAdded" => {
            let entry = &parameters["entry"];
            let text = format!("{}: {}", entry["url"], entry["text"]);
            (entry["level"].as_str()?, text)
        }
        _ => return None,
    };
    matches!(level, "error" | "warning" | "assert").then(|| format!("the console shows {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_and_warnings_of_the_console_are_kept() {
        let called = |level| json!({ "method": "Runtime.consoleAPICalled", "params": { "type": level, "args": ["text"] } });
        assert_eq!(
            error_of(&called("error")).as_deref(),
            Some(r#"the console shows ["text"]"#)
        );
        assert!(error_of(&called("warning")).is_some());
        assert_eq!(error_of(&called("info")), None);
        let thrown =
            json!({ "method": "Runtime.exceptionThrown", "params": { "exceptionDetails": "a fault" } });
        assert_eq!(
            error_of(&thrown).as_deref(),
            Some(r#"the console shows "a fault""#)
        );
        let refused = json!({ "method": "Log.entryAdded", "params": { "entry": { "level": "error", "source": "security" } } });
        assert!(error_of(&refused).is_some());
        assert_eq!(
            error_of(&json!({ "method": "Page.loadEventFired", "params": {} })),
            None
        );
    }

    #[test]
    fn messages_end_at_zero_bytes() {
        let received = messages(&b"{\"id\":1}\0{\"id\":2}\0"[..]);
        let ids: Vec<_> = received.iter().map(|message| message["id"].clone()).collect();
        assert_eq!(ids, [1, 2]);
    }
}
