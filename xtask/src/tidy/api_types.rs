//! The TypeScript types follow the OpenAPI document, as far as that is seen without the tool that makes them.
//!
//! `cargo xtask conformance` makes them anew and compares each byte. This rule finds at once what changes most often: the
//! description of a schema or of one of its properties.

use std::path::Path;

use serde_json::Value;

use super::{Finding, TextFile};

const DOCUMENT: &str = "docs/openapi.json";
const TYPES: &str = "docs/clients/typescript/schema.d.ts";

pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let file = |path: &str| files.iter().find(|file| file.path == Path::new(path));
    let (Some(document), Some(types)) = (file(DOCUMENT), file(TYPES)) else {
        return Vec::new();
    };
    let Ok(content) = serde_json::from_str::<Value>(&document.text) else {
        return vec![document.finding(0, "not JSON: generate it anew")];
    };
    let written = letters(&types.text);
    let missing = descriptions(&content)
        .into_iter()
        .find(|(_, text)| !written.contains(&letters(text)));
    missing
        .map(|(name, text)| {
            let remedy = "generate it anew (`cargo xtask conformance` prints how)";
            types.finding(
                0,
                format!("{name} is described otherwise in {DOCUMENT}: {remedy}: {text}"),
            )
        })
        .into_iter()
        .collect()
}

/// The descriptions of the schemas and of their properties, with their names.
fn descriptions(document: &Value) -> Vec<(String, &str)> {
    let schemas = document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten();
    schemas
        .flat_map(|(name, schema)| {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let properties = properties.map(move |(property, value)| (format!("{name}.{property}"), value));
            std::iter::once((name.clone(), schema)).chain(properties)
        })
        .filter_map(|(name, value)| Some((name, value["description"].as_str()?)))
        .collect()
}

/// The text without blanks and without the stars that begin the lines of a comment.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '*')
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(types: &str) -> Vec<Finding> {
        let document = r#"{ "components": { "schemas": { "Row": {
            "description": "A row.", "properties": { "items": { "description": "How many\nitems." } } } } } }"#;
        let file = |path: &str, text: &str| TextFile {
            path: path.into(),
            text: text.to_owned(),
        };
        check(&[file(DOCUMENT, document), file(TYPES, types)])
    }

    #[test]
    fn types_with_every_description_pass() {
        assert_eq!(
            found("/** @description A row. */\n/**\n * @description How many\n *     items.\n */"),
            []
        );
    }

    #[test]
    fn types_with_another_description_are_found() {
        let findings = found("/** @description A row. */ /** @description How many rows. */");
        assert!(
            findings[0].what.starts_with("Row.items is described otherwise"),
            "{findings:?}"
        );
    }
}
