//! What a Hemera must offer so that the scenarios can be run on it.

use std::net::SocketAddr;
use std::time::Duration;

/// Who sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// No credential at all.
    Anonymous,
    /// The service user (`api-client`), with a bearer token.
    Service,
    /// A user with the role `admin`, with a bearer token.
    Admin,
    /// A user with the role `moderator`, with a bearer token.
    Moderator,
    /// A user with the role `user`, with a bearer token.
    User,
    /// Aither with a service key (`api-client`).
    ServiceKey,
}

/// A number of requests in a window, and so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In a window.
    pub rate: u32,
    /// At once.
    pub burst: u32,
}

/// How a Hemera is to be set up.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Of the role `api-client`.
    pub api_client: Limits,
    /// Of the role `admin`.
    pub admin: Limits,
    /// Of credentials that are refused.
    pub failed_authentications: Limits,
    /// The window of the rates.
    pub window: Duration,
    /// How many requests are served at once; `None`: as many as usual.
    pub concurrency: Option<u32>,
    /// The key of participants' pseudonyms; `None`: they are shown as they are.
    pub pseudonym_key: Option<&'static str>,
}

impl Default for Settings {
    /// Limits that are out of the way.
    fn default() -> Self {
        let wide = Limits {
            rate: 6_000,
            burst: 300,
        };
        Self {
            api_client: wide,
            admin: wide,
            failed_authentications: wide,
            window: Duration::from_mins(1),
            concurrency: None,
            pseudonym_key: None,
        }
    }
}

/// A change of the world that no operation makes.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// A user has another name.
    Rename {
        /// The user.
        user: &'static str,
        /// The new name.
        name: &'static str,
    },
    /// A booking is cancelled: it goes with its participation.
    CancelBooking(&'static str),
    /// Something of a participation changes that no operation shows of it, so that its version rises.
    Touch(&'static str),
    /// A course has no materials any more.
    ClearMaterials(&'static str),
    /// A course is deleted with all that belongs to it.
    DeleteCourse(&'static str),
}

/// A Hemera that a scenario is run on. Its clock stands at 2026-03-10T09:00:00Z until it is advanced, and it has the
/// [`world`](crate::world) of this crate and nothing else.
pub trait HemeraUnderTest: Sized {
    /// Whether this is the server, whose behaviour is what is expected of all others.
    const IS_THE_SERVER: bool;

    /// Starts one.
    fn start(settings: &Settings) -> impl Future<Output = Self>;

    /// Where it listens.
    fn address(&self) -> SocketAddr;

    /// The header with the credential of a caller: always the same one, from the time of the start; `None` for
    /// [`Who::Anonymous`].
    fn credential(&self, who: Who) -> Option<(&'static str, String)>;

    /// The name of a caller in the usage.
    fn subject(&self, who: Who) -> String;

    /// Moves its clock.
    fn advance(&self, span: Duration);

    /// Changes the world.
    fn change(&self, change: Change) -> impl Future<Output = ()>;

    /// Lets the next request find every place taken.
    fn fill(&self) -> impl Future<Output = ()>;

    /// Lets requests find a place again.
    fn free(&self) -> impl Future<Output = ()>;

    /// Waits until so many requests can be seen in the usage.
    fn counted(&self, requests: usize) -> impl Future<Output = ()>;

    /// Stops it.
    fn finish(self) -> impl Future<Output = ()>;
}
