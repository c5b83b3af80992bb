//! The other ways to obtain a token, each set up by the settings that an operator writes.

use std::ffi::OsString;
use std::fmt::Write;

use aither_client::hemera_types::CourseQuery;
use aither_client::{HemeraClient, HemeraClientBuilder};
use tempfile::TempDir;

use crate::accounts::SERVICE;
use crate::checklist::Checklist;
use crate::failure::{Failure, equal, holds};
use crate::scenario::main_path::stopped;
use crate::scenario::reads_and_writes;
use crate::stack::{Instance, Programs, Stack};
use crate::walk::Walk;

/// An origin of the emulated instance's domain.
const ORIGIN: &str = "https://app.hemera-academy.com";
const BY_CLIENT: &str = "/v1/client/sessions/*/tokens/**";

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    for (instance, name) in [
        (Instance::Production, "a production"),
        (Instance::Development, "a development"),
    ] {
        checklist.scenario(&format!("The other ways in, with Clerk as {name} instance"));
        let settings = [
            // Tokens that are minted as a browser name its origin.
            ("HEMERA_TOKENS__AUTHORIZED_PARTIES", ORIGIN.to_owned()),
            // The service user reads everything eight times over.
            ("HEMERA_LIMITS__API_CLIENT_RATE", "6000".to_owned()),
            ("HEMERA_LIMITS__API_CLIENT_BURST", "1000".to_owned()),
        ];
        let stack = Stack::start(programs, instance, &settings).await?;
        let walk = Walk::new(&stack)?;
        let step = "By ticket, with session tokens in place of the template";
        walk.step(checklist, step, by_session_tokens(&walk)).await;
        let step = "Enrolled: a one-time token, then no secret key: reads and writes";
        walk.step(checklist, step, enrolled(&walk)).await;
        let step = "The enrolled session is revoked: Aither says so, and enrols anew";
        walk.step(checklist, step, enrolled_anew(&walk)).await;
        let step = "The Native API is off: by ticket as a page of the origin";
        walk.step(checklist, step, as_browser(&walk)).await;
        let step = "The Native API is off: enrolled as a page of the origin";
        walk.step(checklist, step, enrolled_as_browser(&walk)).await;
        checklist
            .step("Everything stops in order, exit code 0", stopped(stack))
            .await;
    }
    Ok(())
}

async fn by_session_tokens(walk: &Walk<'_>) -> Result<(), Failure> {
    let client = by_ticket(walk, &[("AITHER_TOKEN", "session")])?;
    reads_and_writes::reads(walk, &client).await?;
    let minted = walk.clerk.count("POST", "/v1/sessions/*/tokens").await?;
    equal("session tokens minted", 1, minted)
}

async fn as_browser(walk: &Walk<'_>) -> Result<(), Failure> {
    walk.clerk.set_native_api(false).await?;
    let client = by_ticket(walk, &[("CLERK_SIGN_IN_ORIGIN", ORIGIN)])?;
    reads_and_writes::reads(walk, &client).await
}

async fn enrolled(walk: &Walk<'_>) -> Result<(), Failure> {
    let host = TempDir::new().map_err(anyhow::Error::from)?;
    let ticket = ticket(walk).await?;
    let asked = walk.clerk.count("POST", "/v1/sign_in_tokens").await?;
    let client = enrolled_at(walk, &host, &[("CLERK_SERVICE_USER_SIGNIN_TOKEN", &ticket)])?;
    reads_and_writes::reads(walk, &client).await?;
    reads_and_writes::writes(walk, &client).await?;
    // A later process has only the file.
    let later = enrolled_at(walk, &host, &[])?;
    reads_and_writes::reads(walk, &later).await?;
    equal(
        "tokens minted as the session's client",
        2,
        walk.clerk.count("POST", BY_CLIENT).await?,
    )?;
    equal(
        "sign-in tokens made by the client itself",
        asked,
        walk.clerk.count("POST", "/v1/sign_in_tokens").await?,
    )
}

async fn enrolled_anew(walk: &Walk<'_>) -> Result<(), Failure> {
    let host = TempDir::new().map_err(anyhow::Error::from)?;
    let first = ticket(walk).await?;
    let client = enrolled_at(walk, &host, &[("CLERK_SERVICE_USER_SIGNIN_TOKEN", &first)])?;
    reads_and_writes::reads(walk, &client).await?;
    let subject = walk.accounts.with_role("api-client").await?;
    let sessions = walk.accounts.backend().sessions();
    let active = Some(clerk::SessionStatus::Active);
    for session in sessions
        .list(&subject, active)
        .await
        .map_err(anyhow::Error::from)?
    {
        sessions.revoke(&session.id).await.map_err(anyhow::Error::from)?;
    }
    let later = enrolled_at(walk, &host, &[])?;
    let outcome = later.tokens().token().await.map(drop);
    let text = outcome
        .err()
        .and_then(|error| error.failure().map(ToString::to_string));
    holds(
        "an error that says how to enrol",
        text.as_ref()
            .is_some_and(|text| text.contains("hemera-api clerk enroll")),
        &text,
    )?;
    let second = ticket(walk).await?;
    let client = enrolled_at(walk, &host, &[("CLERK_SERVICE_USER_SIGNIN_TOKEN", &second)])?;
    reads_and_writes::reads(walk, &client).await
}

/// What the clients of these ways say of themselves, after they were used once.
pub(super) async fn shown(walk: &Walk<'_>) -> Result<String, Failure> {
    let host = TempDir::new().map_err(anyhow::Error::from)?;
    let ticket = ticket(walk).await?;
    let clients = [
        by_ticket(walk, &[("AITHER_TOKEN", "session")])?,
        enrolled_at(walk, &host, &[("CLERK_SERVICE_USER_SIGNIN_TOKEN", &ticket)])?,
        enrolled_at(walk, &host, &[])?,
    ];
    let mut shown = String::new();
    for client in clients {
        client.service_courses(&CourseQuery::default()).await?;
        let tokens = client.tokens();
        // Writing to a text cannot fail.
        let _ = writeln!(shown, "{client:?} {tokens:?} {:?}", tokens.peek());
    }
    // A ticket can be used once.
    let other = TempDir::new().map_err(anyhow::Error::from)?;
    let again = enrolled_at(walk, &other, &[("CLERK_SERVICE_USER_SIGNIN_TOKEN", &ticket)])?;
    let used_up = again.service_courses(&CourseQuery::default()).await.err();
    let error = used_up.ok_or_else(|| Failure::new("a ticket to work once", "it worked twice"))?;
    let _ = writeln!(shown, "{error} {error:?} {error:#?}");
    Ok(shown)
}

async fn enrolled_as_browser(walk: &Walk<'_>) -> Result<(), Failure> {
    let host = TempDir::new().map_err(anyhow::Error::from)?;
    let ticket = ticket(walk).await?;
    for settings in [&[("CLERK_SERVICE_USER_SIGNIN_TOKEN", ticket.as_str())][..], &[]] {
        let settings = [settings, &[("CLERK_SIGN_IN_ORIGIN", ORIGIN)]].concat();
        let client = enrolled_at(walk, &host, &settings)?;
        reads_and_writes::reads(walk, &client).await?;
    }
    Ok(())
}

/// What `hemera-api clerk enroll` hands over.
pub(crate) async fn ticket(walk: &Walk<'_>) -> Result<String, Failure> {
    use secrecy::ExposeSecret;
    let subject = walk.accounts.with_role("api-client").await?;
    let hour = std::time::Duration::from_hours(1);
    let tokens = walk.accounts.backend().sign_in_tokens();
    let made = tokens.create(&subject, hour).await.map_err(anyhow::Error::from)?;
    Ok(made.ticket.secret().expose_secret().to_owned())
}

fn by_ticket(walk: &Walk<'_>, more: &[(&str, &str)]) -> Result<HemeraClient, Failure> {
    let usual = [
        ("CLERK_SECRET_KEY", walk.stack.instance.secret_key()),
        ("CLERK_SERVICE_USER_EMAIL", SERVICE),
    ];
    client(walk, &[&usual, more].concat())
}

/// A client of the session in a folder, on real time.
pub(crate) fn enrolled_at(
    walk: &Walk<'_>,
    host: &TempDir,
    more: &[(&str, &str)],
) -> Result<HemeraClient, Failure> {
    let file = host.path().join("session.json");
    let file = file.to_string_lossy();
    let usual = [("AITHER_AUTH", "enrolled"), ("AITHER_SESSION_FILE", &*file)];
    client(walk, &[&usual, more].concat())
}

fn client(walk: &Walk<'_>, settings: &[(&str, &str)]) -> Result<HemeraClient, Failure> {
    let (hemera, clerk) = (walk.stack.hemera_url.as_str(), walk.stack.clerk_url.as_str());
    let addresses = [
        ("HEMERA_API_BASE_URL", hemera),
        ("CLERK_API_URL", clerk),
        ("CLERK_ISSUER", clerk),
    ];
    let builder = HemeraClientBuilder::load_with(|name| {
        let mut found = settings
            .iter()
            .chain(&addresses)
            .filter(|(known, _)| *known == name);
        found.next().map(|(_, value)| OsString::from(value))
    });
    let builder = builder.map_err(anyhow::Error::from)?;
    Ok(builder.without_pace().build()?)
}
