//! Where the metrics are read, and where they are not.

use freshness::Clock as _;
use hemera_api::App;
use hemera_api::config::{Config, Faults, Inputs};

use super::{COURSES, LISTEN, ask, courses, served};
use crate::support::{Served, TestApp, environment};

fn load(settings: &[(&str, &str)]) -> Result<Config, Faults> {
    let least = [
        ("DATABASE_URL", "postgres://hemera@localhost/hemera"),
        ("CLERK_SECRET_KEY", "sk_test_4711"),
        ("CLERK_ISSUER", "https://clerk.example.com"),
    ];
    let environment = least.iter().chain(settings);
    let environment = environment.map(|(name, value)| (name.into(), value.into()));
    Config::load(&Inputs {
        environment: environment.collect(),
        environment_file: None,
        file: None,
    })
}

#[test]
fn an_address_that_others_reach_is_refused() {
    let at = |address| ("HEMERA_METRICS__LISTEN", address);
    for address in [
        "0.0.0.0:9464",
        "[::]:9464",
        "203.0.113.1:9464",
        "[2001:db8::1]:9464",
        "172.32.0.1:9464",
    ] {
        let fault = load(&[at(address)]).unwrap_err().to_string();
        assert!(
            fault.contains("HEMERA_METRICS__LISTEN")
                && fault.contains("HEMERA_METRICS__NETWORK_IS_PRIVATE=true"),
            "{fault}"
        );
        let told = ("HEMERA_METRICS__NETWORK_IS_PRIVATE", "true");
        load(&[at(address), told]).unwrap();
    }
    for address in [
        "127.0.0.1:9464",
        "[::1]:9464",
        "10.1.2.3:9464",
        "172.16.0.1:9464",
        "192.168.1.1:9464",
        "[fd00::1]:9464",
    ] {
        assert!(load(&[at(address)]).unwrap().metrics.listen.is_some());
    }
    assert_eq!(load(&[]).unwrap().metrics.listen, None);
}

#[test]
fn they_never_share_the_callers_port() {
    let fault = load(&[
        ("HEMERA_HTTP__LISTEN", "127.0.0.1:8080"),
        ("HEMERA_METRICS__LISTEN", "127.0.0.2:8080"),
    ])
    .unwrap_err()
    .to_string();
    assert!(
        fault.contains("HEMERA_METRICS__LISTEN: has the port of HEMERA_HTTP__LISTEN"),
        "{fault}"
    );
}

#[tokio::test]
async fn callers_do_not_reach_them_and_without_a_setting_nobody_does() {
    let server = served(&[]).await;
    ask(&server, "GET", "/metrics", &[]).await.assert_status(404);
    let app = TestApp::start().await;
    assert_eq!(app.app.metrics_address(), None);
    app.finish().await;
}

#[tokio::test]
async fn the_format_is_the_one_that_is_named() {
    let scrape = served(&[]).await.scrape().await;
    assert_eq!(
        scrape.0.header("content-type"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    assert!(scrape.0.text.ends_with("# EOF\n"), "{}", scrape.0.text);
    let version = format!(
        "hemera_build_info{{version=\"{}\",commit=\"unknown\"}}",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(scrape.value(&version), 1);
}

/// Names, types and values are the same; only the form differs, and exemplars are left out.
#[tokio::test]
async fn readers_that_do_not_ask_for_open_metrics_get_the_plain_text() {
    let server = served(&[]).await;
    courses(&server, &server.token).await.assert_status(200);
    let plain = server.scrape_as("text/plain").await;
    assert_eq!(
        plain.0.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    assert_eq!(plain.0.header("vary"), "accept");
    for wanted in [
        "# TYPE hemera_build_info gauge\n",
        "# TYPE hemera_auth_refusals_total counter\n",
        "# TYPE hemera_http_request_duration_seconds histogram\n",
    ] {
        assert!(plain.0.text.contains(wanted), "{wanted} in {}", plain.0.text);
    }
    assert!(!plain.0.text.contains("# EOF") && !plain.0.text.contains("# UNIT"));
    let names = |scrape: &crate::support::Scrape| -> std::collections::BTreeSet<String> {
        let lines = scrape.0.text.lines().filter(|line| !line.starts_with('#'));
        lines
            .map(|line| line.split(" # {").next().unwrap())
            .map(|sample| sample.rsplit_once(' ').unwrap().0.to_owned())
            .collect()
    };
    assert_eq!(names(&plain), names(&server.scrape().await));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_process_is_measured() {
    let server = served(&[]).await;
    let scrape = server.scrape().await;
    let figure = |name: &str| -> f64 {
        let line = scrape
            .0
            .text
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("no {name}")).parse().unwrap()
    };
    assert!(figure("process_cpu_seconds_total") > 0.0);
    assert!(figure("process_resident_memory_bytes") > 1e6);
    assert!(figure("process_virtual_memory_bytes") > figure("process_resident_memory_bytes"));
    assert!(figure("process_open_fds") > 3.0 && figure("process_open_fds") < figure("process_max_fds"));
    assert!(figure("process_threads") > 1.0);
    let now = freshness::SystemClock.now().wall;
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    let age = now.as_secs_f64() - figure("process_start_time_seconds");
    assert!((-2.0..86_400.0).contains(&age), "{age}");
}

#[tokio::test]
async fn a_taken_port_is_named_with_its_setting() {
    let app = TestApp::start_with(&[LISTEN]).await;
    let taken = app.app.metrics_address().unwrap().to_string();
    let settings = [("HEMERA_METRICS__LISTEN", taken.as_str())];
    let environment = environment(&app.clerk, &app.database, &settings);
    let config = Config::load(&Inputs {
        environment,
        environment_file: None,
        file: None,
    })
    .unwrap();
    let refused = App::build(&config, std::sync::Arc::new(app.clock.clone())).await;
    let refused = refused.unwrap_err().to_string();
    assert!(
        refused.contains(&taken) && refused.contains("HEMERA_METRICS__LISTEN"),
        "{refused}"
    );
    app.finish().await;
}

/// The last requests of a server are counted where somebody can still see it.
#[tokio::test]
async fn they_are_read_until_the_last_request_is_answered() {
    let body = r#"{"complete":false}"#;
    let server = served(&[]).await;
    let mut writer = server.connect().await;
    let head = server
        .head_of_write(body.len())
        .replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n");
    writer.send(&head).await;
    writer.read_until("100 Continue").await;
    server.stop.ask();
    while tokio::net::TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.scrape().await.value("hemera_http_requests_in_flight"), 1);
    writer.send(body).await;
    assert!(writer.read_to_end().await.contains("200 OK"));
    let (ended, _) = server.ended().await;
    assert!(ended.is_clean(), "{ended:?}");
}

/// Two servers in one process have nothing to do with each other's numbers.
#[tokio::test]
async fn each_server_counts_for_itself() {
    let (one, other): (Served, Served) = tokio::join!(served(&[]), served(&[]));
    ask(&one, "GET", COURSES, &[]).await.assert_status(401);
    let refusals = "hemera_auth_refusals_total{reason=\"no_credential\"}";
    assert_eq!(one.scrape().await.value(refusals), 1);
    assert_eq!(other.scrape().await.value(refusals), 0);
}
