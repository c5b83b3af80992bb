//! What the stack is asked, so that its metrics have something to say: ordinary work first, then what alerts are for.

use std::collections::BTreeSet;
use std::time::Duration;

use aither_client::HemeraClient;
use aither_client::hemera_types::{CourseQuery, JWT_TEMPLATE, ParticipationId, ResultUpdate};
use anyhow::Context;
use reqwest::header::{AUTHORIZATION, USER_AGENT};

use crate::failure::{Failure, holds};
use crate::scenario::ServiceKey;
use crate::walk::{Walk, answered, refused};

/// Rounds of ordinary work, and the time between two: several scrapes see each of them.
const ROUNDS: u32 = 12;
const BETWEEN: Duration = Duration::from_millis(300);

/// The alerts that [`suspicious`] is to cause, and that fire at once.
pub(super) const CAUSED: [&str; 7] = [
    "HemeraClerkSecretPresented",
    "HemeraClockSkew",
    "HemeraCrawl",
    "HemeraFailedAuthentications",
    "HemeraForgedTokens",
    "HemeraIdEnumeration",
    "HemeraServiceUserNewUserAgent",
];

/// Requests of the other program at most, and its pause after a refusal: shorter than the time after which the limit admits
/// one more.
const MOST_REQUESTS: u32 = 2_000;
const AFTER_REFUSAL: Duration = Duration::from_millis(10);
/// Calls of the client at most until one is refused.
const MOST_CALLS: u32 = 30;

/// So many missing ids, and so many participations, are unusual for the server that is watched.
pub(super) const UNUSUAL: usize = 3;

/// What Aither, an admin, a supervisor and the holder of a service key do all day.
pub(super) async fn ordinary(
    walk: &Walk<'_>,
    client: &HemeraClient,
    key: &ServiceKey,
) -> Result<(), Failure> {
    let admin = walk.client_of_role("admin").await?;
    let by_key = walk.client_with_key(key.text())?;
    for _ in 0..ROUNDS {
        let page = client.service_courses(&CourseQuery::default()).await?;
        let course = page.items.iter().find(|course| course.participant_count > 0);
        let course = &course.context("a course with participants")?.id;
        client.service_course(course).await?;
        client.service_course_materials(course).await?;
        write(walk, client).await?;
        by_key.service_courses(&CourseQuery::default()).await?;
        admin.service_usage(7).await?;
        for path in ["/livez", "/readyz", "/openapi.json"] {
            answered(200, &get(walk, path).await?)?;
        }
        tokio::time::sleep(BETWEEN).await;
    }
    Ok(())
}

/// The same result, again and again.
async fn write(walk: &Walk<'_>, client: &HemeraClient) -> Result<(), Failure> {
    let id = walk.open_participation().await?;
    client.service_participation(&id).await?;
    let update = ResultUpdate::default()
        .with_notes("x")
        .map_err(anyhow::Error::from)?;
    client
        .update_service_participation_result(&id, &update, None)
        .await?;
    Ok(())
}

/// What no honest caller does: each is refused, and some of it has to make an alert fire.
pub(super) async fn suspicious(walk: &Walk<'_>, client: &HemeraClient) -> Result<(), Failure> {
    let subject = walk.accounts.with_role("api-client").await?;
    let forged = walk.clerk.forge(&subject, JWT_TEMPLATE).await?;
    bearer(walk, &forged, 401).await?;
    bearer(walk, walk.stack.instance.secret_key(), 401).await?;
    for _ in 0..10 {
        bearer(walk, "nonsense", 401).await?;
    }
    walk.clerk.run_clock_ahead(3600).await?;
    let early = walk.accounts.token_of(&subject).await;
    walk.clerk.run_clock_ahead(0).await?;
    let early = early?;
    for _ in 0..3 {
        bearer(walk, &early, 401).await?;
    }
    search_and_crawl(client).await?;
    refused(403, client.service_usage(7).await)?;
    answered(404, &get(walk, "/nowhere").await?)?;
    no_role(walk).await?;
    over_the_limit(walk, client, &subject).await
}

/// Asks for ids that are not there, and for more participations than is usual.
async fn search_and_crawl(client: &HemeraClient) -> Result<(), Failure> {
    for id in 0..UNUSUAL {
        let missing = ParticipationId::parse(format!("missing-{id}")).map_err(anyhow::Error::from)?;
        refused(404, client.service_participation(&missing).await)?;
    }
    let mut ids = BTreeSet::new();
    for course in client
        .service_courses(&CourseQuery::default())
        .await?
        .into_inner()
        .items
    {
        let detail = client.service_course(&course.id).await?.into_inner();
        ids.extend(
            detail
                .participants
                .into_iter()
                .filter_map(|participant| participant.participation_id),
        );
    }
    holds(
        "participations enough for a crawl",
        ids.len() >= UNUSUAL,
        ids.len(),
    )?;
    for id in ids.iter().take(UNUSUAL) {
        client.service_participation(id).await?;
    }
    Ok(())
}

/// A caller whose role is not known, while Clerk does not answer.
async fn no_role(walk: &Walk<'_>) -> Result<(), Failure> {
    let user = walk.accounts.with_role("moderator").await?;
    let token = walk.accounts.token_of(&user).await?;
    walk.clerk.set_down(true).await?;
    let answer = bearer(walk, &token, 503).await;
    walk.clerk.set_down(false).await?;
    answer
}

/// Another program uses the limit up, until a call of the client is refused as well; that waits, and is sent again.
///
/// Both at the same time, because the limit admits a request again shortly after each refusal.
async fn over_the_limit(walk: &Walk<'_>, client: &HemeraClient, subject: &str) -> Result<(), Failure> {
    let token = walk.accounts.token_of(subject).await?;
    let header = format!("Bearer {token}");
    let other_program = async {
        let headers = [
            (AUTHORIZATION.as_str(), header.as_str()),
            (USER_AGENT.as_str(), "another-program/1"),
        ];
        for _ in 0..MOST_REQUESTS {
            if client.status().paused_for.is_some() {
                return Ok(());
            }
            let answer = walk.get_courses(&headers).await?;
            if answer.status() == 429 {
                tokio::time::sleep(AFTER_REFUSAL).await;
            }
        }
        Err(Failure::new("a refused call of the client", "none"))
    };
    let calls = async {
        for _ in 0..MOST_CALLS {
            let page = client.service_courses(&CourseQuery::default()).await?;
            if page.info().attempts > 1 {
                return Ok(());
            }
        }
        Err(Failure::new("a call that is sent again", "none"))
    };
    tokio::try_join!(other_program, calls).map(|_| ())
}

async fn bearer(walk: &Walk<'_>, token: &str, status: u16) -> Result<(), Failure> {
    let header = format!("Bearer {token}");
    let answer = walk.get_courses(&[(AUTHORIZATION.as_str(), &header)]).await?;
    answered(status, &answer)
}

async fn get(walk: &Walk<'_>, path: &str) -> Result<reqwest::Response, Failure> {
    let url = walk.stack.hemera_url.join(path).context("a path")?;
    Ok(walk.http.get(url).send().await?)
}
