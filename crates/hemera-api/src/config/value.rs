//! What a setting can be. Values are checked while they are parsed, so there is no later `validate` to forget.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clerk::is_loopback;
use hemera_types::Timestamp;
use url::Url;

/// A value that can be read from the text of a setting.
pub(super) trait Value: Sized {
    /// What the text has to be, in a few words: the column "type" of the settings' list.
    const KIND: &'static str;

    /// Parses the text. The error says what would be right and never repeats the text.
    fn parse(text: &str) -> Result<Self, &'static str>;
}

/// A value that can be held between two others.
pub(super) trait Ordered: Value + Copy + PartialOrd {
    /// The value as an operator writes it.
    fn shown(self) -> String;
}

impl Value for String {
    const KIND: &'static str = "text";

    fn parse(text: &str) -> Result<Self, &'static str> {
        Ok(text.to_owned())
    }
}

impl Value for bool {
    const KIND: &'static str = "true or false";

    fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err("must be true or false"),
        }
    }
}

impl Value for usize {
    const KIND: &'static str = "whole number";

    fn parse(text: &str) -> Result<Self, &'static str> {
        text.parse().map_err(|_| NO_NUMBER)
    }
}

impl Value for u32 {
    const KIND: &'static str = "whole number";

    fn parse(text: &str) -> Result<Self, &'static str> {
        text.parse().map_err(|_| NO_NUMBER)
    }
}

impl Value for NonZeroU32 {
    const KIND: &'static str = "whole number";

    fn parse(text: &str) -> Result<Self, &'static str> {
        let number: u32 = text.parse().map_err(|_| NO_NUMBER)?;
        Self::new(number).ok_or("must be at least 1")
    }
}

const NO_NUMBER: &str = "must be a whole number";

impl Value for Duration {
    const KIND: &'static str = "duration";

    fn parse(text: &str) -> Result<Self, &'static str> {
        humantime::parse_duration(text).map_err(|_| "must be a duration such as 60s, 100ms or 5m")
    }
}

impl Value for Timestamp {
    const KIND: &'static str = "time";

    fn parse(text: &str) -> Result<Self, &'static str> {
        Self::parse(text).map_err(|_| "must be a time such as 2027-01-31T00:00:00Z")
    }
}

impl Value for SocketAddr {
    const KIND: &'static str = "address and port";

    fn parse(text: &str) -> Result<Self, &'static str> {
        text.parse()
            .map_err(|_| "must be an address and a port, such as 127.0.0.1:8080 or [::]:8080")
    }
}

impl Value for PathBuf {
    const KIND: &'static str = "path of a file";

    fn parse(text: &str) -> Result<Self, &'static str> {
        Ok(text.into())
    }
}

impl Ordered for usize {
    fn shown(self) -> String {
        self.to_string()
    }
}

impl Ordered for u32 {
    fn shown(self) -> String {
        self.to_string()
    }
}

impl Ordered for NonZeroU32 {
    fn shown(self) -> String {
        self.to_string()
    }
}

impl Ordered for Duration {
    fn shown(self) -> String {
        humantime::format_duration(self).to_string()
    }
}

/// A comma-separated list of texts, at least one. A list of nothing would mean "all" or "not checked" to some settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List(pub(super) Vec<String>);

impl Value for List {
    const KIND: &'static str = "list of texts";

    fn parse(text: &str) -> Result<Self, &'static str> {
        let items = text.split(',').map(str::trim);
        let items: Vec<_> = items.filter(|item| !item.is_empty()).map(str::to_owned).collect();
        if items.is_empty() {
            return Err("is a list without an item: name at least one, or leave the setting out");
        }
        Ok(Self(items))
    }
}

/// The origin of a service that gets secrets or is trusted: https, or http on this machine only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TrustedOrigin(pub(super) Url);

impl Value for TrustedOrigin {
    const KIND: &'static str = "origin";

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
