//! Over a hundred bad credentials, each over a real connection: one answer for all of them, the true reason in the audit
//! log, and nobody asked about any of them.

mod claims;
mod headers;
mod machines;
mod shapes;
mod transport;

use std::collections::{BTreeMap, BTreeSet};

use clerk_emulator::{ClerkEmulator, Forgery};
use serde_json::Value;

use crate::support::{Answer, Person, Scrape, Served, WITH_MACHINE, machine_token, machine_world};

/// What the tests' server asks of tokens beyond the usual.
const SETTINGS: [(&str, &str); 5] = [
    WITH_MACHINE[0],
    WITH_MACHINE[1],
    ("HEMERA_METRICS__LISTEN", "127.0.0.1:0"),
    // Each case comes from an address of its own, so that each has a record of its own.
    ("HEMERA_HTTP__TRUSTED_PROXIES", "1"),
    (
        "HEMERA_TOKENS__AUTHORIZED_PARTIES",
        "https://app.hemera-academy.com",
    ),
];

/// One bad credential.
struct Case {
    name: String,
    /// Header lines as they are sent.
    lines: Vec<Vec<u8>>,
    /// What the path ends with.
    query: String,
    /// What the audit log says.
    reason: &'static str,
    /// Whether the answer says `error="invalid_token"`.
    token_was_sent: bool,
}

impl Case {
    /// A bearer token.
    fn token(name: impl Into<String>, token: &str, reason: &'static str) -> Self {
        Self {
            token_was_sent: true,
            ..Self::line(name, format!("authorization: Bearer {token}"), reason)
        }
    }

    /// A header that brings no bearer token.
    fn line(name: impl Into<String>, line: impl Into<Vec<u8>>, reason: &'static str) -> Self {
        Self {
            name: name.into(),
            lines: vec![line.into()],
            query: String::new(),
            reason,
            token_was_sent: false,
        }
    }

    fn and_line(mut self, line: impl Into<Vec<u8>>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// The request, from an address that no other case has.
    fn request(&self, number: usize) -> Vec<u8> {
        let (high, low) = (number / 250, number % 250 + 1);
        let mut request = format!(
            "GET /api/service/courses?limit=1{} HTTP/1.1\r\nhost: hemera\r\nconnection: close\r\n\
             x-request-id: case-{number}\r\nx-forwarded-for: 6.6.6.6, 203.0.{high}.{low}\r\n",
            self.query
        )
        .into_bytes();
        for line in &self.lines {
            request.extend_from_slice(line);
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        request
    }

    #[track_caller]
    fn check(&self, answer: &Answer, body: &str) {
        let name = &self.name;
        assert_eq!(answer.status, 401, "{name}: {answer:#?}");
        answer.assert_error(401, "UNAUTHORIZED");
        assert_eq!(told(answer), body, "{name}");
        let challenge = if self.token_was_sent {
            "Bearer error=\"invalid_token\""
        } else {
            "Bearer"
        };
        assert_eq!(answer.header("www-authenticate"), challenge, "{name}");
        for header in ["x-ratelimit-limit", "ratelimit", "retry-after", "etag", "server"] {
            assert!(!answer.has_header(header), "{name}: {header}");
        }
    }
}

/// The body without what differs from request to request by design.
fn told(answer: &Answer) -> String {
    let mut json = answer.json();
    json["meta"]["requestId"] = "".into();
    json.to_string()
}

/// The token that would be good if nothing were wrong with it.
fn template() -> Forgery {
    Forgery::template(Person::Service.email(), "hemera-api")
}

fn forged(clerk: &ClerkEmulator, name: impl Into<String>, forgery: &Forgery, reason: &'static str) -> Case {
    Case::token(name, &clerk.forge(forgery).unwrap(), reason)
}

fn all(clerk: &ClerkEmulator) -> Vec<Case> {
    [
        transport::all(clerk),
        shapes::all(clerk),
        headers::all(clerk),
        claims::all(clerk),
        machines::all(clerk),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// How often each reason is in the metrics, if it is.
fn counted(scrape: &Scrape) -> BTreeMap<String, u64> {
    let reason = |series: &str| series.split('"').nth(1).unwrap().to_owned();
    let all = scrape.all("hemera_auth_refusals_total");
    all.iter()
        .filter(|(_, count)| **count > 0)
        .map(|(series, count)| (reason(series), *count))
        .collect()
}

/// How often each reason is in the corpus.
fn expected_counts(cases: &[Case]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for case in cases {
        *counts.entry(case.reason.to_owned()).or_default() += 1;
    }
    counts
}

/// Each case counts under its reason, and each secret of Clerk's once more.
#[track_caller]
fn check_counts(scrape: &Scrape, cases: &[Case]) {
    assert_eq!(counted(scrape), expected_counts(cases));
    let leaks = cases
        .iter()
        .filter(|case| case.reason.starts_with("clerk_secret_as_"));
    let counted_leaks = scrape.all("hemera_clerk_secret_presented_total");
    let sum: u64 = counted_leaks.values().sum();
    assert_eq!(sum, leaks.count() as u64);
}

/// Each case has its record: its reason, nothing that was not proven, and the address that it came from.
#[track_caller]
fn check_records(cases: &[Case], records: &[Value]) {
    let by_id: BTreeMap<&str, &Value> = records
        .iter()
        .map(|record| (record["request_id"].as_str().unwrap(), record))
        .collect();
    let mut wrong = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let record = by_id[format!("case-{number}").as_str()];
        if record["reason"] != case.reason {
            wrong.push(format!(
                "{}: {} instead of {}",
                case.name, record["reason"], case.reason
            ));
        }
        assert_eq!(record["status"], 401, "{}", case.name);
        assert_eq!(record["subject"], Value::Null, "{}", case.name);
        assert_ne!(record["client"], "6.6.6.6", "{}", case.name);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// In two halves, each with a server of its own: a server names no more than 300 unproven callers a minute in records.
#[tokio::test]
async fn each_gets_one_identical_answer_and_a_record_of_its_reason_and_asks_nobody() {
    for half in 0..2 {
        try_every_other(half).await;
    }
}

/// Every other case, beginning with this one.
async fn try_every_other(first: usize) {
    let server = Served::start_on(machine_world(), &SETTINGS).await;
    let good = |token: &str| {
        format!(
            "GET /api/service/courses?limit=1 HTTP/1.1\r\nhost: h\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n"
        )
    };
    let goods = [
        server.token.clone(),
        server.clerk.forge(&machine_token()).unwrap(),
    ];
    for token in &goods {
        server.exchange(good(token).as_bytes()).await.assert_status(200);
    }
    let cases: Vec<Case> = all(&server.clerk).into_iter().skip(first).step_by(2).collect();
    server.clerk.clear_journal();

    let mut body = None;
    for (number, case) in cases.iter().enumerate() {
        let answer = server.exchange(&case.request(number)).await;
        case.check(&answer, body.get_or_insert_with(|| told(&answer)));
    }
    for method in ["GET", "POST", "HEAD"] {
        let asked = server.clerk.journal(method, "/**");
        assert!(asked.is_empty(), "{asked:#?}");
    }
    // After all of them the good tokens are as good as before.
    for token in &goods {
        server.exchange(good(token).as_bytes()).await.assert_status(200);
    }
    check_counts(&server.scrape().await, &cases);

    let clerk_key = server.clerk.secret_key();
    server.stop.ask();
    let (_, database) = server.ended().await;
    let records = database
        .rows(
            "select request_id, reason, status, subject, occurrences, host(details.client_address) as client
              from audit_log left join audit_details as details using (at, record_id)",
        )
        .await;
    assert!(!Value::from(records.clone()).to_string().contains(&clerk_key));
    check_records(&cases, &records);
}

#[tokio::test]
async fn there_are_many_of_them_each_with_a_name_of_its_own() {
    let server = Served::start_on(machine_world(), &SETTINGS).await;
    let cases = all(&server.clerk);
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "two cases share a name");
    assert!(cases.len() >= 120, "{}", cases.len());
}
