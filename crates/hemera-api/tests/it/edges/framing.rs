//! Requests whose host or end is in doubt: refused in the envelope, and their connection is closed.

use serde_json::json;

use crate::support::{Answer, Served};

const SETTINGS: [(&str, &str); 1] = [("HEMERA_METRICS__LISTEN", "127.0.0.1:0")];

/// A request that is not asked for if the one before it closes the connection.
const NEXT: &str = "GET /livez HTTP/1.1\r\nhost: hemera\r\n\r\n";

/// Sends a head, a body and another request; the first is refused for this field, and the other has no answer.
async fn assert_refused(server: &Served, head: &str, body: &str, field: &str) {
    let mut connection = server.connect().await;
    connection.send(&format!("{head}\r\n{body}{NEXT}")).await;
    let came = connection.read_to_end().await;
    assert_eq!(came.matches("HTTP/1.").count(), 1, "{head}: {came}");
    let answer = Answer::parse(&came);
    answer.assert_error(400, "VALIDATION_ERROR");
    assert_eq!(answer.faulty_fields(), [field], "{head}");
    assert_eq!(answer.header("connection"), "close", "{head}");
}

#[tokio::test]
async fn a_request_has_exactly_one_host() {
    let server = Served::start_with(&SETTINGS).await;
    for host in [
        "",
        "host: hemera\r\nhost: hemera\r\n",
        "host: hemera\r\nhost: elsewhere\r\n",
        "host:\r\n",
        "host: he mera\r\n",
        "host: hemera, elsewhere\r\n",
        "host: user@hemera\r\n",
        "host: hemera:port\r\n",
        "host: http://hemera\r\n",
        "host: hemera/path\r\n",
    ] {
        for path in ["/livez", "/api/service/courses", "http://hemera/livez"] {
            assert_refused(&server, &format!("GET {path} HTTP/1.1\r\n{host}"), "", "Host").await;
        }
    }
    assert_refused(
        &server,
        "GET /livez HTTP/1.0\r\nhost: a\r\nhost: b\r\n",
        "",
        "Host",
    )
    .await;

    for head in [
        "GET /livez HTTP/1.0\r\n",
        "GET /livez HTTP/1.0\r\nhost: hemera\r\n",
        "GET /livez HTTP/1.1\r\nhost: hemera.example.com:8080\r\nconnection: close\r\n",
        "GET /livez HTTP/1.1\r\nhost: [::1]:8080\r\nconnection: close\r\n",
    ] {
        let answer = server.exchange(format!("{head}\r\n").as_bytes()).await;
        answer.assert_status(200);
    }
}

#[tokio::test]
async fn a_body_has_no_transfer_coding_but_chunked() {
    let server = Served::start_with(&SETTINGS).await;
    let head = |codings: &str| {
        let head = server.head_of_write(0).replace("content-length: 0\r\n\r\n", "");
        format!("{head}{codings}")
    };
    let body = "12\r\n{\"complete\":false}\r\n0\r\n\r\n";
    for codings in [
        "transfer-encoding: gzip, chunked\r\n",
        "transfer-encoding: chunked, chunked\r\n",
        "transfer-encoding: gzip\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: identity, chunked\r\n",
    ] {
        assert_refused(&server, &head(codings), body, "Transfer-Encoding").await;
    }
    let mut connection = server.connect().await;
    let good = head("transfer-encoding: Chunked\r\nconnection: close\r\n");
    connection.send(&format!("{good}\r\n{body}")).await;
    Answer::parse(&connection.read_to_end().await).assert_status(200);
}

/// RFC 9112, section 6.3: the coding counts, and nothing after such a body may be taken for a request.
#[tokio::test]
async fn a_body_with_a_length_and_in_chunks_ends_its_connection() {
    let server = Served::start_with(&SETTINGS).await;
    let body = "12\r\n{\"complete\":false}\r\n0\r\n\r\n";
    let both = server
        .head_of_write(3)
        .replace("\r\n\r\n", "\r\ntransfer-encoding: chunked\r\n\r\n");
    let mut connection = server.connect().await;
    connection.send(&format!("{both}{body}{NEXT}")).await;
    let came = connection.read_to_end().await;
    assert_eq!(came.matches("HTTP/1.").count(), 1, "{came}");
    Answer::parse(&came).assert_status(200);
}

/// As every refusal: a record where it is about the service API, and a count.
#[tokio::test]
async fn refused_requests_are_recorded_and_counted() {
    let server = Served::start_with(&SETTINGS).await;
    for path in ["/livez", "/api/service/usage"] {
        assert_refused(&server, &format!("GET {path} HTTP/1.1\r\n"), "", "Host").await;
    }
    let coding = server.head_of_write(0).replace(
        "content-length: 0\r\n\r\n",
        "transfer-encoding: gzip, chunked\r\n",
    );
    assert_refused(&server, &coding, "0\r\n\r\n", "Transfer-Encoding").await;
    let counted = server.scrape().await.all("hemera_http_requests_total");
    let series = |operation: &str, method: &str| {
        format!("hemera_http_requests_total{{operation=\"{operation}\",method=\"{method}\",status=\"400\"}}")
    };
    let expected = [
        (series("health", "GET"), 1),
        (series("usage.get", "GET"), 1),
        (series("participations.update_result", "PUT"), 1),
    ];
    assert_eq!(counted, expected.into());

    server.stop.ask();
    let (_, database) = server.ended().await;
    let records = database
        .rows("select reason, subject, status from audit_log order by reason")
        .await;
    let record = |reason: &str| json!({ "reason": reason, "subject": null, "status": 400 });
    assert_eq!(
        records,
        [
            record("host_not_accepted"),
            record("transfer_coding_not_accepted")
        ]
    );
}
