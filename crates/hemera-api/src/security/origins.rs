//! Where service users call from: a new address or user agent of one is a security event.
//!
//! The database knows them, for all servers and over restarts, by hash; each server remembers those that it has asked
//! about. A caller chooses its user agent, so what one may add is bounded.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

use super::event::SecurityEvent;
use super::query;
use crate::database::Database;
use crate::limit::network;

/// How many values of one service user a server adds in an hour. Beyond, new ones are not looked at.
const MOST_AN_HOUR: usize = 20;
/// How many values of one service user a server remembers. Beyond, it begins anew: the database still knows them.
const MOST_KNOWN: usize = 1000;

type Hash = [u8; 32];

/// What this server has asked about.
#[derive(Debug, Default)]
pub(super) struct KnownOrigins(Mutex<HashMap<Arc<str>, Known>>);

#[derive(Debug, Default)]
struct Known {
    values: HashSet<Hash>,
    hour: u64,
    asked: usize,
}

/// One of the two things that are looked at.
struct Value<'a> {
    kind: &'static str,
    text: &'a str,
    event: SecurityEvent,
}

impl KnownOrigins {
    /// The events of a service user that calls from here. The database is asked only about what this server has not seen.
    pub(super) async fn events(
        &self,
        database: &Database,
        subject: &Arc<str>,
        (address, user_agent): (Option<IpAddr>, Option<&str>),
        now: SystemTime,
    ) -> Vec<SecurityEvent> {
        let address = address.map(|address| network(address).to_string());
        let values = [
            ("address", address.as_deref(), SecurityEvent::NewAddress),
            ("user_agent", user_agent, SecurityEvent::NewUserAgent),
        ];
        let mut events = Vec::new();
        for (kind, text, event) in values {
            let Some(text) = text else { continue };
            if self
                .is_new(database, subject, &Value { kind, text, event }, now)
                .await
            {
                events.push(event);
            }
        }
        events
    }

    async fn is_new(
        &self,
        database: &Database,
        subject: &Arc<str>,
        value: &Value<'_>,
        now: SystemTime,
    ) -> bool {
        let hash: Hash = Sha256::digest(format!("{}:{}", value.kind, value.text)).into();
        if !self.must_ask(subject, hash, now) {
            return false;
        }
        match query::add(database, subject, value.kind, &hash).await {
            Ok(is_new) => {
                self.remember(subject, hash);
                is_new
            }
            Err(error) => {
                // The next request asks again, within the hour's number of questions.
                tracing::debug!(%error, event = value.event.name(), "cannot ask whether this is new");
                false
            }
        }
    }

    /// Whether the value is unknown here, and another question is allowed.
    fn must_ask(&self, subject: &Arc<str>, hash: Hash, now: SystemTime) -> bool {
        let mut callers = self.0.lock();
        let known = callers.entry(Arc::clone(subject)).or_default();
        if known.values.contains(&hash) {
            return false;
        }
        let hour = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs()
            / 3600;
        if known.hour != hour {
            (known.hour, known.asked) = (hour, 0);
        }
        known.asked += 1;
        known.asked <= MOST_AN_HOUR
    }

    fn remember(&self, subject: &Arc<str>, hash: Hash) {
        let mut callers = self.0.lock();
        let known = callers.entry(Arc::clone(subject)).or_default();
        if known.values.len() >= MOST_KNOWN {
            known.values.clear();
        }
        known.values.insert(hash);
    }
}
