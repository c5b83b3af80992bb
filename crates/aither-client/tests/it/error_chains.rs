//! The texts of an error and its causes, one after another as `{:#}` of `anyhow` prints them: none is shown twice.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use aither_client::hemera_types::{ParticipationId, ResultUpdate};
use aither_client::{
    Error, HemeraClient, HemeraClientBuilder, SignOutFuture, StoreError, TokenError, TokenFuture, TokenSource,
};
use clerk_emulator::SessionStatus;
use hemera_types::Operation;

use crate::support::{Bench, Clerk, NumberedTokens, Reply, SERVICE_USER, Server, TokenReply, list};

/// The texts of an error and of its sources, outermost first.
fn chain(error: &(dyn StdError + 'static)) -> Vec<String> {
    std::iter::successors(Some(error), |error| (**error).source())
        .map(ToString::to_string)
        .collect()
}

/// No text of a source is part of a text before it. Returns how many texts there are.
#[track_caller]
fn shows_each_text_once(error: &(dyn StdError + 'static)) -> usize {
    let texts = chain(error);
    for (index, text) in texts.iter().enumerate() {
        let before = texts[..index].iter().find(|before| before.contains(text));
        assert_eq!(before, None, "{text:?} is in it; the whole chain: {texts:#?}");
    }
    texts.len()
}

/// A fault with a cause of its own.
#[derive(Debug, thiserror::Error)]
#[error("the vault is closed")]
struct Closed(#[source] io::Error);

fn closed() -> Closed {
    Closed(io::Error::other("the key is lost"))
}

/// Gives no token, or cannot sign out.
#[derive(Debug)]
struct Vault;

impl TokenSource for Vault {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(async { Err(TokenError::permanent(closed()).with_remedy("open it")) })
    }

    fn sign_out(&self) -> SignOutFuture<'_> {
        Box::pin(async { Err(TokenError::transient(closed())) })
    }
}

async fn answered(reply: Reply) -> Error {
    let impatient = |builder: HemeraClientBuilder| {
        builder
            .with_max_attempts(1)
            .with_attempt_timeout(Duration::from_millis(300))
    };
    let bench = Bench::configured(Server::always(reply).await, impatient);
    bench.list().await.unwrap_err()
}

#[tokio::test]
async fn errors_of_calls_show_each_text_once() {
    let replies = [
        Reply::Silence,
        Reply::Cut,
        Reply::Endless,
        Reply::unavailable(),
        Reply::rate_limited("90"),
        Reply::json(200, "{}"),
        Reply::json(200, "{} trailing"),
        Reply::json(301, ""),
        Reply::json(404, "<html>"),
        Reply::courses().with_header("content-encoding", "gzip"),
    ];
    let mut longest = 0;
    for reply in replies {
        longest = longest.max(shows_each_text_once(&answered(reply).await));
    }
    assert!(longest > 2, "no error had causes");

    let nothing_there = HemeraClient::builder("http://127.0.0.1:9".parse().unwrap(), NumberedTokens::new())
        .with_max_attempts(1)
        .build()
        .unwrap();
    let error = list(&nothing_there).await.unwrap_err();
    assert!(error.is_connection());
    assert!(shows_each_text_once(&error) > 1);
    let id = ParticipationId::parse("part_1").unwrap();
    let nothing = ResultUpdate::default();
    let refused = nothing_there.update_service_participation_result(&id, &nothing, None);
    shows_each_text_once(&refused.await.unwrap_err());
}

#[tokio::test]
async fn errors_with_an_earlier_error_as_cause_show_each_text_once() {
    // The refusal of a token is the error, and why there is no other its cause.
    let source = NumberedTokens::scripted([TokenReply::Token, TokenReply::Permanent]);
    let bench = Bench::with_source(Server::always(Reply::json(401, "{}")).await, source);
    let error = bench.list().await.unwrap_err();
    assert!(error.is_unauthorized());
    assert!(shows_each_text_once(&error) > 1);

    let silent = Server::always(Reply::Silence).await;
    let late = HemeraClient::builder(silent.origin().parse().unwrap(), NumberedTokens::new())
        .with_deadline(Duration::from_millis(300))
        .build()
        .unwrap();
    let error = list(&late).await.unwrap_err();
    assert!(error.is_deadline_exceeded());
    assert!(shows_each_text_once(&error) > 1);

    let failing = Bench::new(Server::always(Reply::unavailable()).await);
    let mut error = failing.list().await.unwrap_err();
    for _ in 0..20 {
        shows_each_text_once(&error);
        error = failing.list().await.unwrap_err();
    }
    assert!(error.is_circuit_open(), "{error}");
    shows_each_text_once(&error);
}

#[tokio::test]
async fn errors_of_token_sources_show_each_text_once() {
    let server = Server::always(Reply::courses()).await;
    let client = HemeraClient::builder(server.origin().parse().unwrap(), Vault)
        .build()
        .unwrap();
    let error = list(&client).await.unwrap_err();
    assert_eq!(shows_each_text_once(&error), 2);
    assert!(
        error
            .to_string()
            .contains("no token could be fetched; the vault is closed; open it")
    );
    assert_eq!(error.token_error().unwrap().remedy().unwrap(), "open it");
    let unavailable = client.tokens().token().await.unwrap_err();
    assert_eq!(shows_each_text_once(&unavailable), 2);
    shows_each_text_once(unavailable.failure().unwrap());
    let error = client.sign_out().await.unwrap_err();
    assert!(error.is_transient() && !error.is_token_unavailable());
    assert_eq!(shows_each_text_once(&error), 2);

    let clerk = Clerk::start().await;
    let wrong_key = clerk.client(&[("CLERK_SECRET_KEY", "sk_live_0123456789")]);
    assert!(shows_each_text_once(&list(&wrong_key).await.unwrap_err()) > 1);
}

#[tokio::test]
async fn errors_of_enrolled_sessions_show_each_text_once() {
    let clerk = Clerk::start().await;
    let directory = tempfile::TempDir::new().unwrap();
    let at = |name: &str| directory.path().join(name).display().to_string();
    let enrolled = |file: &str, ticket: &str| {
        clerk.client(&[
            ("AITHER_AUTH", "enrolled"),
            ("AITHER_SESSION_FILE", file),
            ("CLERK_SERVICE_USER_SIGNIN_TOKEN", ticket),
        ])
    };
    let ticket = clerk.ticket(SERVICE_USER, Duration::from_mins(5)).unwrap();
    let over = enrolled(&at("over"), &ticket);
    over.tokens().warm().await.unwrap();
    clerk
        .end_sessions_of(SERVICE_USER, SessionStatus::Revoked)
        .unwrap();
    clerk.advance(Duration::from_mins(15));
    std::fs::write(at("damaged"), "{").unwrap();
    std::fs::create_dir(at("a-directory")).unwrap();
    for (client, expected) in [
        (over, "has ended"),
        (enrolled(&at("none"), ""), "is not enrolled"),
        (enrolled(&at("none"), "wrong"), "Clerk refused"),
        (enrolled(&at("damaged"), ""), "session file"),
        (enrolled(&at("a-directory"), ""), "session file"),
        (
            enrolled(&at("nowhere/at/all"), ""),
            "cannot be locked: No such file",
        ),
    ] {
        let error = list(&client).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        shows_each_text_once(&error);
        shows_each_text_once(&client.tokens().token().await.unwrap_err());
    }
}

#[tokio::test]
async fn errors_of_token_stores_show_each_text_once() {
    let error = StoreError::new(closed());
    assert_eq!(shows_each_text_once(&error), 3);
    #[cfg(feature = "redis")]
    {
        use aither_client::{RedisTokenStore, SecretString, TokenStore as _};
        let nowhere = RedisTokenStore::parse(&SecretString::from("redis://127.0.0.1:9")).unwrap();
        assert!(shows_each_text_once(&nowhere.read("x").await.unwrap_err()) > 1);
    }
}

/// What `fn main() -> Result<(), aither_client::Error>` prints is the `Debug` text.
#[tokio::test]
async fn debug_text_is_the_line_for_people_and_the_alternate_one_the_structure() {
    let error = answered(Reply::unavailable()).await;
    assert_eq!(format!("{error:?}"), error.to_string());
    let structure = format!("{error:#?}");
    for part in [
        "Error {",
        "ListCourses",
        "ServiceUnavailable",
        "attempts: 1",
        "time_spent",
    ] {
        assert!(structure.contains(part), "{part} in {structure}");
    }
    assert_eq!(error.operation(), Some(Operation::ListCourses));

    let server = Server::always(Reply::courses()).await;
    let client = HemeraClient::builder(server.origin().parse().unwrap(), Vault)
        .build()
        .unwrap();
    let unavailable = client.tokens().warm().await.unwrap_err();
    assert_eq!(format!("{unavailable:?}"), unavailable.to_string());
    assert!(format!("{unavailable:#?}").contains("TokenUnavailable("));
    let faults = HemeraClientBuilder::load_with(|_| None).unwrap_err();
    assert_eq!(format!("{faults:?}"), faults.to_string());
    assert!(format!("{faults:#?}").contains("SettingsError("));
}
