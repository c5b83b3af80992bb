//! The metrics: each brought about over a real connection, and read where Prometheus reads them.

mod callers;
mod clerk;
mod documents;
mod exemplars;
mod listening;
mod requests;
mod results;
mod store;

use crate::support::{Answer, Served};

const COURSES: &str = "/api/service/courses?limit=1";
const LISTEN: (&str, &str) = ("HEMERA_METRICS__LISTEN", "127.0.0.1:0");
const KEY: &str = "x-api-key: hmr_test_5b0f4c1d9e7a4f2c8d3b6a1e0c9f8d7b";

async fn served(settings: &[(&str, &str)]) -> Served {
    Served::start_with(&[&[LISTEN], settings].concat()).await
}

/// Asks with this method and these header lines.
async fn ask(server: &Served, method: &str, path: &str, lines: &[&str]) -> Answer {
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: hemera\r\nconnection: close\r\n");
    for line in lines {
        request.push_str(line);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    server.exchange(request.as_bytes()).await
}

/// Asks for courses with a bearer token.
async fn courses(server: &Served, token: &str) -> Answer {
    ask(
        server,
        "GET",
        COURSES,
        &[&format!("authorization: Bearer {token}")],
    )
    .await
}

/// Writes the results of many participations with the service user's token.
async fn results(server: &Served, body: &str) -> Answer {
    let request = format!(
        "PUT /api/service/participation-results HTTP/1.1\r\nhost: hemera\r\nconnection: close\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        server.token,
        body.len()
    );
    server.exchange(request.as_bytes()).await
}
