//! The address of Hemera: one origin and an optional path prefix, fixed for the life of a client.
//!
//! The credential is sent to this origin and to no other, so the rules protect the credential.

use std::fmt;
use std::str::FromStr;

use network::is_loopback;
use url::Url;

/// The address under which Hemera's API is served, such as `https://hemera.example` or, behind a
/// gateway, `https://gateway.example/academy`.
///
/// `https` only; `http` is accepted for loopback hosts (see [`is_loopback`]), where nothing leaves the
/// machine. User info, query and fragment are refused: user info would be a credential in a text that gets printed, the
/// others have no meaning in front of a path.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why a text is not a [`BaseUrl`]. The error never repeats the text, which may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidBaseUrl {
    /// Not an absolute URL with a host.
    #[error("is not an absolute URL; write it like https://host.example")]
    NotAUrl,
    /// Neither `https` nor a loopback host.
    #[error(
        "must start with https:// (http:// is for loopback hosts only), so that the credential is encrypted on its way"
    )]
    NotHttps,
    /// A user name or password in front of the host.
    #[error("must not contain a user name or password; the credential has a setting of its own")]
    UserInfo,
    /// A query or a fragment.
    #[error("must not contain a query or a fragment; give the origin and, if there is one, the path prefix")]
    QueryOrFragment,
}

impl BaseUrl {
    /// Parses an address and checks it against the rules above. A trailing slash makes no difference.
    pub fn parse(text: &str) -> Result<Self, InvalidBaseUrl> {
        let url = Url::parse(text.trim()).map_err(|_| InvalidBaseUrl::NotAUrl)?;
        if url.host().is_none() {
            return Err(InvalidBaseUrl::NotAUrl);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            _ => return Err(InvalidBaseUrl::NotHttps),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidBaseUrl::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidBaseUrl::QueryOrFragment);
        }
        Ok(Self(url))
    }

    /// Whether the host is this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    pub(crate) fn as_url(&self) -> &Url {
        &self.0
    }

    /// The address of `path`, which starts with `/`, under this base and its prefix.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}{path}", self.0.path().trim_end_matches('/')));
        url
    }

    /// The same without TLS: for a check that no credential is sent with.
    pub(crate) fn join_in_clear(&self, path: &str) -> Url {
        let mut url = self.join(path);
        // From `https` to `http` this cannot fail.
        let _ = url.set_scheme("http");
        url
    }
}

impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_and_loopback_are_accepted() {
        for text in [
            "https://hemera.example",
            "https://hemera.example:8443/academy/",
            " https://hemera.example ",
            "http://127.0.0.1:4000",
            "http://127.8.9.10",
            "http://[::1]:4000",
            "http://localhost:4000",
            "http://LOCALHOST:4000",
            "http://hemera.localhost:4000",
        ] {
            assert!(BaseUrl::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn address_in_clear_has_the_same_port_or_that_of_http() {
        let in_clear = |text| BaseUrl::parse(text).unwrap().join_in_clear("/livez").to_string();
        assert_eq!(in_clear("https://hemera.example"), "http://hemera.example/livez");
        assert_eq!(
            in_clear("https://hemera.example:8443/academy/"),
            "http://hemera.example:8443/academy/livez"
        );
    }

    #[test]
    fn each_rule_has_its_own_error() {
        for (text, reason) in [
            ("", InvalidBaseUrl::NotAUrl),
            ("hemera.example", InvalidBaseUrl::NotAUrl),
            ("https://", InvalidBaseUrl::NotAUrl),
            ("data:text/plain,x", InvalidBaseUrl::NotAUrl),
            ("http://hemera.example", InvalidBaseUrl::NotHttps),
            ("http://10.0.0.1", InvalidBaseUrl::NotHttps),
            ("http://localhost.hemera.example", InvalidBaseUrl::NotHttps),
            ("http://127.0.0.1.hemera.example", InvalidBaseUrl::NotHttps),
            ("ftp://localhost", InvalidBaseUrl::NotHttps),
            ("https://user@hemera.example", InvalidBaseUrl::UserInfo),
            ("https://:secret@hemera.example", InvalidBaseUrl::UserInfo),
            ("https://hemera.example?key=1", InvalidBaseUrl::QueryOrFragment),
            ("https://hemera.example#top", InvalidBaseUrl::QueryOrFragment),
        ] {
            assert_eq!(BaseUrl::parse(text), Err(reason), "{text}");
        }
    }

    #[test]
    fn prefix_is_kept_and_slashes_are_not_doubled() {
        for (base, joined) in [
            (
                "https://hemera.example",
                "https://hemera.example/api/service/courses",
            ),
            (
                "https://hemera.example/",
                "https://hemera.example/api/service/courses",
            ),
            (
                "https://g.example/academy",
                "https://g.example/academy/api/service/courses",
            ),
            (
                "https://g.example/academy/",
                "https://g.example/academy/api/service/courses",
            ),
        ] {
            let url = BaseUrl::parse(base).unwrap().join("/api/service/courses");
            assert_eq!(url.as_str(), joined);
        }
    }
}
