//! How a machine presents itself to the Frontend API: as a native app, or as a browser page of an origin.

use url::Url;

use crate::error::{Error, ErrorKind};
use crate::operation::ClerkOperation;

/// In which way to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SignInMode {
    /// As a native app. Needs the Native API, which an instance may have switched off.
    #[default]
    Native,
    /// As a page of this origin, which must be the instance's domain or a subdomain of it.
    Browser(Origin),
    /// As a native app, and as a page of this origin where the Native API is switched off.
    NativeThenBrowser(Origin),
}

/// An origin as the `Origin` header has it: scheme, host, and the port where it is not the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

#[derive(Debug, thiserror::Error)]
#[error("an origin is a scheme and a host, such as https://app.example.com, without a path")]
struct InvalidOrigin;

impl Origin {
    /// Fails with [`ErrorKind::Setting`] for a URL that is more than an origin, or another scheme than http(s).
    pub fn try_new(url: &Url) -> Result<Self, Error> {
        let bare = matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if bare && matches!(url.scheme(), "http" | "https") {
            Ok(Self(url.origin().ascii_serialization()))
        } else {
            Err(Error::new(ClerkOperation::SignInAsBrowser, ErrorKind::Setting).with_source(InvalidOrigin))
        }
    }

    /// As it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
