//! The parameters of a request body. Each is taken out by name. What is left at the end is unknown: it is refused by
//! [`Params::finish`] where the documents say `additionalProperties: false`, and ignored elsewhere.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use crate::field::Field;
use crate::refusal::Refusal;

/// Parameters not yet taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Map<String, Value>);

impl Params {
    pub(crate) const fn new(map: Map<String, Value>) -> Self {
        Self(map)
    }

    pub(crate) fn text(&mut self, name: &str) -> Result<Field<String>, Refusal> {
        self.take(name, "a string", |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        })
    }

    pub(crate) fn flag(&mut self, name: &str) -> Result<Field<bool>, Refusal> {
        self.take(name, "a boolean", |value| value.as_bool())
    }

    /// A whole number within `range`; outside of it the value, not the type, is refused.
    pub(crate) fn integer(&mut self, name: &str, range: &RangeInclusive<i64>) -> Result<Field<i64>, Refusal> {
        let field = self.take(name, "an integer", |value| value.as_i64())?;
        match field {
            Field::Value(number) if !range.contains(&number) => {
                let why = format!("must be between {} and {}", range.start(), range.end());
                Err(Refusal::param_value(name, &why))
            }
            field => Ok(field),
        }
    }

    pub(crate) fn object(&mut self, name: &str) -> Result<Field<Map<String, Value>>, Refusal> {
        self.take(name, "an object", |value| match value {
            Value::Object(map) => Some(map),
            _ => None,
        })
    }

    pub(crate) fn texts(&mut self, name: &str) -> Result<Field<Vec<String>>, Refusal> {
        self.take(name, "an array of strings", |value| match value {
            Value::Array(items) => items
                .into_iter()
                .map(|item| match item {
                    Value::String(text) => Some(text),
                    _ => None,
                })
                .collect(),
            _ => None,
        })
    }

    /// Any JSON value.
    pub(crate) fn any(&mut self, name: &str) -> Field<Value> {
        match self.0.remove(name) {
            None => Field::Absent,
            Some(Value::Null) => Field::Null,
            Some(value) => Field::Value(value),
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Takes parameters that Clerk knows and that change nothing here.
    pub(crate) fn ignore(&mut self, names: &[&str]) {
        for name in names {
            self.0.remove(*name);
        }
    }

    /// Refuses parameters that Clerk knows and this emulator does not do.
    pub(crate) fn not_emulated(&self, names: &[&str]) -> Result<(), Refusal> {
        match names
            .iter()
            .find(|name| self.0.get(**name).is_some_and(|value| !value.is_null()))
        {
            Some(name) => Err(Refusal::not_emulated(&format!("the parameter {name}"))),
            None => Ok(()),
        }
    }

    /// Refuses what is left, once all known parameters are taken.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        match self.0.keys().next() {
            Some(name) => Err(Refusal::param_unknown(name)),
            None => Ok(()),
        }
    }

    fn take<T>(
        &mut self,
        name: &str,
        expected: &str,
        convert: impl FnOnce(Value) -> Option<T>,
    ) -> Result<Field<T>, Refusal> {
        match self.0.remove(name) {
            None => Ok(Field::Absent),
            Some(Value::Null) => Ok(Field::Null),
            Some(value) => convert(value).map(Field::Value).ok_or_else(|| {
                tracing::info!(name, expected, "a parameter has the wrong type");
                Refusal::body_invalid()
            }),
        }
    }
}
