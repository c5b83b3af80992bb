//! Bytes that no client of HTTP would send: answered with an error of the contract or of HTTP, never with a fault of ours.

use crate::support::Served;

const SETTINGS: [(&str, &str); 3] = [
    ("HEMERA_METRICS__LISTEN", "127.0.0.1:0"),
    ("HEMERA_LIMITS__API_CLIENT_RATE", "100000"),
    ("HEMERA_LIMITS__API_CLIENT_BURST", "100000"),
];

/// How the names of those end whose sender stops sending in the middle.
const TOO_EARLY: &str = "end too early";

/// Sends a head, with the token where it says so, and then a body as it is; returns the statuses of the answers.
async fn statuses(server: &Served, name: &str, head: &[u8], body: &[u8]) -> Vec<u16> {
    let bearer = format!(
        "authorization: Bearer {}\r\nconnection: close\r\n\r\n",
        server.token
    );
    let mut connection = server.connect().await;
    connection.send_bytes(head).await;
    connection.send(&bearer).await;
    connection.send_bytes(body).await;
    if name.ends_with(TOO_EARLY) {
        connection.end_sending().await;
    }
    let answer = connection.read_bytes().await;
    let answer = String::from_utf8_lossy(&answer);
    let lines = answer.split("\r\n").filter(|line| line.starts_with("HTTP/1.1 "));
    lines.map(|line| line[9..12].parse().unwrap()).collect()
}

fn get(target: &[u8]) -> Vec<u8> {
    [b"GET ", target, b" HTTP/1.1\r\nhost: hemera\r\n"].concat()
}

fn put(headers: &str) -> Vec<u8> {
    format!(
        "PUT /api/service/participations/participation_1001/result HTTP/1.1\r\nhost: hemera\r\n\
         content-type: application/json\r\n{headers}"
    )
    .into_bytes()
}

/// What is sent, and the status that it is answered with.
type Case = (&'static str, Vec<u8>, Vec<u8>, u16);

fn targets() -> Vec<Case> {
    let odd: [(&str, &[u8], u16); 6] = [
        ("broken UTF-8 in the path", b"/api/service/courses/\xff\xfe", 400),
        (
            "broken UTF-8 in the query",
            b"/api/service/courses?limit=\xc3\x28",
            400,
        ),
        ("NUL in the path", b"/api/service/courses/\0", 400),
        ("a fragment", b"/api/service/courses#limit=1", 200),
        ("an asterisk", b"*", 404),
        ("a whole address", b"http://evil.example/api/service/nothing", 404),
    ];
    odd.map(|(name, target, status)| (name, get(target), Vec::new(), status))
        .into()
}

fn bodies() -> Vec<Case> {
    let chunked = || put("transfer-encoding: chunked\r\n");
    let announced = |length: usize| put(&format!("content-length: {length}\r\n"));
    let good = br#"{"complete":false}"#;
    // One byte over the limit, and not a byte after it: the server refuses it having read all that came.
    let mut endless = b"10000\r\n".to_vec();
    endless.resize(endless.len() + 64 * 1024, b' ');
    endless.extend_from_slice(b"\r\n1\r\n ");
    let mut in_chunks = b"12\r\n".to_vec();
    in_chunks.extend_from_slice(good);
    in_chunks.extend_from_slice(b"\r\n0\r\n\r\n");
    vec![
        ("chunks over the limit, without an end", chunked(), endless, 413),
        (
            "10 MB announced, and not sent",
            announced(10_000_000),
            Vec::new(),
            413,
        ),
        ("a chunk without a length", chunked(), b"zz\r\n".to_vec(), 400),
        ("chunks that end too early", chunked(), b"12\r\n{".to_vec(), 400),
        ("bytes that end too early", announced(18), b"{".to_vec(), 400),
        (
            "two lengths",
            put("content-length: 18\r\ncontent-length: 19\r\n"),
            good.to_vec(),
            400,
        ),
        (
            "a negative length",
            put("content-length: -1\r\n"),
            Vec::new(),
            400,
        ),
        ("good chunks", chunked(), in_chunks, 200),
    ]
}

#[tokio::test]
async fn whatever_comes_it_is_no_fault_of_ours() {
    let server = Served::start_with(&SETTINGS).await;
    let mut wrong = Vec::new();
    for (name, head, body, status) in targets().into_iter().chain(bodies()) {
        let came = statuses(&server, name, &head, &body).await;
        if came != [status] {
            wrong.push(format!("{name}: {came:?} instead of {status}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let failures = server.scrape().await.all("hemera_http_failures_total");
    assert!(failures.is_empty(), "{failures:?}");
}

/// A proxy in front and the server must not disagree about where a request ends.
#[tokio::test]
async fn a_request_with_two_ends_is_one_request() {
    let server = Served::start_with(&SETTINGS).await;
    let smuggled = b"0\r\n\r\nGET /livez HTTP/1.1\r\nhost: hemera\r\n\r\n";
    let head = put("content-length: 6\r\ntransfer-encoding: chunked\r\n");
    let came = statuses(&server, "two ends", &head, smuggled).await;
    assert_eq!(came.len(), 1, "{came:?}");
    assert!((400..500).contains(&came[0]), "{came:?}");
}
