//! Log lines for people: time, level, message and fields, wrapped at a width that a terminal has.

use std::fmt::{self, Debug, Write as _};

use textwrap::{Options, WordSeparator, WordSplitter};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// The most columns of a line.
const WIDTH: usize = 160;

/// Our own modules: where a line of ours comes from says its message.
const OURS: &str = "hemera_api";

/// The format.
pub(super) struct Pretty;

impl<S, N> FormatEvent<S, N> for Pretty
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut head = String::new();
        SystemTime.format_time(&mut Writer::new(&mut head))?;
        let level = event.metadata().level();
        let mut text = Text::default();
        if !event.metadata().target().starts_with(OURS) {
            write!(text.message, "{}: ", event.metadata().target())?;
        }
        event.record(&mut text);
        let mut line = format!("{head} {level:>5} {}{}", text.message, text.fields);
        for span in context.event_scope().into_iter().flatten() {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>() {
                write!(line, " {fields}")?;
            }
        }
        let options = Options::new(WIDTH)
            .subsequent_indent("    ")
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation);
        let mut wrapped = textwrap::fill(&line, options);
        if writer.has_ansi_escapes() {
            let name = format!(" {level:>5} ");
            wrapped = wrapped.replacen(&name, &format!("{}{name}\x1b[0m", colour(*level)), 1);
        }
        writeln!(writer, "{wrapped}")
    }
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        Level::DEBUG => "\x1b[34m",
        Level::TRACE => "\x1b[35m",
    }
}

/// The message of an event, and its fields as ` name=value`.
#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Text {
    fn add(&mut self, field: &Field, value: &str) {
        // A caller's text must not make a line of its own, nor colour the terminal.
        let value = value.chars().flat_map(|c| {
            let escaped = c.is_control().then(|| c.escape_default());
            let plain = escaped.is_none().then_some(c);
            escaped.into_iter().flatten().chain(plain)
        });
        if field.name() == "message" {
            self.message.extend(value);
        } else {
            self.fields.extend([" ", field.name(), "="]);
            self.fields.extend(value);
        }
    }
}

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use parking_lot::Mutex;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is written of these events, without the times.
    fn written(log: impl FnOnce()) -> String {
        let sink = Sink::default();
        let writer = sink.clone();
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .event_format(Pretty);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), log);
        let text = String::from_utf8(sink.0.lock().clone()).unwrap();
        let lines = text.lines().map(|line| match line.split_once('Z') {
            Some((time, rest)) if time.starts_with("20") => rest.to_owned(),
            _ => line.to_owned(),
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_line_has_its_message_first_and_the_fields_of_its_span_last() {
        let text = written(|| {
            let span = tracing::info_span!("request", request_id = "r-1");
            span.in_scope(|| {
                tracing::info!(
                    status = 200,
                    subject = Some("user_1"),
                    role = None::<&str>,
                    "GET /courses"
                );
            });
        });
        assert_eq!(
            text,
            "  INFO GET /courses status=200 subject=user_1 request_id=\"r-1\""
        );
    }

    #[test]
    fn a_line_that_is_too_long_goes_on_indented_and_loses_nothing() {
        let cause = "a cause of many words ".repeat(20);
        let text = written(|| tracing::error!(cause = cause.trim(), "failed"));
        assert!(text.lines().count() > 2);
        assert!(text.lines().skip(1).all(|line| line.starts_with("    ")));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert_eq!(
            text.split_whitespace().filter(|word| *word == "words").count(),
            20
        );
    }

    #[test]
    fn a_value_makes_no_line_of_its_own() {
        let text = written(|| tracing::warn!(client = "a\n2026 INFO b\x1b[31m", "seen"));
        assert_eq!(text, "  WARN seen client=a\\n2026 INFO b\\u{1b}[31m");
    }

    #[test]
    fn lines_of_dependencies_say_whose_they_are() {
        let text = written(|| tracing::warn!(target: "hyper::server", "slow"));
        assert_eq!(text, "  WARN hyper::server: slow");
    }
}
