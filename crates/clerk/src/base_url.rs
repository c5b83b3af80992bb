//! Where Clerk is: https, or plain HTTP on this machine.

use url::Url;

use network::is_loopback;

/// The base of one of Clerk's APIs: scheme, host, port and perhaps a path in front of `/v1`.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl(Url);

/// What is wrong with a base URL. The URL itself stays out of it: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidBaseUrl {
    #[error("the URL must begin with https:// (http:// is for 127.0.0.1, [::1] and localhost only)")]
    Insecure,
    #[error("the URL must not hold a user name, password, query or fragment")]
    Extras,
}

impl BaseUrl {
    pub(crate) fn try_new(url: Url) -> Result<Self, InvalidBaseUrl> {
        let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        if !secure || url.host().is_none() {
            return Err(InvalidBaseUrl::Insecure);
        }
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if bare {
            Ok(Self(url))
        } else {
            Err(InvalidBaseUrl::Extras)
        }
    }

    pub(crate) fn as_url(&self) -> &Url {
        &self.0
    }

    /// The URL of a resource; each segment is encoded by itself. `None` for a segment that would not arrive
    /// as one: empty, `.` or `..`.
    pub(crate) fn join(&self, segments: &[&str]) -> Option<Url> {
        let mut url = self.0.clone();
        if segments.iter().any(|segment| matches!(*segment, "" | "." | "..")) {
            return None;
        }
        url.path_segments_mut().ok()?.pop_if_empty().extend(segments);
        Some(url)
    }
}
