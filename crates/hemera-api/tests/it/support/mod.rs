//! What the tests share: a server of their own with a database, a Clerk and a clock.

mod answer;
mod app;
mod callers;
mod database;
mod log;
mod machines;
mod operations;
mod pooler;
mod promised;
mod scrape;
mod socket;
mod sql;
mod timeline;
pub(crate) mod tls;

pub(crate) use self::answer::Answer;
pub(crate) use self::app::{TestApp, environment};
pub(crate) use self::callers::{Person, Sender};
pub(crate) use self::database::{
    TestDatabase, administrate, fresh_name, known_versions, migrator, parsed, role_names,
};
pub(crate) use self::log::CapturedLog;
pub(crate) use self::machines::{AITHER, HEMERA, OTHER, WITH_MACHINE, machine_token, machine_world};
pub(crate) use self::operations::{Resources, body_of};
pub(crate) use self::pooler::{Order, TransactionPooler};
pub(crate) use self::promised::{document, promised, validator};
pub(crate) use self::scrape::Scrape;
pub(crate) use self::socket::{Connection, Served};
pub(crate) use self::timeline::Timeline;
