//! Shortcodes in the claims of a JWT template: `{{user.public_metadata.role || 'guest'}}`.
//!
//! Rules, as Clerk's guide to JWT templates has them: a string that is exactly one shortcode keeps the type of its
//! value; anything unknown is null; text around a shortcode, or several of them, make a string in which a missing
//! part reads `null`; of several operands joined by `||` the first that is neither null nor false counts, else the
//! last; operands may be literals (single-quoted text, number, boolean).

use serde_json::{Map, Number, Value};

/// Replaces the shortcodes in every string of `claims`; keys are left as they are.
pub(crate) fn render(
    claims: &Map<String, Value>,
    look_up: &dyn Fn(&str) -> Option<Value>,
) -> Map<String, Value> {
    claims
        .iter()
        .map(|(name, value)| (name.clone(), render_value(value, look_up)))
        .collect()
}

fn render_value(value: &Value, look_up: &dyn Fn(&str) -> Option<Value>) -> Value {
    match value {
        Value::String(text) => render_text(text, look_up),
        Value::Array(items) => items.iter().map(|item| render_value(item, look_up)).collect(),
        Value::Object(map) => Value::Object(render(map, look_up)),
        plain => plain.clone(),
    }
}

/// A piece of a string: plain text, or what stands between the braces.
#[derive(Debug, PartialEq)]
enum Piece<'a> {
    Text(&'a str),
    Code(&'a str),
}

fn render_text(text: &str, look_up: &dyn Fn(&str) -> Option<Value>) -> Value {
    let pieces = pieces(text);
    match pieces.as_slice() {
        [Piece::Code(code)] => evaluate(code, look_up),
        pieces if pieces.iter().any(|piece| matches!(piece, Piece::Code(_))) => {
            let joined: String = pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => (*text).to_owned(),
                    Piece::Code(code) => in_text(&evaluate(code, look_up)),
                })
                .collect();
            // UNVERIFIED: an example in the guide drops a trailing blank, so blanks at both ends are trimmed here.
            Value::String(joined.trim().to_owned())
        }
        _ => Value::String(text.to_owned()),
    }
}

/// Splits at `{{…}}`; braces that never close are plain text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((code, behind)) = after.split_once("}}") else {
            break;
        };
        if !before.is_empty() {
            found.push(Piece::Text(before));
        }
        found.push(Piece::Code(code));
        rest = behind;
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    found
}

fn evaluate(code: &str, look_up: &dyn Fn(&str) -> Option<Value>) -> Value {
    let mut last = Value::Null;
    for operand in operands(code) {
        last = operand_value(operand.trim(), look_up);
        if !matches!(last, Value::Null | Value::Bool(false)) {
            break;
        }
    }
    last
}

/// Splits at `||` outside of quotes.
fn operands(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut quoted) = (0, false);
    let bytes = code.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b'|' if !quoted && index >= start && bytes.get(index + 1) == Some(&b'|') => {
                found.push(&code[start..index]);
                start = index + 2;
            }
            _ => {}
        }
    }
    found.push(code.get(start..).unwrap_or_default());
    found
}

fn operand_value(operand: &str, look_up: &dyn Fn(&str) -> Option<Value>) -> Value {
    if let Some(literal) = operand
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
    {
        return Value::String(literal.to_owned());
    }
    match operand {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        name => name
            .parse::<Number>()
            .map_or_else(|_| look_up(name).unwrap_or(Value::Null), Value::Number),
    }
}

/// UNVERIFIED: how an object or array reads inside a text; JSON here.
fn in_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn look_up(path: &str) -> Option<Value> {
        let known = json!({
            "user.id": "user_1", "user.first_name": null, "user.last_name": "Weber", "user.age": 41,
            "user.admin": false, "user.public_metadata": {"role": "api-client", "tags": ["a", "b"]},
            "user.blank": "x ",
        });
        known.get(path).cloned()
    }

    #[test]
    fn shortcodes_follow_the_rules_of_the_guide() {
        let table = [
            ("{{user.id}}", json!("user_1")),
            ("{{ user.id }}", json!("user_1")),
            ("{{user.age}}", json!(41)),
            (
                "{{user.public_metadata}}",
                json!({"role": "api-client", "tags": ["a", "b"]}),
            ),
            ("{{user.i_dont_exist}}", json!(null)),
            ("{{user.first_name}} {{user.last_name}}", json!("null Weber")),
            ("id={{user.id}}", json!("id=user_1")),
            ("{{user.first_name || user.last_name}}", json!("Weber")),
            ("{{user.admin || user.first_name}}", json!(null)),
            ("{{user.first_name || user.admin}}", json!(false)),
            ("{{user.nope || 'guest'}}", json!("guest")),
            ("{{user.nope || 'a || b'}}", json!("a || b")),
            ("{{user.nope || 7}}", json!(7)),
            ("{{user.nope || true}}", json!(true)),
            ("{{user.id}} {{user.blank}}", json!("user_1 x")),
            ("plain", json!("plain")),
            ("{{never closed", json!("{{never closed")),
            ("{{a}}{{b}}", json!("nullnull")),
            ("", json!("")),
        ];
        for (template, expected) in table {
            let claims = json!({"claim": [{"deep": template}]});
            let Value::Object(claims) = claims else {
                unreachable!()
            };
            let rendered = render(&claims, &look_up);
            assert_eq!(rendered["claim"][0]["deep"], expected, "{template}");
        }
    }
}
