//! The scenarios of the service API on the server, with its PostgreSQL and a Clerk. What is written down in these runs is
//! what every other Hemera must do.

mod seed;

use std::net::SocketAddr;
use std::time::Duration;

use service_behaviour::{Change, HemeraUnderTest, Settings, Who};
use tokio::sync::Mutex;

use crate::academy::NOTHING;
use crate::support::{Connection, Person, Served, TestApp};

macro_rules! tests {
    ($($scenario:ident,)*) => { $(
        #[tokio::test]
        async fn $scenario() {
            service_behaviour::$scenario::<Server>().await;
        }
    )* };
}
service_behaviour::each_scenario!(tests);

/// How often the audit log is asked whether it has all records.
const LOOKS: usize = 200;
/// The time between two of them.
const PAUSE: Duration = Duration::from_millis(50);

/// The body of the request that takes the place of others.
const OF_OCCUPANT: &str = r#"{"complete":true}"#;

struct Server {
    served: Served,
    /// The request that takes the only place.
    occupant: Mutex<Option<Connection>>,
    tokens: Vec<(Person, String)>,
    subjects: Vec<(Person, String)>,
}

fn person(who: Who) -> Option<Person> {
    match who {
        Who::Service => Some(Person::Service),
        Who::Admin => Some(Person::Admin),
        Who::Moderator => Some(Person::Moderator),
        Who::User => Some(Person::User),
        Who::Anonymous | Who::ServiceKey => None,
    }
}

impl HemeraUnderTest for Server {
    const IS_THE_SERVER: bool = true;

    async fn start(settings: &Settings) -> Self {
        let window = format!("{}s", settings.window.as_secs());
        let numbers = [
            ("API_CLIENT", settings.api_client),
            ("ADMIN", settings.admin),
            ("FAILED_AUTH", settings.failed_authentications),
        ];
        let numbers: Vec<_> = numbers
            .into_iter()
            .flat_map(|(name, limits)| [(name, "RATE", limits.rate), (name, "BURST", limits.burst)])
            .map(|(name, kind, number)| (format!("HEMERA_LIMITS__{name}_{kind}"), number.to_string()))
            .collect();
        let mut environment = vec![
            ("HEMERA_LIMITS__WINDOW", window.as_str()),
            // Of the same paths that the contract has, and no others.
            ("HEMERA_HTTP__DOCS", "false"),
        ];
        environment.extend(
            numbers
                .iter()
                .map(|(name, number)| (name.as_str(), number.as_str())),
        );
        let concurrency = settings.concurrency.map(|places| places.to_string());
        environment.extend(
            concurrency
                .iter()
                .map(|places| ("HEMERA_HTTP__CONCURRENCY", places.as_str())),
        );
        if let Some(key) = settings.pseudonym_key {
            environment.push(("HEMERA_IDENTITY__PARTICIPANT_IDENTITY", "pseudonymous"));
            environment.push(("HEMERA_IDENTITY__PSEUDONYM_KEY", key));
        }
        let app = TestApp::start_with(&environment).await;
        app.database.run(NOTHING).await;
        app.database.run(&seed::statements()).await;
        let tokens = Person::ALL.map(|person| (person, app.token(person)));
        let subjects = Person::ALL.map(|person| (person, app.clerk.user_id(person.email()).unwrap()));
        Self {
            served: Served::of(app),
            occupant: Mutex::default(),
            tokens: tokens.into(),
            subjects: subjects.into(),
        }
    }

    fn address(&self) -> SocketAddr {
        self.served.address
    }

    fn credential(&self, who: Who) -> Option<(&'static str, String)> {
        if who == Who::ServiceKey {
            return Some(("x-api-key", TestApp::SERVICE_KEY.to_owned()));
        }
        let person = person(who)?;
        let token = self.tokens.iter().find(|(of, _)| *of == person);
        token.map(|(_, token)| ("authorization", format!("Bearer {token}")))
    }

    fn subject(&self, who: Who) -> String {
        let Some(person) = person(who) else {
            return "aither-rollback".to_owned();
        };
        let subject = self.subjects.iter().find(|(of, _)| *of == person);
        subject.map_or_else(String::new, |(_, subject)| subject.clone())
    }

    fn advance(&self, span: Duration) {
        self.served.advance(span);
    }

    async fn change(&self, change: Change) {
        self.served.database.run(&seed::change(change)).await;
    }

    async fn fill(&self) {
        let mut occupant = self.occupant.lock().await;
        if occupant.is_some() {
            return;
        }
        let mut connection = self.served.connect().await;
        let head = self.served.head_of_write(OF_OCCUPANT.len());
        let head = head.trim_end().to_owned() + "\r\nconnection: close\r\nexpect: 100-continue\r\n\r\n";
        connection.send(&head).await;
        // The handler waits for the body: the place is taken.
        connection.read_until("100 Continue\r\n\r\n").await;
        *occupant = Some(connection);
    }

    async fn free(&self) {
        let mut occupant = self.occupant.lock().await;
        if let Some(mut connection) = occupant.take() {
            connection.send(OF_OCCUPANT).await;
            assert!(connection.read_to_end().await.starts_with("HTTP/1.1 404"));
        }
    }

    async fn counted(&self, requests: usize) {
        let count = "select coalesce(sum(occurrences), 0)::bigint as count from audit_log";
        for _ in 0..LOOKS {
            let rows = self.served.database.rows(count).await;
            if rows[0]["count"].as_u64() >= u64::try_from(requests).ok() {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("the audit log does not get its {requests} records");
    }

    async fn finish(self) {
        self.served.stop.ask();
        let _ = self.served.ended().await;
    }
}
