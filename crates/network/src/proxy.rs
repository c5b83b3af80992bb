//! The proxy that requests go through.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// An HTTP proxy. A request to `https` asks it for a tunnel (`CONNECT host:port`), so it sees which host is called, but
/// neither path nor headers nor body.
///
/// User name and password are sent to the proxy alone, in the request for the tunnel. They appear in no text: `Display` and
/// `Debug` are the address without them.
#[derive(Clone)]
pub struct Proxy {
    /// Without user name and password.
    address: Url,
    via: reqwest::Proxy,
}

/// Why a text is not a [`Proxy`]. The error never repeats the text, which may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidProxy {
    /// Not an absolute URL with a host.
    #[error("is not an absolute URL; write it like http://proxy.example:3128")]
    NotAUrl,
    /// Another kind of proxy.
    #[error(
        "must start with http:// or https://, the protocol that is spoken with the proxy itself; SOCKS is not supported"
    )]
    Scheme,
    /// A path, a query or a fragment.
    #[error(
        "must not contain a path, a query or a fragment; give scheme, host and port, and user:password@ if needed"
    )]
    Path,
    /// A user name or a password that is no text.
    #[error("has a user name or a password that is not UTF-8; percent-encode it")]
    UserInfo,
}

impl Proxy {
    /// Parses `http://host:port` or `https://host:port`, with `user:password@` before the host if the proxy wants them.
    /// Special characters in them are percent-encoded.
    pub fn parse(text: &SecretString) -> Result<Self, InvalidProxy> {
        let mut address = Url::parse(text.expose_secret().trim()).map_err(|_| InvalidProxy::NotAUrl)?;
        if !matches!(address.scheme(), "http" | "https") {
            return Err(InvalidProxy::Scheme);
        }
        if address.path() != "/" || address.query().is_some() || address.fragment().is_some() {
            return Err(InvalidProxy::Path);
        }
        let authorization = authorization(&address)?;
        let without = address.set_username("").and_then(|()| address.set_password(None));
        without.map_err(|()| InvalidProxy::NotAUrl)?;
        // The credentials are not in the URL, which reqwest prints.
        let via = reqwest::Proxy::all(address.clone()).map_err(|_| InvalidProxy::NotAUrl)?;
        let via = match authorization {
            Some(header) => via.custom_http_auth(header),
            None => via,
        };
        Ok(Self { address, via })
    }

    /// As reqwest takes it. Hosts of `NO_PROXY` in the environment are reached directly.
    pub(crate) fn to_reqwest(&self) -> reqwest::Proxy {
        self.via.clone().no_proxy(reqwest::NoProxy::from_env())
    }
}

/// The value of `Proxy-Authorization`, which does not print.
fn authorization(address: &Url) -> Result<Option<HeaderValue>, InvalidProxy> {
    if address.username().is_empty() && address.password().is_none() {
        return Ok(None);
    }
    let decode = |text| {
        percent_decode_str(text)
            .decode_utf8()
            .map_err(|_| InvalidProxy::UserInfo)
    };
    let user = decode(address.username())?;
    let password = decode(address.password().unwrap_or_default())?;
    let header = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
    let mut header = HeaderValue::from_str(&header).map_err(|_| InvalidProxy::UserInfo)?;
    header.set_sensitive(true);
    Ok(Some(header))
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.address.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Proxy, InvalidProxy> {
        Proxy::parse(&SecretString::from(text))
    }

    #[test]
    fn address_is_shown_without_credentials() {
        for text in [
            "http://proxy.example:3128",
            " http://alice:p%40ss@proxy.example:3128/ ",
            "http://:secret@proxy.example:3128",
            "http://alice@proxy.example:3128",
        ] {
            let proxy = parse(text).unwrap();
            assert_eq!(proxy.to_string(), "http://proxy.example:3128");
            assert_eq!(format!("{proxy:#?}"), "Proxy(http://proxy.example:3128)");
            let printed = format!("{:#?}", proxy.to_reqwest());
            for secret in ["alice", "p%40ss", "p@ss", "secret", "YWxpY2U6cEBzcw=="] {
                assert!(!printed.contains(secret), "{printed}");
            }
        }
        assert_eq!(parse("https://[::1]").unwrap().to_string(), "https://[::1]");
    }

    #[test]
    fn credentials_are_decoded() {
        let header = |text| {
            let address = Url::parse(text).unwrap();
            authorization(&address)
                .unwrap()
                .map(|header| header.to_str().unwrap().to_owned())
        };
        let expected = |credentials| Some(format!("Basic {}", STANDARD.encode(credentials)));
        assert_eq!(header("http://p:1"), None);
        assert_eq!(header("http://us%3Aer:p%40s%2Fs@p:1"), expected("us:er:p@s/s"));
        assert_eq!(header("http://user@p:1"), expected("user:"));
    }

    #[test]
    fn each_rule_has_its_own_error() {
        for (text, reason) in [
            ("", InvalidProxy::NotAUrl),
            ("http://", InvalidProxy::NotAUrl),
            ("proxy.example", InvalidProxy::NotAUrl),
            ("proxy.example:3128", InvalidProxy::Scheme),
            ("socks5://proxy.example:1080", InvalidProxy::Scheme),
            ("http://proxy.example/path", InvalidProxy::Path),
            ("http://proxy.example?x=1", InvalidProxy::Path),
            ("http://proxy.example#x", InvalidProxy::Path),
            ("http://%ff@proxy.example", InvalidProxy::UserInfo),
        ] {
            assert_eq!(parse(text).map(drop), Err(reason), "{text}");
        }
    }
}
