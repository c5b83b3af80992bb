//! Settings of the HTTP server, and of web pages.

use std::time::Duration;

use super::judgement::{Judgement, always_refused, fine, refused, warned};
use crate::config::cors::{ORIGINS, is_clear_and_elsewhere, is_loopback_origin};
use crate::config::environment;
use crate::config::http::{
    ALLOWED_CLIENTS, BODY_TIMEOUT, CONCURRENCY, DOCS, DOCUMENTATION_URL, DRAIN_TIMEOUT, HANDLER_TIMEOUT,
    HEADER_TIMEOUT, LISTEN, MAX_CONNECTIONS, MAX_CONNECTIONS_PER_ADDRESS, TLS_AT_PROXY, TLS_CERTIFICATE,
    TLS_KEY, TRUSTED_PROXIES, WRITE_TIMEOUT,
};

/// The longest that a client should be waited for.
const PATIENCE: Duration = Duration::from_mins(2);

pub(super) static ROWS: &[Judgement] = &[
    fine(
        &[&environment::ENVIRONMENT],
        "it chooses the column of this table; any other word is a fault",
    ),
    always_refused(
        &LISTEN,
        "can be reached from other machines, without TLS and without a proxy that speaks it",
        "set HEMERA_HTTP__TLS_CERTIFICATE and HEMERA_HTTP__TLS_KEY, or HEMERA_HTTP__TLS_AT_PROXY=true",
    ),
    warned(
        &HEADER_TIMEOUT,
        "is longer than two minutes, in which a few clients that send nothing can hold every connection",
        "set it to two minutes at most",
        |facts| Some(facts.http?.header_timeout > PATIENCE),
    ),
    warned(
        &BODY_TIMEOUT,
        "is longer than two minutes, in which a few clients that send nothing can hold every place",
        "set it to two minutes at most",
        |facts| Some(facts.http?.body_timeout > PATIENCE),
    ),
    warned(
        &WRITE_TIMEOUT,
        "is longer than two minutes, in which a few clients that read nothing can hold every connection",
        "set it to two minutes at most",
        |facts| Some(facts.http?.write_timeout > PATIENCE),
    ),
    fine(
        &[&HANDLER_TIMEOUT, &DRAIN_TIMEOUT, &CONCURRENCY, &MAX_CONNECTIONS],
        "bounded in every value; what suits depends on the machine",
    ),
    warned(
        &MAX_CONNECTIONS_PER_ADDRESS,
        "lets one address have every connection",
        "set it below HEMERA_HTTP__MAX_CONNECTIONS",
        |facts| {
            let http = facts.http?;
            Some(http.max_connections_per_address? >= http.max_connections)
        },
    ),
    fine(
        &[&TLS_CERTIFICATE, &TLS_KEY],
        "`serve` and `config check` refuse files that are no pair and a certificate that has expired",
    ),
    fine(
        &[&TLS_AT_PROXY],
        "says what an operator knows; where it is true, let only the proxy reach the port",
    ),
    warned(
        &TRUSTED_PROXIES,
        "is 0 behind a proxy: every caller has the proxy's address in the audit log, in HEMERA_HTTP__ALLOWED_CLIENTS and in the \
         limit of failed authentications",
        "set it to how many proxies append to X-Forwarded-For",
        |facts| {
            let http = facts.http?;
            let is_behind_proxy = http.tls_at_proxy || (http.tls.is_none() && http.listen.ip().is_loopback());
            Some(is_behind_proxy && http.trusted_proxies == 0)
        },
    ),
    warned(
        &ALLOWED_CLIENTS,
        "names a network of all addresses, and so keeps no caller out",
        "name the networks of your callers, or leave it out",
        |facts| {
            let networks = &facts.http?.allowed_clients;
            Some(networks.iter().any(|network| network.prefix_len() == 0))
        },
    ),
    fine(&[&DOCS], "document and page hold no secret"),
    warned(
        &DOCUMENTATION_URL,
        "is sent with every error and leads over http, where others can change the page",
        "publish the page under https",
        |facts| Some(facts.http?.documentation_url.as_ref()?.scheme() == "http"),
    ),
    always_refused(
        &ORIGINS,
        "has `*`, which is every web page there is",
        "list the origins of your pages",
    ),
    refused(
        &ORIGINS,
        "has an origin over http on another machine, whose pages can be changed on their way",
        "serve these pages under https, and list that origin",
        |facts| Some(facts.cors?.origins.iter().any(is_clear_and_elsewhere)),
    ),
    warned(
        &ORIGINS,
        "has an origin on this machine, which is any program's that runs where the browser does",
        "take it out",
        |facts| Some(facts.cors?.origins.iter().any(is_loopback_origin)),
    ),
];
