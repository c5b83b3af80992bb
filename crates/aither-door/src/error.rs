//! Why a door cannot be opened, or does not go on.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a door cannot be opened. `Display` is one line that says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The builder was given neither an address nor a socket.
    #[error("the door has no listener; give it an address on this host or the path of a socket")]
    NoListener,
    /// Other hosts could reach the address.
    #[error("the door does not listen on {0}; use 127.0.0.1 or [::1], which only this host can reach")]
    NotLoopback(SocketAddr),
    /// The system did not give the address.
    #[error("the door cannot listen on {address}: {fault}; stop what listens there, or use another port")]
    Address {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system says.
        fault: io::Error,
    },
    /// The directory of the socket is missing or cannot be read.
    #[error("the directory {path} cannot be used for a socket: {fault}; create it with mode 0700")]
    NoDirectory {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        fault: io::Error,
    },
    /// Other users of this host may enter the directory of the socket, or own it.
    #[error(
        "other users can reach the directory {path} (mode {mode:04o}, owner {owner}); it must belong to the user of the \
         door and have mode 0700"
    )]
    OpenDirectory {
        /// The directory.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// The number of the user that owns it.
        owner: u32,
    },
    /// Another door listens on the socket.
    #[error("another door uses the socket {0}; stop it, or use another path")]
    SocketInUse(PathBuf),
    /// Something else is where the socket should be.
    #[error("{0} is there already and is not a socket; remove it, or use another path")]
    NotASocket(PathBuf),
    /// The system did not give the socket.
    #[error("the socket {path} cannot be created: {fault}; check the directory and the length of the path")]
    Socket {
        /// The path that was asked for.
        path: PathBuf,
        /// What the system says.
        fault: io::Error,
    },
}

/// Why a door stopped before it was asked to.
#[derive(Debug, thiserror::Error)]
#[error("the door no longer accepts connections: {fault}; start it again")]
pub struct ServeError {
    /// What the system says.
    pub(crate) fault: io::Error,
}
