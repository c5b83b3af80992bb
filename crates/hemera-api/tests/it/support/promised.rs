//! Compares an answer with the OpenAPI document: status, headers, body.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use http::{HeaderMap, Method};
use jsonschema::Validator;
use serde_json::{Value, json};

use super::Answer;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(hemera_api::openapi::text()).unwrap());

/// The schemas as this version of the server must keep them: clients must expect unknown fields and names, but the server
/// sends none that is not listed.
static STRICT: LazyLock<Value> = LazyLock::new(|| {
    let mut components = DOCUMENT["components"].clone();
    make_strict(&mut components);
    components
});

static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Headers that belong to HTTP, to CORS or to the transport.
const UNDESCRIBED: [&str; 4] = [
    "content-type",
    "content-length",
    "vary",
    "strict-transport-security",
];

/// The document, as a server gives it.
pub(crate) fn document() -> &'static Value {
    &DOCUMENT
}

/// Whether the document lists this answer. The error says what differs.
pub(crate) fn promised(method: &Method, path: &str, answer: &Answer) -> Result<(), String> {
    let path = path.split('?').next().unwrap_or(path);
    let Some(item) = item_of(path) else {
        return Ok(());
    };
    if method == Method::OPTIONS && answer.status == 204 {
        return Ok(());
    }
    let described = match *method {
        Method::HEAD => "get".to_owned(),
        _ => method.as_str().to_lowercase(),
    };
    // What a route answers to a method that it does not have is the same in all its operations.
    let any = || item.as_object().and_then(|item| item.values().next());
    let operation = item
        .get(&described)
        .or_else(any)
        .ok_or("a path without an operation")?;
    let response = &operation["responses"][answer.status.as_str()];
    if response.is_null() || (item.get(&described).is_none() && answer.status != 405) {
        return Err(format!("the status {} is not in the document", answer.status));
    }
    let response = resolve(response);
    check_headers(response, &answer.headers)?;
    if method == Method::HEAD || answer.status == 304 {
        return if answer.text.is_empty() {
            Ok(())
        } else {
            Err("a body where none may be".to_owned())
        };
    }
    check_body(response, answer)
}

fn item_of(path: &str) -> Option<&'static Value> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let wanted: Vec<&str> = template.split('/').collect();
        let fits = |(wanted, part): (&&str, &&str)| wanted == part || (*wanted == "{id}" && !part.is_empty());
        wanted.len() == parts.len() && wanted.iter().zip(&parts).all(fits)
    };
    let paths = DOCUMENT["paths"].as_object()?;
    paths
        .iter()
        .find(|(template, _)| fits(template))
        .map(|(_, item)| item)
}

/// The response or header itself, where there is a reference to it.
fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(place) => DOCUMENT
            .pointer(place.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{place}")),
        None => value,
    }
}

fn check_headers(response: &'static Value, headers: &HeaderMap) -> Result<(), String> {
    let listed = response["headers"]
        .as_object()
        .ok_or("a response without headers")?;
    for (name, header) in listed {
        let header = resolve(header);
        match headers.get(name) {
            None if header["required"] == true => return Err(format!("no {name}")),
            None => {}
            Some(value) => {
                let text = value.to_str().map_err(|_| format!("{name} is not text"))?;
                let value = match header["schema"]["type"].as_str() {
                    Some("integer") => {
                        json!(text.parse::<u64>().map_err(|_| format!("{name} is no number"))?)
                    }
                    _ => json!(text),
                };
                validate(&header["schema"], &value).map_err(|fault| format!("{name}: {fault}"))?;
            }
        }
    }
    let is_listed = |name: &str| listed.keys().any(|listed| listed.eq_ignore_ascii_case(name));
    let undescribed =
        |name: &&str| !is_listed(name) && !UNDESCRIBED.contains(name) && !name.starts_with("access-control-");
    match headers.keys().map(http::HeaderName::as_str).find(undescribed) {
        Some(name) => Err(format!("{name} is not in the document")),
        None => Ok(()),
    }
}

fn check_body(response: &'static Value, answer: &Answer) -> Result<(), String> {
    let content_type = answer
        .headers
        .get("content-type")
        .and_then(|value| value.to_str().ok());
    let media_type = content_type
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    let content = &response["content"][media_type];
    if content.is_null() {
        return Err(format!("the content type {media_type:?} is not in the document"));
    }
    let body = if media_type == "application/json" {
        serde_json::from_str(&answer.text).map_err(|error| error.to_string())?
    } else {
        json!(answer.text)
    };
    validate(&content["schema"], &body)?;
    match body["error"]["code"].as_str() {
        Some(code) if content["examples"].get(code).is_none() => {
            Err(format!("{code} is not among the examples of {}", answer.status))
        }
        _ => Ok(()),
    }
}

fn validate(schema: &Value, value: &Value) -> Result<(), String> {
    let faults: Vec<String> = validator(schema)
        .iter_errors(value)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("; "))
    }
}

/// A validator of a schema of the document, in its strict form.
pub(crate) fn validator(schema: &Value) -> Arc<Validator> {
    let key = schema.to_string();
    let mut validators = VALIDATORS.lock().unwrap();
    let build = || {
        let mut root = schema.clone();
        make_strict(&mut root);
        root["components"] = STRICT.clone();
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        Arc::new(
            options
                .build(&root)
                .unwrap_or_else(|error| panic!("{error} in {schema}")),
        )
    };
    Arc::clone(validators.entry(key).or_insert_with(build))
}

fn make_strict(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(make_strict);
            if members.get("properties").is_some_and(Value::is_object) && members.contains_key("type") {
                members.entry("additionalProperties").or_insert(json!(false));
            }
            if let Some(Value::Array(branches)) = members.get_mut("anyOf") {
                branches.retain(|branch| !is_any_text(branch));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_strict),
        _ => {}
    }
}

/// Beside a list of names, a text without limits stands for the names of newer servers.
fn is_any_text(schema: &Value) -> bool {
    let members = schema.as_object();
    schema["type"] == "string"
        && members.is_some_and(|members| members.keys().all(|name| name == "type" || name == "description"))
}
