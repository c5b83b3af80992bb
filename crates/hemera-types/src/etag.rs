//! Entity tags and the conditions built on them (RFC 9110, sections 8.8.3 and 13.1).

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{ContentCoding, Named as _};

/// An entity tag.
///
/// A compressed variant of an answer has the tag of the answer with a suffix (`"3-gzip"`), because a strong
/// tag stands for bytes. Comparisons strip it: conditions are about the resource, not about how it travelled.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ETag {
    weak: bool,
    opaque: String,
}

/// A header value that holds no entity tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be `*` or a list of entity tags such as \"3\"")]
pub struct InvalidETag;

impl ETag {
    /// A strong tag of this text.
    ///
    /// # Errors
    /// [`InvalidETag`] where the text has a character that no tag may have (quotes, blanks, controls).
    pub fn strong(opaque: impl Into<String>) -> Result<Self, InvalidETag> {
        let opaque = opaque.into();
        if opaque.bytes().all(is_tag_byte) {
            Ok(Self { weak: false, opaque })
        } else {
            Err(InvalidETag)
        }
    }

    /// The strong tag of a version number.
    pub fn of_version(version: i64) -> Self {
        Self {
            weak: false,
            opaque: version.to_string(),
        }
    }

    /// Reads one tag, as an `ETag` header carries it.
    ///
    /// # Errors
    /// [`InvalidETag`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidETag> {
        match take_tag(text.trim())? {
            (tag, "") => Ok(tag),
            _ => Err(InvalidETag),
        }
    }

    /// The text between the quotes.
    pub fn opaque(&self) -> &str {
        &self.opaque
    }

    /// The text that names the resource: the text between the quotes, without the suffix of a compressed variant.
    pub fn resource(&self) -> &str {
        let stripped = ContentCoding::ALL
            .iter()
            .find_map(|coding| self.opaque.strip_suffix(coding.name())?.strip_suffix('-'));
        stripped.unwrap_or(&self.opaque)
    }

    /// The tag of the variant in this coding.
    #[must_use]
    pub fn of_variant(&self, coding: ContentCoding) -> Self {
        Self {
            weak: self.weak,
            opaque: format!("{}-{}", self.resource(), coding.name()),
        }
    }

    /// The tag of the variant that is not compressed.
    #[must_use]
    pub fn uncompressed(&self) -> Self {
        Self {
            weak: self.weak,
            opaque: self.resource().to_owned(),
        }
    }

    /// The strong tag of the same text.
    #[must_use]
    pub fn strengthened(self) -> Self {
        Self { weak: false, ..self }
    }

    /// Whether it is weak (`W/"…"`): of an answer with the same meaning, not of the same bytes.
    pub const fn is_weak(&self) -> bool {
        self.weak
    }

    /// Whether both are strong and name the same resource: the comparison of `If-Match`.
    pub fn matches_strongly(&self, other: &Self) -> bool {
        !self.weak && !other.weak && self.matches_weakly(other)
    }

    /// Whether both name the same resource, weak or strong: the comparison of `If-None-Match`.
    pub fn matches_weakly(&self, other: &Self) -> bool {
        self.resource() == other.resource()
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weak = if self.weak { "W/" } else { "" };
        write!(f, "{weak}\"{}\"", self.opaque)
    }
}

impl Serialize for ETag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ETag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// The condition of `If-Match`: go on only if the resource is one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: any resource that is there.
    Any,
    /// One of these tags, compared strongly: a weak tag never matches.
    Tags(Vec<ETag>),
}

impl IfMatch {
    /// Reads a header value; the values of a repeated header are joined by commas beforehand.
    ///
    /// # Errors
    /// [`InvalidETag`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidETag> {
        Ok(take_list(text)?.map_or(Self::Any, Self::Tags))
    }

    /// Whether a resource of this tag may be written.
    pub fn admits(&self, current: &ETag) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.iter().any(|tag| tag.matches_strongly(current)),
        }
    }
}

/// As the header carries it.
impl fmt::Display for IfMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Tags(tags) = self else {
            return f.write_str("*");
        };
        for (index, tag) in tags.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{tag}")?;
        }
        Ok(())
    }
}

impl Serialize for IfMatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The condition of `If-None-Match`: answer in full only if the resource is none of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfNoneMatch {
    /// `*`: any resource that is there.
    Any,
    /// One of these tags, compared weakly.
    Tags(Vec<ETag>),
}

impl IfNoneMatch {
    /// Reads a header value; the values of a repeated header are joined by commas beforehand.
    ///
    /// # Errors
    /// [`InvalidETag`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidETag> {
        Ok(take_list(text)?.map_or(Self::Any, Self::Tags))
    }

    /// Whether the caller has the resource of this tag already.
    pub fn is_met_by(&self, current: &ETag) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.iter().any(|tag| tag.matches_weakly(current)),
        }
    }
}

/// RFC 9110 `etagc`: `!`, `#` to `~`, and everything above ASCII.
const fn is_tag_byte(byte: u8) -> bool {
    byte == b'!' || (byte >= b'#' && byte != 0x7f)
}

/// One tag at the start of the text, and what follows it.
fn take_tag(text: &str) -> Result<(ETag, &str), InvalidETag> {
    let (weak, rest) = text.strip_prefix("W/").map_or((false, text), |rest| (true, rest));
    let rest = rest.strip_prefix('"').ok_or(InvalidETag)?;
    let (opaque, rest) = rest.split_once('"').ok_or(InvalidETag)?;
    let tag = ETag::strong(opaque)?;
    Ok((ETag { weak, ..tag }, rest))
}

/// A list of tags, or `None` for `*`. Empty elements are passed over, as RFC 9110 section 5.6.1 asks.
fn take_list(text: &str) -> Result<Option<Vec<ETag>>, InvalidETag> {
    let mut rest = text.trim();
    if rest == "*" {
        return Ok(None);
    }
    let mut tags = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return if tags.is_empty() {
                Err(InvalidETag)
            } else {
                Ok(Some(tags))
            };
        }
        let (tag, after) = take_tag(rest)?;
        tags.push(tag);
        rest = after.trim_start_matches([' ', '\t']);
        if !rest.is_empty() && !rest.starts_with(',') {
            return Err(InvalidETag);
        }
    }
}
