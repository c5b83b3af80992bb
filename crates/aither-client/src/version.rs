//! Which version of a resource was read, and writing only if it is still that one.

use std::fmt;
use std::ops::Deref;

use hemera_types::ETag;
use http::header::ETAG;
use http::{HeaderMap, HeaderValue};

/// A value as Hemera gave it, with the version that it had then.
///
/// It can be used like the value itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The value.
    pub value: T,
    /// The version, to be named when the value is written.
    pub version: Version,
}

impl<T> Deref for Versioned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// The version of a participation that was read.
///
/// Named on a write, the write happens only if nobody else has changed the participation in between. It is a text to
/// be compared with itself and nothing else; [`Display`](fmt::Display) and [`parse`](Self::parse) carry it from one
/// process to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(Option<ETag>);

/// A text that is no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no version of a participation; take the one that came with it when it was read")]
pub struct InvalidVersion;

impl Version {
    /// Reads what [`Display`](fmt::Display) wrote.
    pub fn parse(text: &str) -> Result<Self, InvalidVersion> {
        ETag::parse(text).map_err(|_| InvalidVersion).and_then(|tag| {
            let known = Self::of(tag);
            known.is_known().then_some(known).ok_or(InvalidVersion)
        })
    }

    /// Whether Hemera's answer told it. Otherwise something between here and Hemera takes `ETag` out of answers or
    /// weakens it, and a write that names this version is refused before it is sent: it could only be a blind one.
    pub fn is_known(&self) -> bool {
        self.0.is_some()
    }

    /// Of a variant it does not matter which: how an answer was compressed is no part of what it says.
    fn of(tag: ETag) -> Self {
        let is_strong = !tag.is_weak();
        Self(
            Some(tag)
                .filter(|_| is_strong)
                .and_then(|tag| ETag::strong(tag.resource()).ok()),
        )
    }

    pub(crate) fn told_by(headers: &HeaderMap) -> Self {
        let tag = headers
            .get(ETAG)
            .and_then(|value| ETag::parse(value.to_str().ok()?).ok());
        tag.map_or(Self(None), Self::of)
    }

    /// What to send as `If-Match`.
    pub(crate) fn condition(&self) -> Option<HeaderValue> {
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

    fn told(value: &'static str) -> Version {
        Version::told_by(&HeaderMap::from_iter([(ETAG, HeaderValue::from_static(value))]))
    }

    #[test]
    fn a_version_is_the_same_however_it_was_compressed_and_wherever_it_was_kept() {
        let version = told("\"3\"");
        assert_eq!(version, told("\"3-gzip\""));
        assert_eq!(version, told("\"3-br\""));
        assert_ne!(version, told("\"4\""));
        assert_eq!(Version::parse(&version.to_string()), Ok(version.clone()));
        assert_eq!(version.condition().unwrap(), "\"3\"");
    }

    #[test]
    fn what_cannot_be_compared_strongly_is_no_version() {
        for version in [told("W/\"3\""), told("3"), Version::told_by(&HeaderMap::new())] {
            assert!(!version.is_known() && version.condition().is_none());
            assert_eq!(Version::parse(&version.to_string()), Err(InvalidVersion));
        }
        assert_eq!(Version::parse("W/\"3\""), Err(InvalidVersion));
    }
}
