//! The credential of a signed-in client, and how it is sent: in `Authorization` as a native app, in the cookie
//! `__client` as a browser.

use std::fmt;

use http::header::{AUTHORIZATION, COOKIE, ORIGIN, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::mode::Origin;
use crate::error::{Error, ErrorKind};
use crate::transport::Request;

const CLIENT_COOKIE: &str = "__client";
const DEV_BROWSER_QUERY: &str = "__clerk_db_jwt";
/// Where a development instance may hand out another dev browser token.
const DEV_BROWSER: HeaderName = HeaderName::from_static("clerk-db-jwt");

/// Who calls the Frontend API, before it is known which client that is.
#[derive(Clone)]
pub(super) struct Visitor {
    /// A browser is a page of an origin; a native app has none.
    pub(super) origin: Option<Origin>,
    /// By which development instances recognize browsers.
    pub(super) dev_browser: Option<SecretString>,
}

/// The credential of a signed-in client at the Frontend API. It may change with every answer, and it does not print.
#[derive(Clone)]
pub struct ClientToken {
    pub(super) text: SecretString,
    pub(super) visitor: Visitor,
}

impl Visitor {
    pub(super) fn new(origin: Option<Origin>) -> Self {
        let dev_browser = None;
        Self { origin, dev_browser }
    }

    pub(super) fn with_dev_browser(self, dev_browser: SecretString) -> Self {
        let dev_browser = Some(dev_browser);
        Self { dev_browser, ..self }
    }

    pub(super) fn is_native(&self) -> bool {
        self.origin.is_none()
    }

    /// The request as this visitor sends it.
    pub(super) fn prepare<'a>(&self, request: Request<'a>) -> Result<Request<'a>, Error> {
        let request = match &self.origin {
            None => request.with_query("_is_native", "1"),
            Some(origin) => {
                let value = HeaderValue::try_from(origin.as_str());
                let invalid = |error| Error::new(request.operation, ErrorKind::Setting).with_source(error);
                let value = value.map_err(invalid)?;
                request.with_header(ORIGIN, value)
            }
        };
        Ok(match &self.dev_browser {
            Some(token) => request.with_query(DEV_BROWSER_QUERY, token.expose_secret()),
            None => request,
        })
    }

    /// The client token of a response, which identifies this visitor from now on.
    pub(super) fn token_in(&self, headers: &HeaderMap) -> Option<ClientToken> {
        let text = if self.is_native() {
            token_from_authorization(headers)
        } else {
            token_from_cookie(headers)
        }?;
        let text = SecretString::from(text);
        let visitor = self.updated_by(headers);
        Some(ClientToken { text, visitor })
    }

    /// The visitor with the dev browser token that an answer may have changed.
    fn updated_by(&self, headers: &HeaderMap) -> Self {
        let changed = headers.get(DEV_BROWSER).and_then(|value| value.to_str().ok());
        match changed.filter(|text| !text.is_empty()) {
            Some(text) => self.clone().with_dev_browser(SecretString::from(text)),
            None => self.clone(),
        }
    }
}

impl ClientToken {
    /// The token itself, to be stored in a safe place.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// The request as this client sends it.
    pub(super) fn prepare<'a>(&self, request: Request<'a>) -> Result<Request<'a>, Error> {
        let (name, text) = if self.visitor.is_native() {
            (AUTHORIZATION, self.expose().to_owned())
        } else {
            (COOKIE, format!("{CLIENT_COOKIE}={}", self.expose()))
        };
        let invalid = |error| Error::new(request.operation, ErrorKind::Argument).with_source(error);
        let mut value = HeaderValue::try_from(text).map_err(invalid)?;
        value.set_sensitive(true);
        Ok(self.visitor.prepare(request)?.with_header(name, value))
    }

    /// Whether both make the same request.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        fn dev_browser(token: &ClientToken) -> Option<&str> {
            token
                .visitor
                .dev_browser
                .as_ref()
                .map(ExposeSecret::expose_secret)
        }
        self.expose() == other.expose() && dev_browser(self) == dev_browser(other)
    }
}

fn token_from_authorization(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(AUTHORIZATION)?.to_str().ok()?.trim();
    non_empty(text.strip_prefix("Bearer").map_or(text, str::trim))
}

fn token_from_cookie(headers: &HeaderMap) -> Option<String> {
    let cookies = headers
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let value = cookies
        .filter_map(|cookie| cookie.split(';').next()?.trim().split_once('='))
        .find_map(|(cookie, value)| (cookie == CLIENT_COOKIE).then_some(value))?;
    non_empty(value)
}

/// An empty value means that there is no client any more.
fn non_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

impl fmt::Debug for ClientToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientToken(…)")
    }
}
