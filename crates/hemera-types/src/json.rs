//! JSON as bodies of requests are read: members in order, duplicates kept, and no more of it than a body may have.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A JSON value as far as a body of a request may use it.
#[derive(Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Text(String),
    Array(Elements),
    /// The members in order, duplicates kept.
    Object(Vec<(String, Self)>),
    /// A number, or an array or an object that lies deeper than asked for. No body has any.
    Other,
}

/// The elements of an array.
#[derive(Debug, PartialEq)]
pub(crate) struct Elements {
    /// No more of them than asked for.
    pub(crate) first: Vec<Json>,
    /// How many there are.
    pub(crate) count: usize,
}

/// How much of a text is kept. The rest is checked to be JSON and dropped, so that a body takes up no more memory than
/// what may be in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// Arrays and objects within each other.
    pub(crate) depth: u8,
    /// Elements of an array.
    pub(crate) elements: usize,
}

impl Extent {
    /// Reads a whole text; `None` where it is not JSON in UTF-8.
    pub(crate) fn read(self, text: &[u8]) -> Option<Json> {
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        let value = DeserializeSeed::deserialize(self, &mut deserializer).ok()?;
        deserializer.end().ok()?;
        Some(value)
    }

    fn inner(self) -> Option<Self> {
        let depth = self.depth.checked_sub(1)?;
        Some(Self { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Extent {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Extent {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let Some(inner) = self.inner() else {
            while map.next_entry::<String, Dropped>()?.is_some() {}
            return Ok(Json::Other);
        };
        let mut members = Vec::new();
        while let Some(name) = map.next_key()? {
            members.push((name, map.next_value_seed(inner)?));
        }
        Ok(Json::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut first = Vec::new();
        let inner = self.inner();
        if let Some(inner) = inner {
            while first.len() < self.elements {
                let Some(element) = seq.next_element_seed(inner)? else {
                    break;
                };
                first.push(element);
            }
        }
        let mut count = first.len();
        while seq.next_element::<Dropped>()?.is_some() {
            count += 1;
        }
        Ok(inner.map_or(Json::Other, |_| Json::Array(Elements { first, count })))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Other)
    }
}

/// A JSON value that is checked and dropped. `IgnoredAny` would pass over escapes and numbers that are none.
struct Dropped;

impl<'de> Deserialize<'de> for Dropped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let nothing = Extent {
            depth: 0,
            elements: 0,
        };
        nothing.deserialize(deserializer).map(|_| Self)
    }
}
