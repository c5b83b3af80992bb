//! The lines that operators read, all of them in one place, and that no line repeats the cause below it.

use std::error::Error as _;
use std::fmt::Write as _;
use std::sync::Arc;

use clerk::{Error, KeySet, KeySetPolicy, KeySource, Ticket, TokenPolicy, Verifier};
use freshness::ManualClock;
use serde_json::json;
use url::Url;

use crate::claims::minted_with;
use crate::errors::Ask;
use crate::machine::machine_at;
use crate::service_user::lost_session::with_two_lost_sessions;
use crate::support::clerk::{Clerk, USER, backend_builder, impatient_backend_at};
use crate::support::server::{Reply, Server};
use crate::support::token::{ISSUER, now, session_claims, session_header, token};

/// The texts, collected under the names of their cases.
#[derive(Default)]
struct Texts {
    lines: String,
    /// How many errors had a source.
    with_source: usize,
}

impl Texts {
    fn note(&mut self, name: &str, error: &Error) {
        let line = error.to_string();
        assert!(!line.contains('\n') && !line.contains("  "), "{line}");
        writeln!(self.lines, "{name}\n    {line}").unwrap();
        self.walk(error);
    }

    /// No text of a source is part of a text before it.
    fn walk(&mut self, error: &(dyn std::error::Error + 'static)) {
        self.with_source += usize::from(error.source().is_some());
        let chain = std::iter::successors(Some(error), |error| (**error).source());
        let texts: Vec<String> = chain.map(ToString::to_string).collect();
        for (index, text) in texts.iter().enumerate() {
            let before = texts[..index].iter().find(|before| before.contains(text));
            assert_eq!(before, None, "{text:?} is in it; the whole chain: {texts:#?}");
        }
    }
}

#[tokio::test]
async fn each_error_says_in_one_line_what_to_do() {
    let mut texts = Texts::default();
    backend(&mut texts).await;
    frontend(&mut texts).await;
    machine(&mut texts).await;
    service_user(&mut texts).await;
    insta::assert_snapshot!("error_texts", texts.lines);
}

#[tokio::test]
async fn no_error_repeats_the_text_of_its_source() {
    let mut texts = Texts::default();
    backend(&mut texts).await;
    frontend(&mut texts).await;
    machine(&mut texts).await;
    service_user(&mut texts).await;
    let ask = Ask::start().await;
    for reply in [
        Reply::json(&json!({ "object": "user" })),
        Reply::text(200, "application/json", "{"),
        Reply::text(302, "text/html", ""),
    ] {
        texts.walk(&ask.error(reply).await);
    }
    key_set(&mut texts).await;
    assert!(texts.with_source > 20, "only {} had a source", texts.with_source);
}

async fn key_set(texts: &mut Texts) {
    let failing = Server::always(Reply::error(500, "internal_clerk_error")).await;
    let clock = Arc::new(ManualClock::at(now()));
    let source = KeySource::Backend(impatient_backend_at(failing.url.clone()));
    let keys = KeySet::remote(source, KeySetPolicy::default(), clock.clone());
    texts.walk(&keys.warm().await.unwrap_err());
    let verifier = Verifier::new(TokenPolicy::for_issuer(ISSUER), keys, clock);
    let good = token(&session_header(), &session_claims());
    let unchecked = verifier.verify(&good).await.unwrap_err();
    assert!(unchecked.source().is_some(), "{unchecked}");
    texts.walk(&unchecked);
    texts.walk(&verifier.verify("not a token").await.unwrap_err());
}

async fn backend(texts: &mut Texts) {
    let ask = Ask::start().await;
    for (status, code) in BACKEND_CODES {
        texts.note(code, &ask.error(Reply::error(*status, code)).await);
    }
    let odd = [
        (
            "429 with Retry-After",
            Reply::error(429, "too_many_requests").with_header("retry-after", "7"),
        ),
        ("HTML", Reply::text(200, "text/html", "<html>")),
        ("HTML from a gateway", Reply::text(502, "text/html", "<html>")),
        ("silence", Reply::Silence),
        ("cut", Reply::Cut),
    ];
    for (name, reply) in odd {
        texts.note(name, &ask.error(reply).await);
    }
    let sessions = ask.api.sessions();
    ask.clerk.overrides.next(
        "POST /v1/sessions/sess_1/tokens",
        Reply::error(404, "resource_not_found"),
    );
    texts.note(
        "no such session",
        &sessions.mint("sess_1", None).await.unwrap_err(),
    );
    texts.note("no id", &ask.api.users().get("").await.unwrap_err());
    texts.note(
        "no such session or template",
        &sessions
            .mint_from_template("sess_1", "x", None)
            .await
            .unwrap_err(),
    );
    texts.note(
        "no such template",
        &ask.api.jwt_templates().delete("jtmp_1").await.unwrap_err(),
    );
    let plain = backend_builder(Url::parse("http://api.clerk.com").unwrap()).build();
    texts.note("plain http", &plain.unwrap_err());
}

async fn frontend(texts: &mut Texts) {
    let clerk = Clerk::start().await;
    let (line, frontend) = ("POST /v1/client/sign_ins", clerk.frontend());
    for (status, code) in FRONTEND_CODES {
        // A missing header and a missing dev browser are supplied in a second request.
        match *code {
            "request_header_missing" => clerk.overrides.next(line, Reply::error(*status, code)),
            "dev_browser_unauthenticated" => clerk.demand_dev_browser(&json!({ "id": "dvb_1" })),
            _ => {}
        }
        clerk.overrides.next(line, Reply::error(*status, code));
        texts.note(
            code,
            &frontend.redeem_ticket(&Ticket::new("t")).await.unwrap_err(),
        );
    }
    for status in SIGN_IN_STATUSES {
        clerk
            .overrides
            .next(line, Reply::json(&json!({ "response": { "status": status } })));
        texts.note(
            status,
            &frontend.redeem_ticket(&Ticket::new("t")).await.unwrap_err(),
        );
    }
}

async fn machine(texts: &mut Texts) {
    let codes = [
        (400, "machine_token_reserved_claim"),
        (401, "clerk_key_invalid"),
        (403, "feature_not_enabled"),
        (404, "resource_not_found"),
        (429, "too_many_requests"),
    ];
    for (status, code) in codes {
        let clerk = Server::always(Reply::error(status, code)).await;
        let machine = machine_at(&clerk).mint().await.unwrap_err();
        texts.note(&format!("machine: {code}"), &machine);
    }
    for (name, claims) in [("template", json!({})), ("user", json!({ "role": null }))] {
        let error = minted_with(&claims).await.require_claims(&["role"]).unwrap_err();
        texts.note(&format!("{name} lacks a claim"), &error);
    }
}

async fn service_user(texts: &mut Texts) {
    let clerk = Clerk::start().await;
    let user = with_two_lost_sessions(&clerk, &ManualClock::at(now())).await;
    let read = format!("GET /v1/users/{USER}");
    let flags = json!({ "object": "user", "id": USER, "banned": true });
    clerk.overrides.next(&read, Reply::json(&flags));
    texts.note("service user: banned meanwhile", &user.mint().await.unwrap_err());
    clerk
        .overrides
        .next(&read, Reply::json(&json!({ "object": "user", "id": USER })));
    let error = user.mint().await.unwrap_err();
    // Chance has a part in the wait.
    let wait = error.retry_after().unwrap().as_secs_f64().ceil().to_string();
    let line = error.to_string().replace(&format!("{wait} s"), "… s");
    texts.walk(&error);
    writeln!(texts.lines, "service user: lost twice\n    {line}").unwrap();
}

const SIGN_IN_STATUSES: &[&str] = &[
    "needs_second_factor",
    "needs_client_trust",
    "needs_new_password",
    "needs_protect_check",
    "abandoned",
];

const BACKEND_CODES: &[(u16, &str)] = &[
    (401, "clerk_key_invalid"),
    (401, "authorization_header_format_invalid"),
    (401, "authentication_invalid"),
    (400, "request_invalid_for_environment"),
    (400, "request_invalid_for_instance"),
    (402, "unsupported_subscription_plan_features"),
    (403, "user_quota_exceeded"),
    (403, "something_new"),
    (404, "resource_not_found"),
    (409, "conflict"),
    (400, "jwt_template_reserved_claim"),
    (403, "session_token_jwt_template"),
    (409, "address_unverified"),
    (409, "address_not_the_only_one"),
    (422, "form_identifier_exists"),
    (422, "form_param_missing"),
    (429, "too_many_requests"),
    (500, "internal_clerk_error"),
];

const FRONTEND_CODES: &[(u16, &str)] = &[
    (400, "native_api_disabled"),
    (400, "origin_invalid"),
    (400, "origin_authorization_headers_conflict"),
    (400, "request_header_missing"),
    (401, "dev_browser_unauthenticated"),
    (401, "signed_out"),
    (400, "sign_in_token_already_used_code"),
    (400, "sign_in_token_revoked_code"),
    (400, "ticket_expired_code"),
    (400, "ticket_invalid_code"),
    (400, "session_exists"),
    (403, "user_banned"),
    (403, "user_locked"),
    (403, "user_deactivated"),
];
