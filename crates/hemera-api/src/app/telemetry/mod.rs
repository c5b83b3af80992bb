//! The log: its format and where it is written.

mod pretty;

use std::io::IsTerminal as _;

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry};

use self::pretty::Pretty;
use crate::config::{LogConfig, LogFormat};

/// A subscriber that writes to `sink`: standard error in the binary, a buffer in tests.
pub fn subscriber<W>(config: &LogConfig, sink: W) -> impl tracing::Subscriber + Send + Sync + use<W>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    // The filter was parsed when the configuration was loaded.
    let filter = EnvFilter::try_new(&config.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = match config.format {
        // Request id and trace id are the request span's: on the top level, collectors find every line of a request by one
        // name, those of its statements too, which have a span of their own.
        LogFormat::Json => json_subscriber::fmt::layer()
            .with_writer(sink)
            .flatten_event(true)
            .with_current_span(false)
            .flatten_span_list_on_top_level(true)
            // It would report a log that cannot be written on standard error, and panic where that is the same stream.
            .log_internal_errors(false)
            .boxed(),
        LogFormat::Pretty => tracing_subscriber::fmt::layer()
            .with_writer(sink)
            .with_ansi(std::io::stderr().is_terminal())
            .log_internal_errors(false)
            .event_format(Pretty)
            .boxed(),
    };
    Registry::default().with(filter).with(lines)
}
