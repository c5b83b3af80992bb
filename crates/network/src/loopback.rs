//! Which addresses are this machine: the only ones that are called without TLS.

use url::{Host, Url};

/// Whether the host of an `http` or `https` URL is this machine, so that what is sent there does not leave it.
///
/// That is `localhost` and every name below it (RFC 6761, section 6.3), `127.0.0.0/8`, `::1`, and the same IPv4
/// addresses mapped into IPv6. The text of the URL decides; no resolver is asked.
///
/// ```
/// use url::Url;
///
/// # fn main() -> Result<(), url::ParseError> {
/// assert!(network::is_loopback(&Url::parse("http://clerk.localhost:4010")?));
/// assert!(!network::is_loopback(&Url::parse("http://clerk.example.com")?));
/// # Ok(())
/// # }
/// ```
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

/// The parser has put the name into lower case.
fn is_localhost(name: &str) -> bool {
    // A dot at the end says that the name is complete.
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}
