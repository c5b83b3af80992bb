//! Settings of the log.

use tracing_subscriber::EnvFilter;

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
