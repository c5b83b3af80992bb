//! Rate limits: of one server, and of several that count together.

mod callers;
mod lost;
mod together;
mod weight;

use redis::Connection;
use redis_fixture::RedisServer;

use crate::support::{Answer, Sender, TestApp};

const COURSES: &str = "/api/service/courses?limit=1";

/// Limit, remaining and reset, as the headers tell them.
fn standing(answer: &Answer) -> (u64, u64, u64) {
    let number = |name| answer.header(name).parse().unwrap();
    (
        number("x-ratelimit-limit"),
        number("x-ratelimit-remaining"),
        number("x-ratelimit-reset"),
    )
}

/// Asks the store past the servers.
fn connect(redis: &RedisServer) -> Connection {
    let client = redis::Client::open(redis.url()).unwrap();
    client.get_connection().unwrap()
}

/// Two servers over one database, one Clerk and one Redis.
struct Pair {
    redis: RedisServer,
    app: TestApp,
    /// The service user, calling the first server and the second.
    callers: [Sender; 2],
}

/// In an hour nothing comes back while a test runs, however slow the machine; 100 requests, 20 of them at once. A second
/// is more than an idle Redis ever takes.
const SETTINGS: [(&str, &str); 3] = [
    ("HEMERA_LIMITS__WINDOW", "1h"),
    ("HEMERA_LIMITS__REPLICAS", "2"),
    ("HEMERA_LIMITS__STORE_TIMEOUT", "1s"),
];

impl Pair {
    async fn start() -> Self {
        Self::over(RedisServer::start().unwrap()).await
    }

    async fn over(redis: RedisServer) -> Self {
        let url = redis.url();
        let mut settings = SETTINGS.to_vec();
        settings.push(("HEMERA_LIMITS__STORE", &url));
        let app = TestApp::start_with(&settings).await;
        let (_, other) = app.beside(&settings).await;
        let token = app.token(crate::support::Person::Service);
        let callers = [app.service(), other.with_token(&token)];
        Self { redis, app, callers }
    }

    /// How many of so many requests one server admits.
    async fn admitted(&self, server: usize, requests: usize) -> usize {
        let mut admitted = 0;
        for _ in 0..requests {
            let answer = self.callers[server].get(COURSES).await;
            assert!([200, 429].contains(&answer.status.as_u16()), "{}", answer.text);
            admitted += usize::from(answer.status == 200);
        }
        admitted
    }

    async fn readiness(&self, server: usize) -> String {
        let answer = self.callers[server].get("/readyz").await;
        answer.assert_status(200);
        answer.text
    }
}
