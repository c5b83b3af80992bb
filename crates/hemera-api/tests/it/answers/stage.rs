//! The server that an operation is asked of, and how to bring each error about.

use hemera_types::{ErrorCode, Operation};
use http::Method;
use permissions::Role;

use super::ask::Ask;
use crate::academy::academy;
use crate::support::{Answer, Person, Sender, TestApp};

/// A page that may call from a browser.
pub(super) const ORIGIN: &str = "https://aither.example.com";

/// Earlier requests, which the usage counts.
const RECORDS: &str = "
    insert into audit_log (at, subject, operation, outcome, status, occurrences) values
        ('2026-03-10T08:00:00Z', 'user_zoe', 'courses.list', 'SUCCEEDED', 200, 3),
        ('2026-03-10T08:00:01Z', null, null, 'REFUSED', 401, 4000),
        ('2026-03-09T08:00:00Z', 'user_zoe', 'courses.get', 'FAILED', 503, 1)";

/// Without them, no operation can be carried out.
const TABLES: [&str; 3] = ["courses", "course_participations", "audit_log"];

/// The small academy, before its first request.
pub(super) struct Stage {
    pub(super) operation: Operation,
    app: TestApp,
}

impl Stage {
    pub(super) async fn of(operation: Operation) -> Self {
        // The requests go to servers beside it.
        let app = academy().await.need_not_finish();
        app.database.run(RECORDS).await;
        Self { operation, app }
    }

    /// Asks as a caller who is admitted.
    pub(super) async fn ask(&self, ask: &Ask) -> Answer {
        ask.send(&self.as_person(self.caller(), &[]).await).await
    }

    /// Makes the server answer with this code. The ways to a validation error are in `faults`.
    pub(super) async fn provoke(&self, code: ErrorCode) -> Answer {
        let good = Ask::good(self.operation);
        match code {
            ErrorCode::Unauthorized => {
                let sender = self.beside(&[]).await.with_token("not.a.token");
                good.send(&sender).await
            }
            ErrorCode::Forbidden => {
                let sender = self.as_person(self.stranger(), &[]).await;
                good.send(&sender).await
            }
            ErrorCode::NotFound => self.ask(&good.at(self.operation.path(Some("nobody")))).await,
            ErrorCode::MethodNotAllowed => good.by(Method::DELETE).send(&self.beside(&[]).await).await,
            ErrorCode::ValidationError => unreachable!("see `faults`"),
            ErrorCode::InvalidInput => self.ask(&good.saying(r#"{"complete":true"#)).await,
            ErrorCode::PreconditionFailed => self.ask(&good.with("if-match", "\"4711\"")).await,
            ErrorCode::PayloadTooLarge => {
                let most = self.operation.spec().body_bytes.unwrap();
                self.ask(&good.saying(vec![b' '; most + 1])).await
            }
            ErrorCode::UnsupportedMediaType => self.ask(&good.with("content-type", "text/plain")).await,
            ErrorCode::RateLimited => self.ask_too_often(&good).await,
            ErrorCode::InternalError => self.ask_of_a_broken_schema(&good).await,
            ErrorCode::ServiceUnavailable => self.ask_without_a_database(&good).await,
        }
    }

    /// An anonymous caller at a server of its own: requests do not use up each other's limits.
    pub(super) async fn beside(&self, settings: &[(&str, &str)]) -> Sender {
        let settings = [&[("HEMERA_CORS__ORIGINS", ORIGIN)], settings].concat();
        self.app.beside(&settings).await.1
    }

    async fn as_person(&self, person: Person, settings: &[(&str, &str)]) -> Sender {
        self.beside(settings).await.with_token(&self.app.token(person))
    }

    /// A caller who is admitted.
    fn caller(&self) -> Person {
        if self.operation.spec().admits(Role::ApiClient) {
            Person::Service
        } else {
            Person::Admin
        }
    }

    /// A known caller who is not admitted.
    fn stranger(&self) -> Person {
        if self.operation.spec().admits(Role::ApiClient) {
            Person::User
        } else {
            Person::Service
        }
    }

    /// The second request under a burst of one.
    async fn ask_too_often(&self, ask: &Ask) -> Answer {
        let settings = [
            ("HEMERA_LIMITS__API_CLIENT_BURST", "1"),
            ("HEMERA_LIMITS__ADMIN_BURST", "1"),
        ];
        let sender = self.as_person(self.caller(), &settings).await;
        sender.get("/api/service/courses").await.assert_status(200);
        ask.send(&sender).await
    }

    /// The tables have other names during the request.
    async fn ask_of_a_broken_schema(&self, ask: &Ask) -> Answer {
        for table in TABLES {
            let rename = format!("alter table {table} rename to {table}_elsewhere");
            self.app.database.run(&rename).await;
        }
        let answer = self.ask(ask).await;
        for table in TABLES {
            let rename = format!("alter table {table}_elsewhere rename to {table}");
            self.app.database.run(&rename).await;
        }
        answer
    }

    /// Every connection to the database is closed.
    async fn ask_without_a_database(&self, ask: &Ask) -> Answer {
        let (app, sender) = self.app.beside(&[("HEMERA_CORS__ORIGINS", ORIGIN)]).await;
        let sender = sender.with_token(&self.app.token(self.caller()));
        app.database().close();
        ask.send(&sender).await
    }
}
