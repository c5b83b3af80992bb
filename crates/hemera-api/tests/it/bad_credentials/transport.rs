//! Credentials in the wrong place, in the wrong number, or of the wrong kind.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use clerk_emulator::ClerkEmulator;

use super::{Case, template};

const KEY: &str = "hmr_test_5b0f4c1d9e7a4f2c8d3b6a1e0c9f8d7b";

pub(super) fn all(clerk: &ClerkEmulator) -> Vec<Case> {
    let good = clerk.forge(&template()).unwrap();
    [
        schemes(&good),
        places(&good),
        several(&good),
        keys(),
        secrets(clerk),
        hidden_secrets(&good, &clerk.secret_key()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn schemes(good: &str) -> Vec<Case> {
    let odd = [
        ("Bearer alone", "Bearer".to_owned()),
        ("Bearer and a space", "Bearer ".to_owned()),
        ("two spaces", format!("Bearer  {good}")),
        ("a tab", format!("Bearer\t{good}")),
        ("no space", format!("Bearer{good}")),
        ("a colon", format!("Bearer: {good}")),
        ("Token", format!("Token {good}")),
        ("JWT", format!("JWT {good}")),
        ("Basic", "Basic dXNlcjpwYXNz".to_owned()),
        ("Digest", format!("Digest {good}")),
        ("the token alone", good.to_owned()),
        ("quoted scheme", format!("\"Bearer\" {good}")),
        ("the scheme twice", format!("Bearer Bearer {good}")),
        (
            "white space inside the token",
            format!("Bearer {}", good.replacen('.', " .", 1)),
        ),
        ("two tokens with a comma", format!("Bearer {good}, Bearer {good}")),
        ("parameters after the token", format!("Bearer {good} realm=x")),
        ("empty", String::new()),
    ];
    let mut cases: Vec<Case> = odd
        .into_iter()
        .map(|(name, value)| Case::line(name, format!("authorization: {value}"), "not_a_bearer_token"))
        .collect();
    let bytes = [
        b"authorization: Bearer caf\xe9".as_slice(),
        b"authorization: \xff\xfe",
    ];
    for (number, line) in bytes.into_iter().enumerate() {
        cases.push(Case::line(
            format!("not ASCII {number}"),
            line,
            "not_a_bearer_token",
        ));
    }
    cases
}

fn places(good: &str) -> Vec<Case> {
    let headers = [
        "cookie: __session=",
        "x-access-token: ",
        "proxy-authorization: Bearer ",
        "x-forwarded-authorization: Bearer ",
        "x-authorization: Bearer ",
        "api-key: ",
    ];
    let mut cases: Vec<Case> = headers
        .iter()
        .map(|header| Case::line(*header, format!("{header}{good}"), "no_credential"))
        .collect();
    for name in ["access_token", "token", "authorization", "api_key"] {
        let case = Case::line(format!("query {name}"), "x-nothing: 1", "no_credential");
        let query = format!("&{name}={good}");
        cases.push(Case { query, ..case });
    }
    let body = format!("content-length: {}\r\n\r\n{good}", good.len());
    cases.push(Case::line("in the body", body, "no_credential"));
    cases.push(Case::line("none", "x-nothing: 1", "no_credential"));
    cases
}

fn several(good: &str) -> Vec<Case> {
    let (bearer, key) = (
        format!("authorization: Bearer {good}"),
        format!("x-api-key: {KEY}"),
    );
    let basic = "authorization: Basic dXNlcjpwYXNz";
    let twice = "credential_sent_twice";
    vec![
        Case::token("the same token twice", good, twice).and_line(bearer.clone()),
        Case::token("a token, then Basic", good, twice).and_line(basic),
        Case::line("Basic, then a token", basic, twice).and_line(bearer.clone()),
        Case::line("a key twice", key.clone(), twice).and_line(key.clone()),
        Case::token("a token and a key", good, "two_credentials").and_line(key.clone()),
        Case::token("a bad token and a good key", "x.y.z", "two_credentials").and_line(key.clone()),
        Case::token("a good token and a bad key", good, "two_credentials").and_line("x-api-key: no"),
        Case::line("Basic and a key", basic, "two_credentials").and_line(key),
    ]
}

fn keys() -> Vec<Case> {
    let unknown = [
        ("unknown", "hmr_live_wrong".to_owned()),
        ("in upper case", KEY.to_uppercase()),
        ("cut", KEY[..KEY.len() - 1].to_owned()),
        ("with more", format!("{KEY}0")),
        ("quoted", format!("\"{KEY}\"")),
        ("as Bearer", format!("Bearer {KEY}")),
        (
            "its hash",
            "bbcc39a6ad149ef7c7af0fb70f96ba0c81a463470cad285fde0742cbd52f2687".to_owned(),
        ),
        ("twice with a comma", format!("{KEY}, {KEY}")),
    ];
    let mut cases: Vec<Case> = unknown
        .into_iter()
        .map(|(name, key)| {
            Case::line(
                format!("key {name}"),
                format!("x-api-key: {key}"),
                "unknown_service_key",
            )
        })
        .collect();
    for (name, key) in [("empty", String::new()), ("of 513 characters", "k".repeat(513))] {
        let line = format!("x-api-key: {key}");
        cases.push(Case::line(format!("key {name}"), line, "malformed_service_key"));
    }
    let line = b"x-api-key: caf\xe9".as_slice();
    cases.push(Case::line("key not ASCII", line, "malformed_service_key"));
    cases.push(Case::token("a service key as a token", KEY, "not_compact"));
    cases
}

/// Clerk's own keys, sent as a credential is sent.
fn secrets(clerk: &ClerkEmulator) -> Vec<Case> {
    let secrets = [
        clerk.secret_key(),
        "sk_test_4f1c".into(),
        "sk_live_4f1c".into(),
        "ak_4f1c".into(),
    ];
    let sent = |secret: &String| {
        let line = format!("x-api-key: {secret}");
        [
            Case::token(format!("{secret} as a token"), secret, "clerk_secret_as_bearer"),
            Case::line(format!("{secret} as a key"), line, "clerk_secret_as_service_key"),
        ]
    };
    secrets.iter().flat_map(sent).collect()
}

/// The same, sent as no credential is sent: the leak is noticed all the same.
fn hidden_secrets(good: &str, secret: &str) -> Vec<Case> {
    let (bearer, key) = ("clerk_secret_as_bearer", "clerk_secret_as_service_key");
    let with_padding = STANDARD.encode(format!("{secret}:"));
    let without_padding = STANDARD_NO_PAD.encode(format!("user:{secret}"));
    let values = [
        ("alone", secret.to_owned()),
        ("under Token", format!("Token {secret}")),
        ("under Basic", format!("Basic {secret}")),
        ("as the name of Basic", format!("Basic {with_padding}")),
        ("as the password of Basic", format!("basic  {without_padding}")),
        ("after two blanks", format!("Bearer  {secret}")),
        ("after a tab", format!("Bearer\t{secret}")),
        ("in quotes", format!("ApiKey key=\"{secret}\"")),
        (
            "after a token and a comma",
            format!("Bearer {good}, Bearer {secret}"),
        ),
    ];
    let mut cases: Vec<Case> = values
        .into_iter()
        .map(|(name, value)| {
            Case::line(
                format!("secret {name}"),
                format!("authorization: {value}"),
                bearer,
            )
        })
        .collect();
    let (as_token, as_key) = (
        format!("authorization: Bearer {secret}"),
        format!("x-api-key: {secret}"),
    );
    cases.extend([
        Case::token("secret twice", secret, bearer).and_line(as_token.clone()),
        Case::token("secret after a token", good, bearer).and_line(as_token.clone()),
        Case::token("secret beside a key", secret, bearer).and_line(format!("x-api-key: {KEY}")),
        Case::token("secret beside a token", good, key).and_line(as_key.clone()),
        Case::token("secret in both headers", secret, bearer).and_line(as_key.clone()),
        Case::line("secret as a key twice", as_key.clone(), key).and_line(as_key),
        Case::line("secret after a key", format!("x-api-key: {KEY}, {secret}"), key),
        Case::line(
            "secret as Bearer in a key",
            format!("x-api-key: Bearer {secret}"),
            key,
        ),
        Case::line(
            "secret as Basic in a key",
            format!("x-api-key: Basic {with_padding}"),
            key,
        ),
    ]);
    cases
}
