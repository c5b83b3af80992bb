//! The three kinds of metadata of a user, and how they are merged.

use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// Clerk's limit. UNVERIFIED whether it is per kind or for all three together; per kind here.
const MAX_BYTES: usize = 8 * 1024;

/// Public, private and unsafe metadata.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Metadata {
    pub(crate) public: Map<String, Value>,
    pub(crate) private: Map<String, Value>,
    pub(crate) open: Map<String, Value>,
}

/// New values; absent ones are left alone. `open` is Clerk's `unsafe_metadata`.
#[derive(Clone, Debug, Default)]
pub(crate) struct MetadataChange {
    pub(crate) public: Option<Map<String, Value>>,
    pub(crate) private: Option<Map<String, Value>>,
    pub(crate) open: Option<Map<String, Value>>,
}

/// [`Metadata::merged`] or [`Metadata::replaced`].
pub(crate) type HowToChange = fn(&Metadata, MetadataChange) -> Result<Metadata, Refusal>;

impl Metadata {
    /// Deep merge: objects are merged key by key, null removes a key at any depth, all else replaces.
    pub(crate) fn merged(&self, change: MetadataChange) -> Result<Self, Refusal> {
        let mut next = self.clone();
        for (target, patch) in [
            (&mut next.public, change.public),
            (&mut next.private, change.private),
            (&mut next.open, change.open),
        ] {
            if let Some(patch) = patch {
                merge(target, patch);
            }
        }
        next.checked()
    }

    /// What is given replaces what is there, nulls included.
    pub(crate) fn replaced(&self, change: MetadataChange) -> Result<Self, Refusal> {
        let Self {
            public,
            private,
            open,
        } = self.clone();
        Self {
            public: change.public.unwrap_or(public),
            private: change.private.unwrap_or(private),
            open: change.open.unwrap_or(open),
        }
        .checked()
    }

    fn checked(self) -> Result<Self, Refusal> {
        let kinds = [
            ("public_metadata", &self.public),
            ("private_metadata", &self.private),
            ("unsafe_metadata", &self.open),
        ];
        for (name, map) in kinds {
            if Value::Object(map.clone()).to_string().len() > MAX_BYTES {
                let why = "exceeds the maximum allowed size of 8 KB";
                return Err(Refusal::param_too_large(name, why));
            }
        }
        Ok(self)
    }
}

fn merge(target: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, value) in patch {
        match (target.get_mut(&name), value) {
            (_, Value::Null) => {
                target.remove(&name);
            }
            (Some(Value::Object(inner)), Value::Object(patch)) => merge(inner, patch),
            (_, Value::Object(patch)) => {
                // Into an empty object, so that nulls inside a new branch vanish too.
                let mut fresh = Map::new();
                merge(&mut fresh, patch);
                target.insert(name, Value::Object(fresh));
            }
            (_, value) => {
                target.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn merging_is_deep_and_null_removes() {
        let table = [
            (json!({"a": 1}), json!({"b": 2}), json!({"a": 1, "b": 2})),
            (json!({"a": 1, "b": 2}), json!({"a": null}), json!({"b": 2})),
            (
                json!({"a": {"x": 1, "y": 2}}),
                json!({"a": {"x": null, "z": 3}}),
                json!({"a": {"y": 2, "z": 3}}),
            ),
            (json!({"a": [1, 2]}), json!({"a": [3]}), json!({"a": [3]})),
            (
                json!({"a": 1}),
                json!({"a": {"x": null, "y": 1}}),
                json!({"a": {"y": 1}}),
            ),
            (json!({}), json!({"gone": null}), json!({})),
        ];
        for (before, patch, after) in table {
            let metadata = Metadata {
                public: map(&before),
                ..Metadata::default()
            };
            let change = MetadataChange {
                public: Some(map(&patch)),
                ..MetadataChange::default()
            };
            let merged = metadata.merged(change).expect("small");
            assert_eq!(Value::Object(merged.public), after, "{before} + {patch}");
        }
    }

    #[test]
    fn replacing_keeps_nulls_and_leaves_the_other_kinds() {
        let metadata = Metadata {
            public: map(&json!({"role": "admin"})),
            private: map(&json!({"note": 1})),
            open: Map::new(),
        };
        let change = MetadataChange {
            public: Some(map(&json!({"x": null}))),
            ..MetadataChange::default()
        };
        let replaced = metadata.replaced(change).expect("small");
        assert_eq!(Value::Object(replaced.public), json!({"x": null}));
        assert_eq!(Value::Object(replaced.private), json!({"note": 1}));
    }

    #[test]
    fn eight_kilobytes_are_the_limit() {
        let large = map(&json!({"text": "x".repeat(MAX_BYTES)}));
        let change = MetadataChange {
            private: Some(large),
            ..MetadataChange::default()
        };
        let refusal = Metadata::default().merged(change).expect_err("too large");
        assert_eq!(refusal.meta["param_name"], "private_metadata");
    }
}
