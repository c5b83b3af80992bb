//! The task's orders to its guard: one JSON document a line.

use std::path::PathBuf;

use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};

/// A thing to do when the task is gone, or to do no longer.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    /// Ask this process to end with the signal; kill it where it does not.
    End {
        pid: u32,
        #[serde(with = "signal_number")]
        ask: Signal,
    },
    /// The process has ended and was waited for.
    Gone { pid: u32 },
    /// Remove this folder when the processes are gone.
    Remove { folder: PathBuf },
    /// Run this when the processes are gone.
    Run { arguments: Vec<String> },
}

impl Order {
    /// The order as a line without its end.
    pub(crate) fn line(&self) -> String {
        // Only a path that is not UTF-8 cannot be written; the guard skips the empty line.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a line; `None` where it is not an order.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

/// Signals as their numbers: nix has no serde support.
mod signal_number {
    use nix::sys::signal::Signal;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    pub(super) fn serialize<S: Serializer>(signal: &Signal, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i32(*signal as i32)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Signal, D::Error> {
        let number = i32::deserialize(from)?;
        Signal::try_from(number).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_read_back_as_it_was_written() {
        for order in [
            Order::End {
                pid: 7,
                ask: Signal::SIGQUIT,
            },
            Order::Gone { pid: 7 },
            Order::Remove {
                folder: PathBuf::from("/tmp/a \"quoted\"\nfolder"),
            },
            Order::Run {
                arguments: vec!["docker".to_owned(), "compose".to_owned()],
            },
        ] {
            let line = order.line();
            assert!(!line.contains('\n'), "one line: {line}");
            assert_eq!(Order::parse(&line), Some(order));
        }
    }

    #[test]
    fn incomplete_line_is_no_order() {
        assert_eq!(Order::parse(r#"{"end":{"pid":7"#), None);
        assert_eq!(Order::parse(""), None);
    }
}
