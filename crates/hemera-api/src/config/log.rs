//! Settings of the log.

use tracing::Level;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{LevelFilter, Targets};

use super::setting::{Setting, settings};
use super::source::{Invalid, Source};
use super::value::Value;

settings! { SETTINGS:
    /// How log lines look.
    FORMAT: LogFormat = Setting::at("log.format").or("pretty");

    /// What is logged.
    FILTER: Filter = Setting::at("log.filter")
        .variable("RUST_LOG")
        .or("info,sqlx::postgres::notice=warn");
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// Text, for people.
    #[default]
    Pretty,
}

impl Value for LogFormat {
    const KIND: &'static str = "pretty or json";

    fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "json" => Ok(Self::Json),
            "pretty" => Ok(Self::Pretty),
            _ => Err("must be json or pretty"),
        }
    }
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// How a line looks.
    pub format: LogFormat,
    /// What is logged, in the syntax of `RUST_LOG`. Known to be valid.
    pub filter: String,
}

impl LogConfig {
    pub(super) fn read(source: &mut Source) -> Result<Self, Invalid> {
        let format = source.read(&FORMAT);
        let filter = source.read(&FILTER);
        Ok(Self {
            format: format?,
            filter: filter?.0,
        })
    }

    /// Whether lines of this level that the server itself writes are shown.
    pub(super) fn shows(&self, level: Level) -> bool {
        self.targets()
            .is_none_or(|targets| targets.would_enable("hemera_api::audit", &level))
    }

    /// Whether some target is shown at trace.
    pub(super) fn has_trace(&self) -> bool {
        self.targets().is_some_and(|targets| {
            let default = targets.default_level() == Some(LevelFilter::TRACE);
            default || targets.iter().any(|(_, level)| level == LevelFilter::TRACE)
        })
    }

    /// The filter without its conditions on spans, which only narrow what is shown.
    fn targets(&self) -> Option<Targets> {
        let plain = self
            .filter
            .split(',')
            .filter(|directive| !directive.contains('['));
        plain.collect::<Vec<_>>().join(",").parse().ok()
    }
}

pub(super) struct Filter(String);

impl Value for Filter {
    const KIND: &'static str = "filter of tracing";

    fn parse(text: &str) -> Result<Self, &'static str> {
        match EnvFilter::try_new(text) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(_) => Err("must be a filter such as info or hemera_api=debug,info"),
        }
    }
}
