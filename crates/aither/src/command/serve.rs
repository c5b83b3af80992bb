//! `aither serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use aither_client::SecretString;
use aither_door::{BindError, Door, DoorBuilder, InvalidLocalKey, LocalKey, ServeError};
use clap::Args;
use serde::Serialize;

use crate::console::text::counted;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::signals::Signals;

const LISTEN: &str = "AITHER_DOOR_LISTEN";
const SOCKET: &str = "AITHER_DOOR_SOCKET";
const KEY: &str = "AITHER_DOOR_KEY";
const KEY_FILE: &str = "AITHER_DOOR_KEY_FILE";

const NO_KEY: &str = "is missing; make one with `openssl rand -hex 32`, and give it in a file with mode 0600 as \
                      AITHER_DOOR_KEY_FILE or --key-file; a door on a socket alone needs none";

/// Where the door listens if nothing is said.
const DEFAULT_ADDRESS: &str = "127.0.0.1:4100";

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// The address, `127.0.0.1` or `[::1]` with a port, instead of `AITHER_DOOR_LISTEN`
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// The path of a Unix socket, instead of `AITHER_DOOR_SOCKET`
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// The file with the key of the door, for its owner only, instead of `AITHER_DOOR_KEY_FILE`
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// What is said when the door is open.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Open {
    /// The base address for programs.
    address: Option<String>,
    socket: Option<PathBuf>,
}

pub(crate) async fn run(context: &Context, arguments: &ServeArguments) -> Result<Exit, Failure> {
    let client = context.client()?;
    let mut signals = Signals::listen()?;
    let door = builder(context, arguments, Door::builder(client.clone()))?.bind()?;
    let open = Open {
        address: door.address().map(|address| format!("http://{address}")),
        socket: door.socket().map(PathBuf::from),
    };
    context.print(&open, || {
        let socket = open.socket.iter().map(|path| path.display().to_string());
        let places: Vec<String> = open.address.clone().into_iter().chain(socket).collect();
        format!("listening on {}\n", places.join("\nlistening on "))
    })?;
    let mut waiting = Signals::listen()?;
    let served = tokio::select! {
        served = door.serve(async {
            waiting.next().await;
        }) => served,
        // Programs that wait for their responses are cut off.
        () = second(&mut signals) => return Err(Failure::new(Exit::Failed, "stopped at once: open requests were cut off")),
    };
    let stopped = served?;
    if let Err(error) = client.close().await {
        context.console.note(format_args!("warning: {error}"));
    }
    if stopped.cut == 0 {
        return Ok(Exit::Done);
    }
    let cut = counted(stopped.cut as u64, "connection");
    Err(
        Failure::new(Exit::Failed, format!("{cut} took too long and had to be cut off"))
            .with_advice("a write may have happened: programs may send it again"),
    )
}

/// The second signal.
async fn second(signals: &mut Signals) {
    signals.next().await;
    signals.next().await;
}

/// A builder with the listeners of the arguments and the settings.
fn builder(
    context: &Context,
    arguments: &ServeArguments,
    builder: DoorBuilder,
) -> Result<DoorBuilder, Failure> {
    let setting = |name: &str| {
        let value = context.settings.lookup(name).filter(|value| !value.is_empty())?;
        value.into_string().ok()
    };
    let socket = arguments
        .socket
        .clone()
        .or_else(|| setting(SOCKET).map(PathBuf::from));
    let address = match (arguments.listen, setting(LISTEN), &socket) {
        (Some(address), _, _) => Some(address),
        (None, Some(text), _) => Some(text.parse().map_err(|_| invalid_address())?),
        // What is only on a socket needs no key.
        (None, None, Some(_)) => None,
        (None, None, None) => Some(DEFAULT_ADDRESS.parse().map_err(|_| invalid_address())?),
    };
    let builder = match socket {
        Some(path) => builder.unix(path),
        None => builder,
    };
    let Some(address) = address else {
        return Ok(builder);
    };
    let key = match (&arguments.key_file, setting(KEY), setting(KEY_FILE)) {
        (Some(path), _, _) => LocalKey::load(path)?,
        (None, Some(_), Some(_)) => {
            return Err(fault(
                KEY,
                format!("is set, and so is {KEY_FILE}; set one of them"),
            ));
        }
        (None, Some(key), None) => LocalKey::parse(&SecretString::from(key))?,
        (None, None, Some(path)) => LocalKey::load(path)?,
        (None, None, None) => return Err(fault(KEY, NO_KEY)),
    };
    Ok(builder.tcp(address, key))
}

fn fault(name: &str, fault: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Configuration, format!("{name} {fault}"))
}

fn invalid_address() -> Failure {
    fault(
        LISTEN,
        format!("must be an address with a port, such as {DEFAULT_ADDRESS}"),
    )
}

impl From<InvalidLocalKey> for Failure {
    fn from(error: InvalidLocalKey) -> Self {
        fault(KEY, error)
    }
}

impl From<BindError> for Failure {
    fn from(error: BindError) -> Self {
        let exit = match error {
            BindError::NotLoopback(_) | BindError::NoListener => Exit::Configuration,
            _ => Exit::Failed,
        };
        let names = match error {
            BindError::NotLoopback(_) | BindError::Address { .. } => [LISTEN, "--listen"],
            _ => [SOCKET, "--socket"],
        };
        let [setting, option] = names;
        Self::new(exit, format!("{setting} or {option}: {error}"))
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        Self::new(Exit::Failed, error.to_string())
    }
}
