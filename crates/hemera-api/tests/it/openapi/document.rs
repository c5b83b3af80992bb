//! The document against the code.

use std::collections::{BTreeMap, BTreeSet};

use hemera_api::PublicRoute;
use hemera_types::{Condition, ErrorCode, Failure, Named as _, Operation, ResultUpdate};
use permissions::Role;
use serde_json::{Value, json};

use crate::support::{document, validator};

const COMMITTED: &str = include_str!("../../../../../docs/openapi.json");

#[test]
fn committed_document_is_up_to_date() {
    assert!(
        COMMITTED == hemera_api::openapi::text(),
        "docs/openapi.json is not what the code says: run `cargo run -q -p hemera-api -- openapi > docs/openapi.json`"
    );
}

/// Each operation of the document by its id: method and path.
fn described() -> BTreeMap<&'static str, (String, &'static str, &'static Value)> {
    let mut found = BTreeMap::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let before = found.insert(id, (method.to_uppercase(), path.as_str(), operation));
            assert!(before.is_none(), "{id} is there twice");
        }
    }
    found
}

/// The page and its parts are for people: no program calls them.
fn is_described(route: PublicRoute) -> bool {
    !route.path().starts_with("/docs")
}

#[test]
fn document_has_every_route_and_no_others() {
    let mut routes = BTreeMap::new();
    for operation in Operation::ALL {
        routes.insert(
            operation.name(),
            (operation.spec().method.to_string(), operation.spec().path),
        );
    }
    for route in PublicRoute::ALL.into_iter().filter(|route| is_described(*route)) {
        routes.insert(route.name(), ("GET".to_owned(), route.path()));
    }
    let described: BTreeMap<_, _> = described()
        .into_iter()
        .map(|(id, (method, path, _))| (id, (method, path)))
        .collect();
    assert_eq!(described, routes);
}

#[test]
fn permissions_and_roles_are_those_of_the_row() {
    let described = described();
    for &operation in Operation::ALL {
        let (_, _, text) = described[operation.name()];
        let spec = operation.spec();
        let needs: Vec<&str> = spec
            .permissions
            .iter()
            .map(|permission| permission.name())
            .collect();
        let roles = Role::ALL.into_iter().filter(|&role| spec.admits(role));
        let roles: Vec<&str> = roles.map(Role::name).collect();
        assert_eq!(
            text["x-permissions"],
            json!({ "all": needs, "roles": roles }),
            "{operation}"
        );
        assert_eq!(
            text["security"],
            json!([{ "bearer": needs }, { "serviceKey": needs }]),
            "{operation}"
        );
    }
    for route in PublicRoute::ALL.into_iter().filter(|route| is_described(*route)) {
        assert_eq!(described[route.name()].2["security"], json!([]), "{route:?}");
    }
}

/// The codes of the examples of each status of an operation.
fn codes(operation: &'static Value) -> BTreeSet<(String, String)> {
    let mut codes = BTreeSet::new();
    for (status, response) in operation["responses"].as_object().unwrap() {
        let response = resolved(response);
        if let Some(examples) = response["content"]["application/json"]["examples"].as_object() {
            codes.extend(examples.keys().map(|code| (status.clone(), code.clone())));
        }
    }
    codes
}

fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(place) => document().pointer(place.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// The error codes of a public route, or of an operation as its description shows it.
fn possible_codes(operation: Option<Operation>, described: &Value) -> Vec<ErrorCode> {
    use ErrorCode::{
        Forbidden, InternalError, InvalidInput, MethodNotAllowed, NotFound, PayloadTooLarge,
        PreconditionFailed, RateLimited, ServiceUnavailable, Unauthorized, UnsupportedMediaType,
        ValidationError,
    };
    let mut codes = vec![MethodNotAllowed];
    let Some(operation) = operation else { return codes };
    let spec = operation.spec();
    codes.extend([
        Unauthorized,
        Forbidden,
        RateLimited,
        InternalError,
        ServiceUnavailable,
    ]);
    // Headers are references.
    let parameters = described["parameters"].as_array().unwrap();
    if spec.has_body() || parameters.iter().any(|parameter| parameter["in"].is_string()) {
        codes.push(ValidationError);
    }
    if spec.has_id() {
        codes.push(NotFound);
    }
    if spec.has_body() {
        codes.extend([InvalidInput, PayloadTooLarge, UnsupportedMediaType]);
    }
    if spec.condition == Some(Condition::IfMatch) {
        codes.push(PreconditionFailed);
    }
    codes
}

#[test]
fn each_error_code_is_shown_where_it_can_occur() {
    let mut seen = BTreeSet::new();
    for (id, (_, _, described)) in described() {
        let operation = Operation::parse(id).ok();
        let possible: BTreeSet<_> = possible_codes(operation, described)
            .into_iter()
            .map(|code| (code.status().as_str().to_owned(), code.name().to_owned()))
            .collect();
        assert_eq!(codes(described), possible, "{id}");
        seen.extend(possible.into_iter().map(|(_, code)| code));
    }
    let every: BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.name().to_owned()).collect();
    assert_eq!(seen, every);
}

/// What the row says of a request is what the document shows.
#[test]
fn parameters_and_body_agree_with_the_row() {
    let described = described();
    for &operation in Operation::ALL {
        let spec = operation.spec();
        let (_, _, text) = described[operation.name()];
        let parameters = text["parameters"].as_array().unwrap();
        let has_id = parameters.iter().any(|parameter| parameter["in"] == "path");
        assert_eq!(has_id, spec.has_id(), "{operation}");
        assert_eq!(text.get("requestBody").is_some(), spec.has_body(), "{operation}");
        let takes = |header: &str| {
            let place = format!("#/components/parameters/{header}");
            parameters.iter().any(|parameter| parameter["$ref"] == place)
        };
        for (condition, header) in [
            (Condition::IfMatch, "IfMatch"),
            (Condition::IfNoneMatch, "IfNoneMatch"),
        ] {
            assert_eq!(takes(header), spec.condition == Some(condition), "{operation}");
        }
    }
}

/// The examples of a content object: each of several, or the only one.
fn examples(content: &'static Value) -> impl Iterator<Item = &'static Value> {
    let named = content["examples"].as_object().into_iter();
    let named = named.flat_map(|examples| examples.values().map(|example| &example["value"]));
    named.chain(content.get("example"))
}

/// Examples of successes are golden files, which the tests of `hemera-types` read.
#[test]
fn examples_fit_their_schemas() {
    let mut read = 0;
    for (id, (_, _, operation)) in described() {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let contents = resolved(response)["content"].as_object();
            for content in contents.into_iter().flat_map(|contents| contents.values()) {
                for example in examples(content) {
                    let fits = validator(&content["schema"]).is_valid(example);
                    assert!(fits, "{id} {status}: {example}");
                    read += 1;
                }
            }
        }
    }
    assert!(read > 50, "{read}");
}

#[test]
fn examples_of_refusals_are_read_as_failures() {
    for response in document()["components"]["responses"]
        .as_object()
        .unwrap()
        .values()
    {
        for example in examples(&response["content"]["application/json"]) {
            let read: Failure = serde_json::from_value(example.clone()).unwrap();
            assert_eq!(&serde_json::to_value(read).unwrap(), example);
        }
    }
}

#[test]
fn examples_of_updates_are_read_by_the_server() {
    let (_, _, operation) = described()[Operation::UpdateParticipationResult.name()];
    let content = &operation["requestBody"]["content"]["application/json"];
    assert!(examples(content).count() >= 3);
    for example in examples(content) {
        assert!(validator(&content["schema"]).is_valid(example), "{example}");
        ResultUpdate::parse(example.to_string().as_bytes()).unwrap();
    }
}

/// The schema and the server's own reader accept the same bodies.
#[test]
fn update_schema_admits_what_the_server_admits() {
    let schema = json!({ "$ref": "#/components/schemas/ResultUpdate" });
    let long = "\u{1d11e}".repeat(2_000);
    let bodies = [
        json!({}),
        json!([]),
        json!("complete"),
        json!({ "complete": true }),
        json!({ "complete": null }),
        json!({ "complete": "true" }),
        json!({ "complete": 1 }),
        json!({ "resultNotes": null }),
        json!({ "resultNotes": "" }),
        json!({ "resultNotes": 7 }),
        json!({ "resultNotes": "a\u{0}b" }),
        json!({ "resultNotes": "first\nsecond" }),
        json!({ "resultOutcome": long, "complete": false }),
        json!({ "resultOutcome": format!("{long}x") }),
        json!({ "resultOutcome": "x", "email": "x" }),
    ];
    for body in bodies {
        let read = ResultUpdate::parse(body.to_string().as_bytes()).is_ok();
        assert_eq!(validator(&schema).is_valid(&body), read, "{body}");
    }
}

/// Every reference points to a component that is there, and every component is referred to.
#[test]
fn every_component_is_used() {
    let text = hemera_api::openapi::text();
    for (kind, components) in document()["components"].as_object().unwrap() {
        for name in components.as_object().unwrap().keys() {
            let reference = format!("\"$ref\": \"#/components/{kind}/{name}\"");
            assert!(
                kind == "securitySchemes" || text.contains(&reference),
                "{kind}/{name}"
            );
        }
    }
    for reference in text.split("\"$ref\": \"#").skip(1) {
        let place = reference.split('"').next().unwrap();
        assert!(document().pointer(place).is_some(), "{place}");
    }
}

/// Descriptions come from the code's own documentation, whose links mean nothing to readers of the document.
#[test]
fn descriptions_have_no_links_into_the_code() {
    for mark in ["[`", "crate::", "Self::"] {
        assert!(!hemera_api::openapi::text().contains(mark), "{mark}");
    }
}
