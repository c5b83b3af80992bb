//! A browser without a window: found or installed, started, and asked to show a page.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use nix::unistd::Uid;
use serde_json::{Value, json};

use self::devtools::DevTools;
use crate::guard::Guard;
use crate::install::{Need, hint, install};
use crate::programs::on_path;
use crate::stopwatch::{Stopwatch, pause};

mod devtools;

/// The names under which Chromium and Chrome are installed.
const PROGRAMS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
/// Where macOS has it.
const APPLICATION: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// How long a page may take to become what is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Makes sure that there is one. With `may_install`, its package is installed.
pub(crate) fn require(guard: &Guard, may_install: bool) -> Result<PathBuf> {
    if let Some(program) = find() {
        return Ok(program);
    }
    if !may_install {
        bail!("there is no Chromium here.\n{}", hint(&Need::CHROMIUM));
    }
    install(guard, &Need::CHROMIUM)?;
    find().context("Chromium was installed, and is not on the path")
}

fn find() -> Option<PathBuf> {
    let application = || Some(PathBuf::from(APPLICATION)).filter(|file| file.is_file());
    PROGRAMS.into_iter().find_map(on_path).or_else(application)
}

/// The window that a page believes to be in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Pixels of the picture for each of the page's.
    pub(crate) scale: f32,
    /// Whether it is a phone's.
    pub(crate) phone: bool,
}

/// A running browser with one page.
#[derive(Debug)]
pub(crate) struct Browser {
    devtools: DevTools,
}

impl Browser {
    /// Starts it with a profile of its own. `script` is there in every page, before the page's own scripts.
    pub(crate) fn start(guard: &Guard, program: &PathBuf, script: &str) -> Result<Self> {
        let profile = tempfile::Builder::new()
            .prefix("hemera-browser-")
            .tempdir()
            .context("no temporary folder can be made")?
            .keep();
        guard.remove_at_end(&profile);
        let mut command = Command::new(program);
        command
            .args([
                "--headless",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
            ])
            .args(["--disable-breakpad", "--hide-scrollbars", "--lang=en"])
            .arg(format!("--user-data-dir={}", profile.display()));
        // Its sandbox cannot be made by root. The page is ours and comes from this machine.
        if Uid::effective().is_root() {
            command.arg("--no-sandbox");
        }
        let mut devtools = DevTools::start(guard, &command)?;
        for (method, parameters) in [
            ("Page.enable", json!({})),
            ("Runtime.enable", json!({})),
            ("Log.enable", json!({})),
            (
                "Page.addScriptToEvaluateOnNewDocument",
                json!({ "source": script }),
            ),
        ] {
            devtools.call(method, &parameters)?;
        }
        Ok(Self { devtools })
    }

    /// Opens an address in a window of this size.
    pub(crate) fn open(&mut self, address: &str, window: Window) -> Result<()> {
        let size = json!({
            "width": window.width,
            "height": window.height,
            "deviceScaleFactor": window.scale,
            "mobile": window.phone,
        });
        self.devtools.call("Emulation.setDeviceMetricsOverride", &size)?;
        // An address that differs after its `#` alone would not load the page anew.
        self.devtools
            .call("Page.navigate", &json!({ "url": "about:blank" }))?;
        self.devtools.call("Page.navigate", &json!({ "url": address }))?;
        Ok(())
    }

    /// Asks the page again and again until its answer is neither false nor nothing.
    pub(crate) fn wait(&mut self, question: &str) -> Result<Value> {
        let watch = Stopwatch::start();
        loop {
            let answer = self.ask(question)?;
            if !matches!(answer, Value::Null | Value::Bool(false)) {
                return Ok(answer);
            }
            if watch.elapsed() > PATIENCE {
                bail!(
                    "`{question}` is still not true in the page after {} s",
                    PATIENCE.as_secs()
                );
            }
            pause(BETWEEN_LOOKS);
        }
    }

    /// What a JavaScript expression is in the page.
    pub(crate) fn ask(&mut self, question: &str) -> Result<Value> {
        let parameters = json!({ "expression": question, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.devtools.call("Runtime.evaluate", &parameters)?;
        if let Some(error) = answer.get("exceptionDetails") {
            bail!("`{question}` failed in the page: {error}");
        }
        Ok(answer["result"]["value"].take())
    }

    /// Types a text where the page's cursor is.
    pub(crate) fn type_in(&mut self, text: &str) -> Result<()> {
        self.devtools
            .call("Input.insertText", &json!({ "text": text }))
            .map(drop)
    }

    /// What the window shows, as a PNG.
    pub(crate) fn picture(&mut self) -> Result<Vec<u8>> {
        let answer = self
            .devtools
            .call("Page.captureScreenshot", &json!({ "format": "png" }))?;
        let data = answer["data"].as_str().context("the browser sent no picture")?;
        BASE64.decode(data).context("the browser's picture is not base64")
    }

    /// The errors that the page's console has shown since the last question.
    pub(crate) fn errors(&mut self) -> Vec<String> {
        self.devtools.take_errors()
    }
}
