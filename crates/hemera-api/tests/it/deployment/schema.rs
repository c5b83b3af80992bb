//! JSON Schemas of other projects, and what breaks them.

use jsonschema::Validator;
use serde_json::{Value, json};

const COMPOSE: &str = include_str!("schemas/compose-spec.json");
const KUBERNETES: &str = include_str!("schemas/kubernetes-1.33.json");

/// The schema of a Compose file.
pub(super) fn compose() -> Validator {
    let mut schema: Value = serde_json::from_str(COMPOSE).unwrap();
    // An address that the crate does not know, with https: it is Draft 7 all the same.
    schema.as_object_mut().unwrap().remove("$schema");
    jsonschema::draft7::new(&schema).unwrap()
}

/// The schema of an object of Kubernetes, by the version and kind that it names; `None` for one that is not in the file.
pub(super) fn kubernetes(object: &Value) -> Option<Validator> {
    const KINDS: &str = "x-kubernetes-group-version-kind";
    let version = object["apiVersion"].as_str()?;
    let (group, version) = version.split_once('/').unwrap_or(("", version));
    let kind = json!({ "group": group, "version": version, "kind": object["kind"] });
    let mut schema: Value = serde_json::from_str(KUBERNETES).unwrap();
    let definitions = schema["$defs"].as_object()?;
    let is_wanted = |definition: &Value| {
        let kinds = definition[KINDS].as_array();
        kinds.is_some_and(|kinds| kinds.contains(&kind))
    };
    let (name, _) = definitions.iter().find(|(_, definition)| is_wanted(definition))?;
    schema["$ref"] = json!(format!("#/$defs/{name}"));
    Some(jsonschema::draft202012::new(&schema).unwrap())
}

/// What breaks the schema, with its place.
pub(super) fn faults(schema: &Validator, document: &Value) -> Vec<String> {
    let errors = schema.iter_errors(document);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}
