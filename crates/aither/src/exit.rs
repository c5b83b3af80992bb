//! How a command ends.

use std::process::ExitCode;

/// How a command ended. Its number is the exit code of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// What was asked for is done.
    Done = 0,
    /// Hemera refused, or something failed on this machine.
    Failed = 1,
    /// The arguments are wrong. Nothing was sent.
    Usage = 2,
    /// A setting is missing or wrong, or gives no token.
    Configuration = 3,
    /// Hemera or Clerk cannot be reached, or does not answer in time.
    Unreachable = 4,
    /// Ctrl-C: 128 and the number of SIGINT.
    Interrupted = 130,
    /// SIGTERM: 128 and its number.
    Terminated = 143,
}

impl Exit {
    /// The exit code of the process.
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
