//! The headers of responses.

use hemera_types::header::{
    RATELIMIT, RATELIMIT_POLICY, X_AUDIT_RECORD, X_RATELIMIT_LIMIT, X_RATELIMIT_REMAINING, X_RATELIMIT_RESET,
    X_REQUEST_ID,
};
use hemera_types::{ContentCoding, Named as _, RequestId, bounds};
use http::HeaderName;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, ETAG, LINK, RETRY_AFTER, VARY, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use serde_json::{Value, json};
use utoipa::ToSchema as _;
use utoipa::openapi::header::Header;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{Object, Ref, RefOr};

use super::security::canonical;

/// Puts on the headers that every answer has.
pub(super) fn always(response: ResponseBuilder) -> ResponseBuilder {
    [X_REQUEST_ID, X_CONTENT_TYPE_OPTIONS, CACHE_CONTROL]
        .iter()
        .fold(response, with)
}

/// Puts on the id of the audit record: on every answer of an operation.
pub(super) fn recorded(response: ResponseBuilder) -> ResponseBuilder {
    with(response, &X_AUDIT_RECORD)
}

/// Puts on the link to the explanation of an error.
pub(super) fn explained(response: ResponseBuilder) -> ResponseBuilder {
    with(response, &LINK)
}

/// Puts on the headers of the rate limit: on every answer to a known caller.
pub(super) fn standing(response: ResponseBuilder) -> ResponseBuilder {
    STANDING.iter().fold(response, with)
}

const STANDING: [HeaderName; 5] = [
    X_RATELIMIT_LIMIT,
    X_RATELIMIT_REMAINING,
    X_RATELIMIT_RESET,
    RATELIMIT_POLICY,
    RATELIMIT,
];

/// Puts on what distinguishes the states and variants of a resource.
pub(super) fn of_variants(response: ResponseBuilder) -> ResponseBuilder {
    [ETAG, VARY].iter().fold(response, with)
}

/// Puts on one more header.
pub(super) fn with(response: ResponseBuilder, name: &HeaderName) -> ResponseBuilder {
    let name = canonical(name);
    let component = Ref::new(format!("#/components/headers/{name}"));
    response.header_ref(name, component)
}

pub(super) fn components() -> impl Iterator<Item = (String, Header)> {
    let described = of_every_answer()
        .into_iter()
        .chain(of_the_standing())
        .chain(of_some_answers());
    described.map(|(name, description, schema, example)| {
        let header = Header::builder()
            .description(Some(description))
            .schema(Some(schema))
            .example(Some(example));
        // The standing is missing where a caller was turned away before it was known, the audit record where the audit
        // log had no place for one, the link where operators have set no page, and few answers are compressed; the rest is there wherever it is listed. utoipa has no field for that.
        let is_certain =
            !STANDING.contains(&name) && ![CONTENT_ENCODING, LINK, X_AUDIT_RECORD].contains(&name);
        let required = is_certain.then(|| [("required", true)].into_iter().collect());
        (canonical(&name), header.extensions(required).build())
    })
}

/// A header, what it means, what it can be, and an example.
type Described = (HeaderName, &'static str, RefOr<Schema>, Value);

fn of_every_answer() -> [Described; 3] {
    [
        (
            X_REQUEST_ID,
            "The id of the request: yours, if it was 1 to 128 visible ASCII characters.",
            Ref::from_schema_name(RequestId::name()).into(),
            json!("4f0c1d9e-7a4f-4c8d-9b6a-1e0c9f8d7b5b"),
        ),
        (
            X_CONTENT_TYPE_OPTIONS,
            "Browsers must not guess another content type.",
            one_of(&["nosniff"]),
            json!("nosniff"),
        ),
        (
            CACHE_CONTROL,
            "`private, no-store`; `private, no-cache` with an `ETag`: ask again with `If-None-Match`. Shared caches may keep \
             the document itself.",
            Object::with_type(Type::String).into(),
            json!("private, no-store"),
        ),
    ]
}

fn of_the_standing() -> [Described; 5] {
    [
        (
            X_RATELIMIT_LIMIT,
            "Requests in a window, which is a minute unless operators have set another.",
            count(1),
            json!(bounds::API_CLIENT_RATE),
        ),
        (
            X_RATELIMIT_REMAINING,
            "Requests that would be admitted now, sent together: at most the burst.",
            count(0),
            json!(bounds::API_CLIENT_BURST - 1),
        ),
        (
            X_RATELIMIT_RESET,
            "Unix seconds: when the full burst is back.",
            count(0),
            json!(1_773_567_001),
        ),
        (
            RATELIMIT_POLICY,
            "The quotas in force, as the IETF draft writes them.",
            text(r#"^"minute";q=\d+;w=\d+, "burst";q=\d+;w=\d+$"#),
            json!(r#""minute";q=100;w=60, "burst";q=20;w=12"#),
        ),
        (
            RATELIMIT,
            "For `t` seconds no more than `r` requests are admitted, as the IETF draft writes it. With a 429, `t` is `Retry-After`.",
            text(r#"^"burst";r=\d+;t=\d+$"#),
            json!(r#""burst";r=19;t=1"#),
        ),
    ]
}

fn of_some_answers() -> [Described; 8] {
    [
        (
            X_AUDIT_RECORD,
            "The id of the record that the audit log has of this request, by itself or among others of its kind.",
            text("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
            json!("0b9f3c52-6f0e-4f0b-9a57-2d1f6f3c8e11"),
        ),
        (
            LINK,
            "The page that explains this error, where operators have said where it is.",
            text(r#"^<https?://[^<>"]+#[a-z_]+>; rel="help"$"#),
            json!(r#"<https://docs.example.com/hemera/api#not_found>; rel="help""#),
        ),
        (
            VARY,
            "The headers of the request that the answer depends on: `accept-encoding`, and more where browsers are allowed.",
            Object::with_type(Type::String).into(),
            json!("accept-encoding"),
        ),
        (
            CONTENT_ENCODING,
            "The coding of a large answer, where `Accept-Encoding` takes one. Its `ETag` then ends with `-gzip` or `-br`.",
            one_of(&[ContentCoding::Gzip.name(), ContentCoding::Brotli.name()]),
            json!("gzip"),
        ),
        (
            ETAG,
            "A strong tag: of a participation its version, of everything else a hash of `data` and `pagination`.",
            text(r#"^"[!#-~]+"$"#),
            json!("\"3\""),
        ),
        (
            WWW_AUTHENTICATE,
            "How to authenticate; with `error=\"invalid_token\"` where a token was sent.",
            one_of(&["Bearer", "Bearer error=\"invalid_token\""]),
            json!("Bearer"),
        ),
        (
            ALLOW,
            "The methods that the route has.",
            text("^[A-Z]+(,[A-Z]+)*$"),
            json!("GET,HEAD"),
        ),
        (
            RETRY_AFTER,
            "Whole seconds to wait before the request is sent again.",
            count(1),
            json!(1),
        ),
    ]
}

fn text(pattern: &str) -> RefOr<Schema> {
    Object::builder()
        .schema_type(Type::String)
        .pattern(Some(pattern))
        .into()
}

fn one_of(values: &[&str]) -> RefOr<Schema> {
    Object::builder()
        .schema_type(Type::String)
        .enum_values(Some(values.iter().copied()))
        .into()
}

fn count(least: u32) -> RefOr<Schema> {
    Object::builder()
        .schema_type(Type::Integer)
        .minimum(Some(least))
        .into()
}
