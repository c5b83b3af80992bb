//! Settings of cross-origin requests.

use clerk::is_loopback;
use http::HeaderValue;
use url::Url;

use super::setting::{Setting, settings};
use super::source::{Invalid, Source};
use super::value::{List, Value};

settings! { SETTINGS:
    /// Web origins whose pages may call the API, separated by commas, exactly as browsers send them. Not set: none.
    ORIGINS: Origins = Setting::at("cors.origins").example("https://app.example.com");
}

/// Which web pages may call the API from a browser.
#[derive(Clone, Debug, Default)]
pub struct CorsConfig {
    /// The allowed origins, exactly as browsers send them. Empty: none.
    pub origins: Vec<HeaderValue>,
}

impl CorsConfig {
    pub(super) fn read(source: &mut Source) -> Result<Self, Invalid> {
        let origins = source.find(&ORIGINS)?.map(|origins| origins.0);
        Ok(Self {
            origins: origins.unwrap_or_default(),
        })
    }
}

pub(super) struct Origins(Vec<HeaderValue>);

impl Value for Origins {
    const KIND: &'static str = "list of origins";

    fn parse(text: &str) -> Result<Self, &'static str> {
        let List(items) = List::parse(text)?;
        if items.iter().any(|item| item == "*") {
            return Err(
                "must not have `*`, which is every web page there is: list the origins of your pages, such as \
                 https://app.example.com",
            );
        }
        items.iter().map(|item| origin(item)).collect::<Option<_>>().map(Self).ok_or(
            "must be a comma-separated list of origins as browsers send them, such as https://app.example.com",
        )
    }
}

/// An origin has no path and no default port: compared as text, any other spelling would never match.
fn origin(text: &str) -> Option<HeaderValue> {
    let url = Url::parse(text).ok()?;
    let same = matches!(url.scheme(), "https" | "http") && url.origin().ascii_serialization() == text;
    if same {
        HeaderValue::from_str(text).ok()
    } else {
        None
    }
}

/// Whether pages of the origin come over http from another machine than the browser's.
pub(super) fn is_clear_and_elsewhere(origin: &HeaderValue) -> bool {
    let url = origin.to_str().ok().and_then(|text| Url::parse(text).ok());
    url.is_some_and(|url| url.scheme() == "http" && !is_loopback(&url))
}

/// Whether pages of the origin come from the browser's own machine.
pub(super) fn is_loopback_origin(origin: &HeaderValue) -> bool {
    let url = origin.to_str().ok().and_then(|text| Url::parse(text).ok());
    url.is_some_and(|url| is_loopback(&url))
}
