//! Settings of the HTTP server.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use super::setting::{Setting, settings};
use super::source::{Invalid, Source};
use super::value::{List, Value};

const MOMENT: Duration = Duration::from_millis(1);
const MINUTES: Duration = Duration::from_mins(10);

settings! { SETTINGS:
    /// Where to listen; port 0 takes a free one.
    LISTEN: SocketAddr = Setting::at("http.listen").or("127.0.0.1:8080");

    /// How long a request's head may take; also ends connections that are idle for that long.
    HEADER_TIMEOUT: Duration = Setting::at("http.header_timeout").or("30s").within(MOMENT, MINUTES);

    /// How long a request's body may take.
    BODY_TIMEOUT: Duration = Setting::at("http.body_timeout").or("10s").within(MOMENT, MINUTES);

    /// How long a request may take as a whole; then 503.
    HANDLER_TIMEOUT: Duration = Setting::at("http.handler_timeout").or("15s").within(MOMENT, MINUTES);

    /// How long a client may take nothing of its answer; then its connection is closed. A download that moves may take longer.
    WRITE_TIMEOUT: Duration = Setting::at("http.write_timeout").or("30s").within(MOMENT, MINUTES);

    /// How long requests under way may go on after SIGTERM.
    DRAIN_TIMEOUT: Duration = Setting::at("http.drain_timeout").or("20s").within(Duration::ZERO, MINUTES);

    /// How many requests are worked on at the same time; one more is answered with 503.
    CONCURRENCY: usize = Setting::at("http.concurrency").or("256").within(1, 100_000);

    /// How many connections may be open at the same time; one more is closed at once. The default fits a limit of 1024 open
    /// files (`ulimit -n`, `LimitNOFILE` of systemd); raise both together.
    MAX_CONNECTIONS: usize = Setting::at("http.max_connections").or("512").within(1, 1_000_000);

    /// How many of them one address may have, or one /64 of IPv6. Without effect where connections come from a proxy:
    /// with `http.trusted_proxies` or `http.tls_at_proxy`.
    MAX_CONNECTIONS_PER_ADDRESS: usize = Setting::at("http.max_connections_per_address").or("128").within(1, 1_000_000);

    /// A certificate with those that lead to its issuer, as a PEM file. With it and its key the server speaks TLS itself.
    TLS_CERTIFICATE: PathBuf = Setting::at("http.tls_certificate").example("/etc/hemera/tls.crt");

    /// The certificate's private key, as a PEM file.
    TLS_KEY: PathBuf = Setting::at("http.tls_key").example("/etc/hemera/tls.key");

    /// A proxy in front speaks TLS. Without this and without a certificate, the server listens on the loopback only.
    TLS_AT_PROXY: bool = Setting::at("http.tls_at_proxy").or("false");

    /// How many proxies in front append to X-Forwarded-For. The caller's address is that many from the right; 0 believes
    /// the connection alone. With more, only the proxies may be able to reach the server.
    TRUSTED_PROXIES: usize = Setting::at("http.trusted_proxies").or("0").within(0, 8);

    /// Addresses that may call /api/service/, separated by commas. Not set: all.
    ALLOWED_CLIENTS: Networks = Setting::at("http.allowed_clients").example("203.0.113.7,10.0.0.0/8,2001:db8::/32");

    /// Give every caller the OpenAPI document at /openapi.json and the page that shows it at /docs. Neither holds a secret.
    DOCS: bool = Setting::at("http.docs").or("true");

    /// A page that explains the errors, with their codes in lower case as anchors, such as docs/api.md where you publish
    /// it. Every error then carries `Link: <page#code>; rel="help"`.
    DOCUMENTATION_URL: Page = Setting::at("http.documentation_url").example("https://docs.example.com/hemera/api");
}

/// Where to listen, which clients to let in, and how long to wait for what.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How long a request's head may take. It also ends connections that are idle for that long.
    pub header_timeout: Duration,
    /// How long a request's body may take.
    pub body_timeout: Duration,
    /// How long a request may take as a whole, from its head to the answer's first byte.
    pub handler_timeout: Duration,
    /// How long a client may take nothing of its answer.
    pub write_timeout: Duration,
    /// How long requests under way may go on after a stop signal.
    pub drain_timeout: Duration,
    /// How many requests are worked on at the same time; one more is answered with 503.
    pub concurrency: usize,
    /// How many connections may be open at the same time; one more is closed at once.
    pub max_connections: usize,
    /// How many of them one address may have, or one /64 of IPv6. `None` where connections come from a proxy.
    pub max_connections_per_address: Option<usize>,
    /// The certificate, where the server itself speaks TLS.
    pub tls: Option<TlsConfig>,
    /// Whether an operator says that a proxy in front speaks TLS.
    pub tls_at_proxy: bool,
    /// How many proxies append the address that they see to `X-Forwarded-For`. 0: the connection alone is believed.
    pub trusted_proxies: usize,
    /// The networks whose clients may call the service API. Empty: all.
    pub allowed_clients: Vec<IpNet>,
    /// Whether every caller is given the OpenAPI document and the page that shows it.
    pub docs: bool,
    /// The page that explains the errors, where there is one.
    pub documentation_url: Option<Url>,
}

/// The server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsConfig {
    /// A PEM file with the certificate and those that lead to its issuer.
    pub certificate: PathBuf,
    /// A PEM file with the private key.
    pub key: PathBuf,
}

impl HttpConfig {
    pub(super) fn read(source: &mut Source) -> Result<Self, Invalid> {
        let tls = TlsConfig::read(source);
        let tls_at_proxy = source.read(&TLS_AT_PROXY);
        let listen = listen(source, &tls, &tls_at_proxy);
        let header_timeout = source.read(&HEADER_TIMEOUT);
        let body_timeout = source.read(&BODY_TIMEOUT);
        let handler_timeout = source.read(&HANDLER_TIMEOUT);
        let write_timeout = source.read(&WRITE_TIMEOUT);
        let drain_timeout = source.read(&DRAIN_TIMEOUT);
        let concurrency = source.read(&CONCURRENCY);
        let max_connections = source.read(&MAX_CONNECTIONS);
        let trusted_proxies = source.read(&TRUSTED_PROXIES);
        let max_connections_per_address = source.read(&MAX_CONNECTIONS_PER_ADDRESS);
        let allowed_clients = source.find(&ALLOWED_CLIENTS);
        let docs = source.read(&DOCS);
        let documentation_url = source.find(&DOCUMENTATION_URL);
        // Behind a proxy, the address of every connection is the proxy's.
        let trusted_proxies = trusted_proxies?;
        let tls_at_proxy = tls_at_proxy?;
        let is_behind_proxy = tls_at_proxy || trusted_proxies > 0;
        Ok(Self {
            listen: listen?,
            header_timeout: header_timeout?,
            body_timeout: body_timeout?,
            handler_timeout: handler_timeout?,
            write_timeout: write_timeout?,
            drain_timeout: drain_timeout?,
            concurrency: concurrency?,
            max_connections: max_connections?,
            max_connections_per_address: Some(max_connections_per_address?).filter(|_| !is_behind_proxy),
            tls: tls?,
            tls_at_proxy,
            trusted_proxies,
            allowed_clients: allowed_clients?.map(|networks| networks.0).unwrap_or_default(),
            docs: docs?,
            documentation_url: documentation_url?.map(|page| page.0),
        })
    }
}

/// Credentials travel in clear on the loopback only.
fn listen(
    source: &mut Source,
    tls: &Result<Option<TlsConfig>, Invalid>,
    tls_at_proxy: &Result<bool, Invalid>,
) -> Result<SocketAddr, Invalid> {
    let listen = source.read(&LISTEN)?;
    if matches!(tls, Ok(None)) && matches!(tls_at_proxy, Ok(false)) && !listen.ip().is_loopback() {
        return Err(source.refuse(
            &LISTEN,
            "can be reached from elsewhere, and credentials would travel in clear: set HEMERA_HTTP__TLS_CERTIFICATE and \
             HEMERA_HTTP__TLS_KEY, or HEMERA_HTTP__TLS_AT_PROXY=true where a proxy in front speaks TLS",
        ));
    }
    Ok(listen)
}

impl TlsConfig {
    fn read(source: &mut Source) -> Result<Option<Self>, Invalid> {
        let certificate = source.find(&TLS_CERTIFICATE);
        let key = source.find(&TLS_KEY);
        match (certificate?, key?) {
            (Some(certificate), Some(key)) => Ok(Some(Self { certificate, key })),
            (Some(_), None) => {
                let remedy = "set it to the certificate's private key, a PEM file";
                Err(source.missing(&TLS_KEY, remedy))
            }
            (None, Some(_)) => {
                let remedy = "set it to the key's certificate, a PEM file";
                Err(source.missing(&TLS_CERTIFICATE, remedy))
            }
            (None, None) => Ok(None),
        }
    }
}

/// A page on the web that a caller may be sent to.
pub(super) struct Page(Url);

impl Value for Page {
    const KIND: &'static str = "address of a page";

    fn parse(text: &str) -> Result<Self, &'static str> {
        const PROBLEM: &str = "must be the address of a page such as https://docs.example.com/hemera/api: \
             https or http, without a fragment, a user or a password";
        let url = Url::parse(text).map_err(|_| PROBLEM)?;
        let on_the_web = ["https", "http"].contains(&url.scheme());
        let anonymous = url.username().is_empty() && url.password().is_none();
        if on_the_web && anonymous && url.fragment().is_none() {
            Ok(Self(url))
        } else {
            Err(PROBLEM)
        }
    }
}

/// Networks, or single addresses.
pub(super) struct Networks(Vec<IpNet>);

impl Value for Networks {
    const KIND: &'static str = "list of addresses and networks";

    fn parse(text: &str) -> Result<Self, &'static str> {
        let List(items) = List::parse(text)?;
        items
            .iter()
            .map(|item| network(item))
            .collect::<Option<_>>()
            .map(Self)
            .ok_or("must be a comma-separated list of addresses and networks, such as 203.0.113.7, 10.0.0.0/8, 2001:db8::/32")
    }
}

/// A network whose address has bits beyond its prefix is refused: it is not known which of the two was meant.
fn network(text: &str) -> Option<IpNet> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(IpNet::from(address.to_canonical()));
    }
    text.parse::<IpNet>().ok().filter(|net| net.trunc() == *net)
}
