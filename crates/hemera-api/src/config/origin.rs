//! Which layer a value comes from, and how it is written there.

use figment::value::Value;

/// The names of the layers, as reports show them.
pub(super) const DEFAULT: &str = "default";
pub(super) const FILE: &str = "file";
pub(super) const ENVIRONMENT: &str = "environment";
pub(super) const ENVIRONMENT_FILE: &str = "environment file";

/// How a report names a setting of the file.
pub(super) fn name_in_file(path: &str) -> String {
    format!("{path} (in the file)")
}

/// A value as text: what the environment can say, the file can say too, lists with commas.
pub(super) fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(_, text) => Some(text.clone()),
        Value::Bool(_, flag) => Some(flag.to_string()),
        Value::Num(_, number) => number.to_i128().map(|number| number.to_string()),
        Value::Array(_, items) => {
            let items: Option<Vec<_>> = items.iter().map(Value::as_str).collect();
            items.map(|items| items.join(","))
        }
        Value::Empty(_, _) => Some(String::new()),
        Value::Char(_, _) | Value::Dict(_, _) => None,
    }
}
