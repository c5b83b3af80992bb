//! The fields that `docs/api.md` lists: no others may leave.

use std::collections::BTreeSet;

use hemera_types::Operation;
use serde_json::Value;

const DOCUMENT: &str = include_str!("../../../../../docs/api.md");

/// Paths of fields, such as `participants.bookingId`; lists are passed through.
pub(super) type Paths = BTreeSet<String>;

/// What a success of an operation carries, as the table under "Operations" says.
pub(super) struct Success {
    pub(super) body: &'static str,
    pub(super) is_list: bool,
    pub(super) has_message: bool,
}

impl Success {
    pub(super) fn of(operation: Operation) -> Self {
        let head = format!("| `{operation}` |");
        let row = section("Operations").lines().find(|line| line.starts_with(&head));
        let cells = row.unwrap_or_else(|| panic!("docs/api.md does not list {operation}"));
        let success = cells
            .trim_end_matches([' ', '|'])
            .rsplit("| 200, ")
            .next()
            .unwrap();
        let body = success.split(',').next().unwrap();
        Self {
            body: body.trim_start_matches("list of "),
            is_list: body.starts_with("list of "),
            has_message: success.ends_with("with a message"),
        }
    }
}

/// The fields of a body, as the table under "Bodies" lists them.
pub(super) fn of_body(name: &str) -> Paths {
    let mut paths = Paths::new();
    let rows = section("Bodies").lines().filter_map(|line| {
        let mut cells = line.strip_prefix('|')?.split('|');
        Some((cells.next()?.trim(), cells.next()?))
    });
    // A row that begins with an ellipsis belongs to the body above it.
    let mut body = "";
    for (head, fields) in rows {
        let inner = head.strip_prefix('…').map(|field| field.trim_matches('`'));
        if inner.is_none() {
            body = head;
        }
        if body == name {
            add_fields(&mut paths, inner, fields);
        }
    }
    assert!(!paths.is_empty(), "docs/api.md lists no {name}");
    paths
}

/// `` `days` `rows`: `day` `subject?` ``: a field with a colon holds those after it. Other words explain.
fn add_fields(paths: &mut Paths, inner: Option<&str>, fields: &str) {
    let mut parents: Vec<&str> = inner.into_iter().collect();
    let parts: Vec<&str> = fields.split('`').collect();
    for (index, field) in parts.iter().enumerate().skip(1).step_by(2) {
        let field = field.trim_end_matches('?');
        if field.bytes().all(|byte| byte.is_ascii_uppercase()) {
            continue;
        }
        let path = [&parents[..], &[field]].concat().join(".");
        paths.insert(path);
        if parts[index + 1].starts_with(':') {
            parents.push(field);
        }
    }
}

/// The fields of the envelope of a success, and of an error, as the examples show them.
pub(super) fn of_envelopes() -> [Paths; 2] {
    let examples: Vec<Paths> = section("Envelope")
        .split("```json\n")
        .skip(1)
        .map(|block| of_json(&serde_json::from_str(block.split("```").next().unwrap()).unwrap()))
        .collect();
    examples.try_into().expect("two examples")
}

/// The fields of an answer.
pub(super) fn of_json(value: &Value) -> Paths {
    let mut paths = Paths::new();
    add_json(&mut paths, "", value);
    paths
}

fn add_json(paths: &mut Paths, parent: &str, value: &Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if parent.is_empty() {
                    name.clone()
                } else {
                    format!("{parent}.{name}")
                };
                add_json(paths, &path, value);
                paths.insert(path);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| add_json(paths, parent, value)),
        _ => {}
    }
}

fn section(heading: &str) -> &'static str {
    let (_, rest) = DOCUMENT.split_once(&format!("\n## {heading}\n")).unwrap();
    rest.split("\n## ").next().unwrap()
}
