//! The log of the libraries, as lines for people on standard error.

use std::fmt;
use std::io;
use std::sync::Arc;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::console::Console;

/// The crates whose log is shown: those of this workspace, which keep secrets out of it.
const SHOWN: [&str; 6] = [
    "aither",
    "aither_client",
    "aither_flows",
    "aither_door",
    "clerk",
    "freshness",
];

/// Shows warnings, with `verbosity` 1 also what is done, and from 2 on all details.
pub(crate) fn start(console: &Arc<Console>, verbosity: u8) {
    let level = match verbosity {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let lines = tracing_subscriber::fmt::layer()
        .event_format(Line)
        .with_writer(Notes(Arc::clone(console)))
        .with_ansi(false);
    let shown = SHOWN.into_iter().map(|name| (name, level));
    // It fails only if there is a log already, in a process that embeds this one.
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(Targets::new().with_targets(shown))
        .try_init();
}

/// `warning: text field=value`
#[derive(Debug)]
struct Line;

impl<S, F> FormatEvent<S, F> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    F: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, F>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let level = match *event.metadata().level() {
            Level::ERROR => "error",
            Level::WARN => "warning",
            Level::INFO => "info",
            _ => "debug",
        };
        write!(writer, "{level}: ")?;
        context.format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}

/// Standard error, with each event as one write.
#[derive(Debug)]
struct Notes(Arc<Console>);

impl<'a> MakeWriter<'a> for Notes {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> &'a Self {
        self
    }
}

impl io::Write for &Notes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.note(String::from_utf8_lossy(bytes).trim_end());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
