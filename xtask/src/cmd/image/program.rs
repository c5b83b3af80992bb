//! The programs that have an image.

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Program {
    Server,
    Emulator,
    Client,
}

impl Program {
    pub(super) const ALL: [Self; 3] = [Self::Server, Self::Emulator, Self::Client];

    /// Its name: of the package, the binary and the target in deploy/Containerfile.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Server => "hemera-api",
            Self::Emulator => "clerk-emulator",
            Self::Client => "aither",
        }
    }

    /// A command that is refused where nothing can be written; `None` for a program that writes no file of its own.
    pub(super) fn writes(self) -> Option<[&'static str; 5]> {
        match self {
            Self::Server => Some(["audit", "key", "new", "--file", "/etc/hemera/audit.key"]),
            Self::Emulator | Self::Client => None,
        }
    }
}
