//! The service user and its token template at Clerk: what should be there, what is there, and how to get from one to
//! the other.
//!
//! [`Desired`] and [`Current`] are compared point by point ([`compare`]); what differs becomes a [`Plan`], which is
//! pure: it can be shown, counted and tested without Clerk. Only `apply` changes anything, and only `prove` shows
//! whether the result works: it signs in, mints a token and verifies it as the server would. `shut_out` keeps the user out,
//! and `let_in` ends that.

mod apply;
mod compare;
mod connection;
mod current;
mod desired;
mod environment;
mod let_in;
mod marker;
mod plan;
mod prove;
mod session;
mod shut_out;
mod sign_in_tokens;
mod time;

pub(crate) use hemera_types::JWT_TEMPLATE as TEMPLATE;

pub use self::compare::compare;
pub use self::current::{Current, LookUpFailure};
pub use self::desired::{Desired, EMAIL};
pub use self::plan::{Action, Plan};

pub(crate) use self::apply::apply;
pub(crate) use self::compare::{Point, Remedy};
pub(crate) use self::connection::ClerkConnection;
pub(crate) use self::current::service_user;
pub(crate) use self::environment::{EnvironmentLine, Side, enrolled_environment, environment};
pub(crate) use self::let_in::{LetIn, NotLetIn, let_in};
pub(crate) use self::marker::Marker;
pub(crate) use self::prove::{Proven, mint_unproven, prove, prove_and_end};
pub(crate) use self::session::{end_sessions, live_sessions};
pub(crate) use self::shut_out::{ShutOut, StepOutcome, shut_out, stands};
pub(crate) use self::sign_in_tokens::{MOST_NOTED, NotedTokens};
pub(crate) use self::time::timestamp;
