//! What a setting can be. Values are checked while they are parsed, so there is no later `validate` to forget.

use std::net::SocketAddr;
use std::time::Duration;

use clerk::is_loopback;
use url::Url;

/// A value that can be read from the text of a setting.
pub(super) trait Setting: Sized {
    /// Parses the text. The error says what would be right and never repeats the text.
    fn parse(text: &str) -> Result<Self, &'static str>;
}

impl Setting for String {
    fn parse(text: &str) -> Result<Self, &'static str> {
        Ok(text.to_owned())
    }
}

impl Setting for bool {
    fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err("must be true or false"),
        }
    }
}

impl Setting for u32 {
    fn parse(text: &str) -> Result<Self, &'static str> {
        text.parse().map_err(|_| "must be a whole number")
    }
}

impl Setting for Duration {
    fn parse(text: &str) -> Result<Self, &'static str> {
        humantime::parse_duration(text).map_err(|_| "must be a duration such as 60s, 100ms or 5m")
    }
}

impl Setting for SocketAddr {
    fn parse(text: &str) -> Result<Self, &'static str> {
        text.parse()
            .map_err(|_| "must be an address and a port, such as 127.0.0.1:8080 or [::]:8080")
    }
}

/// A comma-separated list of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List(pub(super) Vec<String>);

impl Setting for List {
    fn parse(text: &str) -> Result<Self, &'static str> {
        Ok(Self(
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(str::to_owned)
                .collect(),
        ))
    }
}

/// The origin of a service that gets secrets or is trusted: https, or http on this machine only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TrustedOrigin(pub(super) Url);

impl Setting for TrustedOrigin {
    fn parse(text: &str) -> Result<Self, &'static str> {
        const PROBLEM: &str =
            "must be an origin such as https://clerk.example.com: https (http on loopback only), no path";
        let url = Url::parse(text).map_err(|_| PROBLEM)?;
        let encrypted = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let anonymous = url.username().is_empty() && url.password().is_none();
        if encrypted && bare && anonymous {
            Ok(Self(url))
        } else {
            Err(PROBLEM)
        }
    }
}
