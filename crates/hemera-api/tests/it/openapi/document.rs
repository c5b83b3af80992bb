//! The document against the code.

use std::collections::{BTreeMap, BTreeSet};

use hemera_api::http::access::Access;
use hemera_api::http::public::PublicRoute;
use hemera_types::{
    CourseDetail, CourseMaterials, CourseSummary, ErrorCode, Failure, Named as _, Operation, Participation,
    ResultUpdate, Success, Usage,
};
use permissions::Role;
use serde_json::{Value, json};

use crate::support::{document, validator};

const COMMITTED: &str = include_str!("../../../../../docs/openapi.json");

#[test]
fn the_committed_document_is_the_generated_one() {
    assert!(
        COMMITTED == hemera_api::http::openapi::text(),
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
fn the_document_has_every_route_and_no_others() {
    let mut routes = BTreeMap::new();
    for operation in Operation::ALL {
        routes.insert(
            operation.name(),
            (operation.method().to_string(), operation.path_template()),
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
fn who_may_call_is_what_the_route_table_says() {
    let described = described();
    for &operation in Operation::ALL {
        let (_, _, text) = described[operation.name()];
        let needs: Vec<&str> = operation
            .needs()
            .iter()
            .map(|permission| permission.name())
            .collect();
        let roles = Role::ALL
            .into_iter()
            .filter(|&role| Access::of(operation).admits(role));
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

#[test]
fn each_code_is_shown_where_it_can_come_from() {
    use ErrorCode::{
        Forbidden, InternalError, InvalidInput, MethodNotAllowed, NotFound, PayloadTooLarge,
        PreconditionFailed, RateLimited, ServiceUnavailable, Unauthorized, UnsupportedMediaType,
        ValidationError,
    };
    let everywhere = [
        Unauthorized,
        Forbidden,
        MethodNotAllowed,
        ValidationError,
        RateLimited,
        InternalError,
        ServiceUnavailable,
    ];
    let on_writes = [
        InvalidInput,
        PreconditionFailed,
        PayloadTooLarge,
        UnsupportedMediaType,
    ];
    let mut seen = BTreeSet::new();
    for (id, (method, path, operation)) in described() {
        let mut wanted: Vec<ErrorCode> = Vec::new();
        if path.starts_with("/api/service/") {
            wanted.extend(everywhere);
        } else {
            wanted.push(MethodNotAllowed);
        }
        if path.contains("{id}") {
            wanted.push(NotFound);
        }
        if method == "PUT" {
            wanted.extend(on_writes);
        }
        let wanted: BTreeSet<_> = wanted
            .into_iter()
            .map(|code| (code.status().as_str().to_owned(), code.name().to_owned()))
            .collect();
        assert_eq!(codes(operation), wanted, "{id}");
        seen.extend(wanted.into_iter().map(|(_, code)| code));
    }
    let every: BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.name().to_owned()).collect();
    assert_eq!(seen, every);
}

/// Every example is what its schema says, and what the wire types read.
#[test]
fn examples_are_real() {
    let mut read = 0;
    for (id, (_, _, operation)) in described() {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let response = resolved(response);
            for content in response["content"]
                .as_object()
                .into_iter()
                .flat_map(|content| content.values())
            {
                let examples = content["examples"].as_object();
                let examples = examples
                    .into_iter()
                    .flat_map(|examples| examples.values().map(|example| &example["value"]));
                for example in examples.chain(content.get("example")) {
                    assert!(
                        validator(&content["schema"]).is_valid(example),
                        "{id} {status}: {example}"
                    );
                    assert_reads(id, status, example);
                    read += 1;
                }
            }
        }
        for (name, example) in operation["requestBody"]["content"]["application/json"]["examples"]
            .as_object()
            .into_iter()
            .flatten()
        {
            let content = &operation["requestBody"]["content"]["application/json"];
            assert!(
                validator(&content["schema"]).is_valid(&example["value"]),
                "{id}: {name}"
            );
            ResultUpdate::parse(example["value"].to_string().as_bytes()).unwrap();
            read += 1;
        }
    }
    assert!(read > 50, "{read}");
}

/// Reads an example as a client would, and finds nothing in it that the type does not have.
fn assert_reads(id: &str, status: &str, example: &Value) {
    fn same<T: serde::de::DeserializeOwned + serde::Serialize>(example: &Value) {
        let read: T = serde_json::from_value(example.clone()).unwrap();
        assert_eq!(&serde_json::to_value(read).unwrap(), example);
    }
    let Some(operation) = Operation::ALL.iter().find(|operation| operation.name() == id) else {
        return;
    };
    match operation {
        _ if !status.starts_with('2') => same::<Failure>(example),
        Operation::ListCourses => same::<Success<Vec<CourseSummary>>>(example),
        Operation::GetCourse => same::<Success<CourseDetail>>(example),
        Operation::GetCourseMaterials => same::<Success<CourseMaterials>>(example),
        Operation::GetParticipation | Operation::UpdateParticipationResult => {
            same::<Success<Participation>>(example);
        }
        Operation::GetUsage => same::<Success<Usage>>(example),
    }
}

/// What bodies of requests may be, tried on bodies that the server's own reader judges.
#[test]
fn the_schema_of_an_update_admits_what_the_server_admits() {
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

/// Nothing is referred to that is not there, and nothing is there that nobody refers to.
#[test]
fn every_component_is_used() {
    let text = hemera_api::http::openapi::text();
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

/// Descriptions come from the code's own documentation: links of that must not reach people who do not read the code.
#[test]
fn descriptions_are_for_people_who_do_not_see_the_code() {
    for mark in ["[`", "crate::", "Self::"] {
        assert!(!hemera_api::http::openapi::text().contains(mark), "{mark}");
    }
}
