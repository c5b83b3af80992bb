//! The version of a resource, for writes that must not overwrite a change of another caller.

use std::fmt;
use std::ops::Deref;

use hemera_types::{ETag, IfMatch};
use http::header::ETAG;
use http::{HeaderMap, HeaderValue};

/// A value with the version that it had when it was read.
///
/// It derefs to the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The value.
    pub value: T,
    /// The version to expect when the value is written.
    pub version: Version,
}

impl<T> Deref for Versioned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// The version of a resource that was read: of a participation, a course or its materials.
///
/// A write that expects the version of a participation happens only if the participation has not changed since. Versions can be compared
/// for equality only; [`Display`](fmt::Display) and [`parse`](Self::parse) carry one to another process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(Option<ETag>);

/// A text that is not a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a version of a participation; use the one that came with it when it was read")]
pub struct InvalidVersion;

impl Version {
    /// Parses the output of [`Display`](fmt::Display).
    pub fn parse(text: &str) -> Result<Self, InvalidVersion> {
        ETag::parse(text).map_err(|_| InvalidVersion).and_then(|tag| {
            let version = Self::of(tag);
            version.is_known().then_some(version).ok_or(InvalidVersion)
        })
    }

    /// Whether the response carried the version. If not, something between this client and Hemera removes or weakens the
    /// `ETag` of responses. A write that expects an unknown version is refused before it is sent, because it could overwrite
    /// another change.
    pub fn is_known(&self) -> bool {
        self.0.is_some()
    }

    /// The condition that a participation still has this version: for one of many updates. `None` if the version is not known.
    pub fn to_if_match(&self) -> Option<IfMatch> {
        Some(IfMatch::Tags(vec![self.0.clone()?]))
    }

    /// Without the suffix for the compression: the same resource has the same version however it was compressed.
    pub(crate) fn of(tag: ETag) -> Self {
        let is_strong = !tag.is_weak();
        Self(
            Some(tag)
                .filter(|_| is_strong)
                .and_then(|tag| ETag::strong(tag.resource()).ok()),
        )
    }

    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        let tag = headers
            .get(ETAG)
            .and_then(|value| ETag::parse(value.to_str().ok()?).ok());
        tag.map_or(Self(None), Self::of)
    }

    /// The value to send as a condition: `If-Match` or `If-None-Match`.
    pub(crate) fn to_header(&self) -> Option<HeaderValue> {
        let tag = self.0.as_ref()?;
        HeaderValue::from_str(&tag.to_string()).ok()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(tag) => tag.fmt(f),
            None => f.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(value: &'static str) -> Version {
        Version::from_headers(&HeaderMap::from_iter([(ETAG, HeaderValue::from_static(value))]))
    }

    #[test]
    fn version_is_independent_of_compression_and_survives_parsing() {
        let three = version("\"3\"");
        assert_eq!(three, version("\"3-gzip\""));
        assert_eq!(three, version("\"3-br\""));
        assert_ne!(three, version("\"4\""));
        assert_eq!(Version::parse(&three.to_string()), Ok(three.clone()));
        assert_eq!(three.to_header().unwrap(), "\"3\"");
    }

    #[test]
    fn weak_or_missing_tags_are_unknown_versions() {
        for unknown in [
            version("W/\"3\""),
            version("3"),
            Version::from_headers(&HeaderMap::new()),
        ] {
            assert!(!unknown.is_known() && unknown.to_header().is_none());
            assert_eq!(Version::parse(&unknown.to_string()), Err(InvalidVersion));
        }
        assert_eq!(Version::parse("W/\"3\""), Err(InvalidVersion));
    }
}
