//! Settings of the HTTP server.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use super::key;
use super::setting::{List, Setting};
use super::source::Source;

/// The most proxies that can stand in front: more is a mistake.
const MAX_PROXIES: u32 = 8;

/// Where to listen, whom to let in, and how long to wait for whom.
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
    /// How long requests under way may go on after a stop signal.
    pub drain_timeout: Duration,
    /// How many requests are worked on at once; one more is answered with 503.
    pub concurrency: usize,
    /// The certificate, where the server itself speaks TLS.
    pub tls: Option<TlsConfig>,
    /// How many proxies append the address that they see to `X-Forwarded-For`. 0: the connection alone is believed.
    pub trusted_proxies: usize,
    /// The networks whose clients may call the service API. Empty: all.
    pub allowed_clients: Vec<IpNet>,
    /// Whether everybody is given the OpenAPI document and the page that shows it.
    pub docs: bool,
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
    pub(super) fn take(source: &mut Source) -> Self {
        let moment = Duration::from_millis(1);
        let minutes = Duration::from_mins(10);
        let listen: SocketAddr = source
            .take(&key::HTTP_LISTEN)
            .unwrap_or((Ipv4Addr::LOCALHOST, 0).into());
        let tls = TlsConfig::take(source);
        let tls_is_elsewhere = source.flag(&key::HTTP_TLS_AT_PROXY);
        if tls.is_none() && !tls_is_elsewhere && !listen.ip().is_loopback() {
            source.fault(
                &key::HTTP_LISTEN,
                "can be reached from elsewhere, and credentials would travel in clear: set HEMERA_HTTP__TLS_CERTIFICATE and \
                 HEMERA_HTTP__TLS_KEY, or HEMERA_HTTP__TLS_AT_PROXY=true where a proxy in front speaks TLS",
            );
        }
        Self {
            listen,
            header_timeout: source.span(&key::HTTP_HEADER_TIMEOUT, moment, minutes),
            body_timeout: source.span(&key::HTTP_BODY_TIMEOUT, moment, minutes),
            handler_timeout: source.span(&key::HTTP_HANDLER_TIMEOUT, moment, minutes),
            drain_timeout: source.span(&key::HTTP_DRAIN_TIMEOUT, Duration::ZERO, minutes),
            concurrency: source.number(&key::HTTP_CONCURRENCY, 1, 100_000) as usize,
            tls,
            trusted_proxies: source.number(&key::HTTP_TRUSTED_PROXIES, 0, MAX_PROXIES) as usize,
            allowed_clients: source
                .take::<Networks>(&key::HTTP_ALLOWED_CLIENTS)
                .map(|networks| networks.0)
                .unwrap_or_default(),
            docs: source.flag(&key::HTTP_DOCS),
        }
    }
}

impl TlsConfig {
    fn take(source: &mut Source) -> Option<Self> {
        let certificate = source.take::<PathBuf>(&key::HTTP_TLS_CERTIFICATE);
        let private = source.take::<PathBuf>(&key::HTTP_TLS_KEY);
        match (certificate, private) {
            (Some(certificate), Some(key)) => Some(Self { certificate, key }),
            (Some(_), None) => {
                source.missing(
                    &key::HTTP_TLS_KEY,
                    "set it to the certificate's private key, a PEM file",
                );
                None
            }
            (None, Some(_)) => {
                source.missing(
                    &key::HTTP_TLS_CERTIFICATE,
                    "set it to the key's certificate, a PEM file",
                );
                None
            }
            (None, None) => None,
        }
    }
}

impl Setting for PathBuf {
    fn parse(text: &str) -> Result<Self, &'static str> {
        Ok(text.into())
    }
}

/// Networks, or single addresses.
struct Networks(Vec<IpNet>);

impl Setting for Networks {
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
