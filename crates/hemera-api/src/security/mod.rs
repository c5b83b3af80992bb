//! Security events: what normal work does not do. Each is counted, logged and marked in the audit record of its request.
//!
//! To add one: its variant and words in `event.rs`, where it is noticed here, its row in `docs/audit.md`, and an alert.

mod event;
mod habits;
mod origins;
mod query;

use std::sync::Arc;
use std::time::SystemTime;

use clerk::Refusal as TokenRefusal;
use freshness::Clock;
use hemera_types::Operation;
use http::StatusCode;
use permissions::Role;

pub(crate) use self::event::SecurityEvent;

use self::habits::{Bounds, Habits, Habitual, Standing};
use self::origins::KnownOrigins;
use crate::auth::{Caller, Proof, Refusal};
use crate::config::SecurityConfig;
use crate::database::Database;
use crate::log_line::Line;
use crate::metrics::SecurityMetrics;

/// Notices security events.
#[derive(Debug)]
pub(crate) struct Security {
    cut_over: Option<SystemTime>,
    habits: Habits,
    origins: KnownOrigins,
    database: Database,
    metrics: SecurityMetrics,
    lines: [Line; SecurityEvent::ALL.len()],
    clock: Arc<dyn Clock>,
}

/// From where a request came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    pub(crate) address: Option<std::net::IpAddr>,
    pub(crate) user_agent: Option<&'a str>,
}

impl Security {
    pub(crate) fn new(
        config: &SecurityConfig,
        database: Database,
        metrics: SecurityMetrics,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            cut_over: config.cut_over.map(Into::into),
            habits: Habits::new(Bounds {
                missing: config.missing_ids,
                read: config.participations_a_day,
            }),
            origins: KnownOrigins::default(),
            database,
            metrics,
            lines: Default::default(),
            clock,
        }
    }

    /// The event that a refused credential is, if it is one.
    pub(crate) fn of_refusal(&self, refusal: Refusal, origin: Origin<'_>) -> Option<SecurityEvent> {
        let event = match refusal {
            Refusal::ClerkSecret(_) => SecurityEvent::ClerkSecretAsCredential,
            Refusal::Token(token) if TokenRefusal::FORGED.contains(&token) => SecurityEvent::ForgedToken,
            _ => return None,
        };
        self.report(event, None, origin);
        Some(event)
    }

    /// The events that a request of a proven caller is before it is carried out.
    pub(crate) async fn of_caller(&self, caller: &Caller, origin: Origin<'_>) -> Vec<SecurityEvent> {
        let now = self.clock.now().wall;
        let mut events = Vec::new();
        let is_key = matches!(caller.proof, Proof::ServiceKey { .. });
        if is_key && self.cut_over.is_some_and(|cut_over| now >= cut_over) {
            events.push(SecurityEvent::RollbackKeyUsed);
        }
        if caller.role == Role::ApiClient {
            let from = (origin.address, origin.user_agent);
            let new = self.origins.events(&self.database, &caller.subject, from, now);
            events.extend(new.await);
        }
        for event in &events {
            self.report(*event, Some(caller), origin);
        }
        // Reported when the bound was reached; marked in every record from then on.
        for (kind, event) in HABITS {
            if self.habits.is_beyond(&caller.subject, kind, now) {
                events.push(event);
            }
        }
        events
    }

    /// The event that an answer completes, if there is one: the bound of a habit is reached.
    pub(crate) fn of_answer(
        &self,
        caller: &Caller,
        operation: Operation,
        (resource, status): (&str, StatusCode),
        origin: Origin<'_>,
    ) -> Option<SecurityEvent> {
        let (kind, event) = match status {
            StatusCode::NOT_FOUND => HABITS[0],
            StatusCode::OK | StatusCode::NOT_MODIFIED if operation == Operation::GetParticipation => {
                HABITS[1]
            }
            _ => return None,
        };
        let now = self.clock.now().wall;
        let standing = self.habits.note(&caller.subject, kind, resource, now);
        (standing == Standing::Reached).then(|| {
            self.report(event, Some(caller), origin);
            event
        })
    }

    fn report(&self, event: SecurityEvent, caller: Option<&Caller>, origin: Origin<'_>) {
        self.metrics.happened(event.name());
        let Some(events) = self.lines[event as usize].due(self.clock.now()) else {
            return;
        };
        tracing::warn!(
            target: "hemera_api::security",
            security_event = event.name(),
            subject = caller.map(|caller| &*caller.subject),
            client = origin.address.map(tracing::field::display),
            user_agent = origin.user_agent,
            events,
            "{}", event.message()
        );
    }
}

/// What callers do over time, and the event of each.
const HABITS: [(Habitual, SecurityEvent); 2] = [
    (Habitual::Missing, SecurityEvent::IdEnumeration),
    (Habitual::Read, SecurityEvent::Crawl),
];
