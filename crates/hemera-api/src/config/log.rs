//! Settings of the log.

use tracing_subscriber::EnvFilter;

use super::key;
use super::setting::Setting;
use super::source::Source;

/// How a log line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// Text, for people.
    #[default]
    Pretty,
}

impl Setting for LogFormat {
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
    pub(super) fn take(source: &mut Source) -> Self {
        Self {
            format: source.take(&key::LOG_FORMAT).unwrap_or_default(),
            filter: source
                .take::<Filter>(&key::LOG_FILTER)
                .map(|filter| filter.0)
                .unwrap_or_default(),
        }
    }
}

struct Filter(String);

impl Setting for Filter {
    fn parse(text: &str) -> Result<Self, &'static str> {
        match EnvFilter::try_new(text) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(_) => Err("must be a filter such as info or hemera_api=debug,info"),
        }
    }
}
