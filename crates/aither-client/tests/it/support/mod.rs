//! What the tests share: a scripted server, a source of numbered tokens, a client on a manual clock.

mod bench;
mod bodies;
mod clerk;
mod connect_proxy;
mod logs;
mod server;
mod source;
mod tls;

pub(crate) use bench::{Bench, EndlessSleep, client_of, list, started_at};
pub(crate) use bodies::{course, course_page, envelope, failure, participation};
pub(crate) use clerk::{Clerk, SERVICE_USER};
pub(crate) use connect_proxy::ConnectProxy;
pub(crate) use logs::Logs;
pub(crate) use server::{Received, Reply, Server};
pub(crate) use source::{NumberedTokens, TokenReply};
pub(crate) use tls::{Authority, TlsFront};
