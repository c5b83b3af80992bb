//! `healthcheck`: what stands between it and a server that is ready.

use std::net::TcpListener;

use tcp_fixture::Proxy;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{borrowed, run, serve, setup};
use crate::support::TestDatabase;

/// How a health check of this origin ends: its exit code, standard output, and standard error.
async fn check(origin: &str) -> (i32, String, String) {
    run(&["healthcheck", "--timeout", "2s", "--url", origin], &[]).await
}

#[tokio::test]
async fn a_port_on_which_nothing_listens_refuses_the_connection() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (code, out, err) = check(&format!("http://{closed}")).await;
    assert_eq!((code, out.as_str()), (1, ""));
    assert_eq!(
        err,
        format!(
            "error: no connection to http://{closed}/ could be made: is the server running, and does it listen there?\n"
        )
    );
}

#[tokio::test]
async fn a_server_that_does_not_answer_in_time_is_too_slow_and_not_absent() {
    // The system takes the connection, and nothing reads from it.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", silent.local_addr().unwrap());
    let (code, out, err) = run(&["healthcheck", "--timeout", "200ms", "--url", &origin], &[]).await;
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.contains("does not answer within 200ms: the server hangs"),
        "{err}"
    );
    let (code, _, err) = run(&["healthcheck", "--timeout", "0s"], &[]).await;
    assert!(
        code == 2 && err.contains("must be a duration such as 3s"),
        "{err}"
    );
}

#[tokio::test]
async fn an_answer_of_something_else_is_not_ready() {
    for (answer, said) in [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nwelcome",
            "answers 200 OK, but not as",
        ),
        (
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
            "answers 503 Service Unavailable, but not as",
        ),
        (
            "SSH-2.0-OpenSSH_9.6\r\n",
            "breaks off without an answer over HTTP",
        ),
    ] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            let _ = connection.read(&mut [0; 1024]).await.unwrap();
            connection.write_all(answer.as_bytes()).await.unwrap();
        });
        let (code, out, err) = check(&origin).await;
        assert_eq!((code, out.as_str()), (1, ""), "{answer}");
        assert!(
            err.contains(said) && err.contains("does something else listen there"),
            "{err}"
        );
    }
}

/// The server answers before a health check gives up, whatever has become of its database.
#[tokio::test]
async fn a_server_without_its_database_says_so() {
    let database = TestDatabase::create().await;
    let mut url = url::Url::parse(&database.server_url()).unwrap();
    let upstream = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
    let proxy = Proxy::start(upstream).await.unwrap();
    url.set_ip_host(proxy.address().ip()).unwrap();
    url.set_port(Some(proxy.address().port())).unwrap();
    let (_clerk, settings) = setup(&database, &[("DATABASE_URL", url.as_str())]).await;
    let (mut child, origin) = serve(&borrowed(&settings)).await;
    assert_eq!(check(&origin).await, (0, "ready\n".to_owned(), String::new()));
    let without_database = (1, "not ready: database\n".to_owned(), String::new());
    proxy.hold();
    proxy.silence();
    assert_eq!(check(&origin).await, without_database);
    proxy.close();
    assert_eq!(check(&origin).await, without_database);
    child.kill().await.unwrap();
}
