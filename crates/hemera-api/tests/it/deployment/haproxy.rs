//! `deploy/haproxy/haproxy.cfg` fits the servers behind it. Whether HAProxy takes it is a step of `cargo xtask check`.

use std::collections::BTreeSet;

use hemera_api::PublicRoute;

use super::{defaults, documents, text};

const FILE: &str = "deploy/haproxy/haproxy.cfg";

/// What follows these words on a line of the file.
#[track_caller]
fn after(words: &str) -> String {
    let file = text(FILE);
    let line = file.lines().find_map(|line| {
        let (_, rest) = line.split_once(words)?;
        Some(rest.split_whitespace().next().unwrap_or_default().to_owned())
    });
    line.unwrap_or_else(|| panic!("no `{words}` in {FILE}"))
}

#[test]
fn its_bounds_fit_those_of_a_server() {
    let http = defaults().http;
    let duration = |words: &str| humantime::parse_duration(&after(words)).unwrap();
    assert!(duration("timeout server ") > http.handler_timeout);
    assert!(duration("timeout http-request ") <= http.header_timeout);
    assert!(duration("hard-stop-after ") > http.drain_timeout);
    let number = |words: &str| after(words).parse::<usize>().unwrap();
    assert!(number("rise 2 maxconn ") < http.max_connections);
    assert_eq!(
        number("reject if { sc0_conn_cur gt "),
        http.max_connections_per_address.unwrap()
    );
}

#[test]
fn it_asks_whether_a_server_is_ready_and_says_who_calls() {
    assert_eq!(after("http-check send meth GET uri "), PublicRoute::Ready.path());
    let file = text(FILE);
    // One address is appended, and one is believed.
    assert_eq!(file.matches("option forwardfor").count(), 1);
    assert!(!file.contains("forwardfor except"));
}

#[test]
fn compose_gives_it_what_it_reads() {
    let file = text(FILE);
    let read: BTreeSet<_> = file
        .split("\"${")
        .skip(1)
        .map(|rest| rest.split_once('}').unwrap().0.to_owned())
        .collect();
    let compose = documents("deploy/compose.yml").remove(0);
    let given = compose["services"]["haproxy"]["environment"].as_object().unwrap();
    assert_eq!(read, given.keys().cloned().collect());
    for server in ["SERVER_1", "SERVER_2"] {
        let (name, port) = given[server].as_str().unwrap().split_once(':').unwrap();
        assert!(compose["services"][name].is_object(), "{name}");
        assert_eq!(port, "8080");
    }
    let of_compose = compose["services"]["haproxy"]["stop_grace_period"]
        .as_str()
        .unwrap();
    let grace = humantime::parse_duration(of_compose).unwrap();
    assert!(grace > humantime::parse_duration(&after("hard-stop-after ")).unwrap());
}
