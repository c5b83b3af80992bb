//! The log of this process, the client under test included, at trace level.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The log, in memory. It goes on for as long as the process lives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace(Arc<Mutex<Vec<u8>>>);

impl Trace {
    /// Logs everything from now on, but for what this walk itself asks the database: it makes the server's login
    /// there, and the client under test knows no database.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let trace = Self::default();
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(trace.clone());
        let but_the_database = Targets::new()
            .with_default(LevelFilter::TRACE)
            .with_target("sqlx", LevelFilter::OFF);
        tracing_subscriber::registry()
            .with(lines.with_filter(but_the_database))
            .try_init()
            .context("this process logs elsewhere already")?;
        Ok(trace)
    }

    /// All that was logged so far.
    pub(crate) fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Trace {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Trace {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}
