//! Catches what is logged.
//!
//! One subscriber for the whole process, which writes for those threads alone that catch their log: with one
//! subscriber per thread, whether a line is logged at all would depend on what other tests did before.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::Once;

use hemera_api::config::{LogConfig, LogFormat};
use hemera_api::telemetry;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

thread_local! {
    /// What the test on this thread has caught; `None` where it does not.
    static CAUGHT: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

static INSTALLED: Once = Once::new();

/// The log of the test's own thread, for as long as it lives.
pub(crate) struct CapturedLog(());

impl CapturedLog {
    /// Catches everything that the current thread logs, down to the finest level.
    pub(crate) fn start() -> Self {
        INSTALLED.call_once(|| {
            let config = LogConfig {
                format: LogFormat::Json,
                filter: "trace".to_owned(),
            };
            let catching = dynamic_filter_fn(|_, _| CAUGHT.with_borrow(Option::is_some));
            let subscriber = telemetry::subscriber(&config, Sink).with(catching);
            tracing::subscriber::set_global_default(subscriber).unwrap();
        });
        CAUGHT.set(Some(Vec::new()));
        Self(())
    }

    pub(crate) fn text(&self) -> String {
        let Self(()) = self;
        CAUGHT.with_borrow(|caught| String::from_utf8(caught.clone().unwrap()).unwrap())
    }

    /// The lines that say how a request ended.
    pub(crate) fn requests(&self) -> Vec<serde_json::Value> {
        let lines = self.text();
        let lines = lines
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        lines.filter(|line| line["message"] == "request").collect()
    }
}

impl Drop for CapturedLog {
    fn drop(&mut self) {
        CAUGHT.set(None);
    }
}

#[derive(Clone, Copy)]
struct Sink;

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        CAUGHT.with_borrow_mut(|caught| caught.as_mut().map(|caught| caught.extend_from_slice(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Sink {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        *self
    }
}
