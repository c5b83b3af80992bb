//! The door in front of a Hemera: a program gets from it what Hemera sends to a caller of its own.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use aither_client::hemera_types::{CourseId, Operation, ParticipationId};
use aither_client::testing::{CourseSeed, Fault, InMemoryHemera, ParticipationSeed};
use freshness::ManualClock;

use crate::support::{Caller, Opened, Reply};

const PARTICIPATION: &str = "/api/service/participations/participation_1";
const WRITE: &str = "PUT /api/service/participations/participation_1/result";
const JSON: &str = "content-type: application/json\r\n";

/// What belongs to a connection, or is different for each answer.
const NOT_COMPARED: [&str; 3] = ["date", "connection", "x-audit-record"];

/// A Hemera that is the same each time.
async fn hemera() -> InMemoryHemera {
    let course = CourseId::parse("course_1").unwrap();
    let participation = ParticipationId::parse("participation_1").unwrap();
    InMemoryHemera::builder()
        .with_course(CourseSeed::new(course.clone(), "Schwierige Gespräche"))
        .with_participation(ParticipationSeed::new(participation, course).with_name("Jürgen"))
        .with_clock(ManualClock::at(
            SystemTime::UNIX_EPOCH + Duration::from_hours(500_000),
        ))
        .start()
        .await
        .unwrap()
}

/// In front of it, without retries and pace.
fn door(hemera: &InMemoryHemera) -> Opened {
    let client = hemera.client_builder().with_max_attempts(1).without_pace();
    Opened::with(client.build().unwrap(), |door| door)
}

/// The same request to Hemera itself, with a key of Hemera's.
async fn ask_hemera(hemera: &InMemoryHemera, line: &str, more: &str, body: &str) -> Reply {
    let address: SocketAddr = hemera.base_url().to_string()["http://".len()..].parse().unwrap();
    let mut caller = Caller::on_tcp(address).await;
    let length = if body.is_empty() {
        String::new()
    } else {
        format!("content-length: {}\r\n", body.len())
    };
    let key = hemera.service_key();
    caller
        .send(format!(
            "{line} HTTP/1.1\r\nhost: {address}\r\nx-api-key: {key}\r\nconnection: close\r\n{more}{length}\r\n{body}"
        ))
        .await;
    caller.last().await
}

fn headers(reply: &Reply) -> Vec<(String, String)> {
    let mut headers: Vec<_> = reply
        .headers
        .iter()
        .filter(|(name, _)| !NOT_COMPARED.contains(&name.as_str()))
        .cloned()
        .collect();
    headers.sort();
    headers
}

#[tokio::test]
async fn every_answer_is_the_one_that_hemera_gives_by_itself() {
    let (directly, behind) = (hemera().await, hemera().await);
    let door = door(&behind);
    let read = ask_hemera(&hemera().await, &format!("GET {PARTICIPATION}"), "", "").await;
    let current = read.header("etag").unwrap();
    let unchanged = format!("if-none-match: {current}\r\n");
    let written = format!("{JSON}if-match: {current}\r\n");
    let read = format!("GET {PARTICIPATION}");
    let cases: [(&str, &str, &str, u16); 16] = [
        ("GET /api/service/courses", "", "", 200),
        ("GET /api/service/courses?limit=1&offset=1", "", "", 200),
        ("GET /api/service/courses?limit=1.5&x=1", "", "", 400),
        ("GET /api/service/courses/course_1", "", "", 200),
        ("GET /api/service/courses/course_1?q=1", "", "", 200),
        ("GET /api/service/courses/course_2", "", "", 404),
        ("GET /api/service/courses/course_1/materials", "", "", 200),
        (&read, "", "", 200),
        (&read, &unchanged, "", 304),
        (
            WRITE,
            &written,
            "{\"resultOutcome\":\"Spricht frei\",\"complete\":true}",
            200,
        ),
        (WRITE, &written, "{\"resultNotes\":\"zu spät\"}", 412),
        (WRITE, JSON, "{\"resultNotes\":1,\"other\":2}", 400),
        (WRITE, JSON, "{\"resultNotes\":", 400),
        (WRITE, "", "{}", 415),
        (WRITE, "content-type: text/plain\r\n", "{}", 415),
        (&read, "", "", 200),
    ];
    for (line, more, body, status) in cases {
        let more = format!("{more}x-request-id: the-same\r\n");
        let expected = ask_hemera(&directly, line, &more, body).await;
        let came = door.ask(line, &more, body).await;
        assert_eq!(expected.status, status, "{line}: {}", expected.text());
        assert_eq!(came.status, expected.status, "{line}: {}", came.text());
        assert_eq!(came.text(), expected.text(), "{line}");
        assert_eq!(headers(&came), headers(&expected), "{line}");
        assert_eq!(came.reason(), None, "{line}");
    }
}

#[tokio::test]
async fn faults_of_hemera_come_through_as_they_are() {
    let hemera = hemera().await;
    let door = door(&hemera);
    let retry_after = Duration::from_secs(7);
    for (fault, status, code) in [
        (Fault::RateLimited { retry_after }, 429, "RATE_LIMITED"),
        (Fault::Unavailable { retry_after }, 503, "SERVICE_UNAVAILABLE"),
    ] {
        hemera.fail_next(fault);
        let reply = door.ask("GET /api/service/courses", "", "").await;
        assert_eq!((reply.status, reply.reason()), (status, None));
        assert_eq!(reply.header("retry-after"), Some("7"));
        assert_eq!(reply.failure().error.code.name(), code);
    }
}

/// What a program would have to do itself without the door.
#[tokio::test]
async fn an_expired_token_and_a_short_outage_are_not_seen() {
    let hemera = hemera().await;
    let client = hemera.client_builder().without_pace();
    let door = Opened::with(client.build().unwrap(), |door| door);
    hemera.fail_next(Fault::ExpiredToken);
    assert_eq!(door.ask("GET /api/service/courses", "", "").await.status, 200);
    hemera.fail_next(Fault::Dropped);
    assert_eq!(door.ask(WRITE, JSON, "{\"complete\":true}").await.status, 200);
    let writes = hemera.requests();
    let writes = writes
        .iter()
        .filter(|request| request.operation == Some(Operation::UpdateParticipationResult));
    assert_eq!(writes.count(), 2);
}

/// The second read of a program that knows nothing of entity tags is confirmed by Hemera and not sent again.
#[tokio::test]
async fn programs_share_the_response_cache() {
    let hemera = hemera().await;
    let door = door(&hemera);
    let first = door.ask("GET /api/service/courses/course_1", "", "").await;
    let second = door.ask_on_socket("GET /api/service/courses/course_1", "").await;
    assert_eq!((second.status, &second.body), (200, &first.body));
    let requests = hemera.requests();
    assert!(requests.last().unwrap().if_none_match.is_some(), "{requests:?}");
}
