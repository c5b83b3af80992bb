//! The answers of every operation to every kind of caller: what leaves the service.

use std::fmt::Write;

use aither_client::hemera_types::CourseQuery;
use anyhow::Context;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Method, Response};
use serde_json::json;

use crate::failure::{Failure, holds};
use crate::scenario::by_key::ServiceKey;
use crate::walk::Walk;

/// The headers by which a caller proves itself.
type Headers = Vec<(&'static str, String)>;

/// All answers with their headers, as one text.
pub(super) async fn to_every_caller(walk: &Walk<'_>, key: &ServiceKey) -> Result<String, Failure> {
    let callers = callers(walk, key).await?;
    let requests = requests(walk).await?;
    let mut text = String::new();
    let mut successes = 0;
    for caller in &callers {
        for (method, path) in &requests {
            let response = send(walk, caller, method, path).await?;
            successes += u32::from(response.status().is_success());
            let (status, headers) = (response.status(), format!("{:?}", response.headers()));
            let body = response.text().await?;
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{status} {headers}\n{body}");
        }
    }
    holds("a dozen successes among the answers", successes >= 12, successes)?;
    Ok(text)
}

/// Without a credential, with a wrong one, with the service key, and one of each role.
async fn callers(walk: &Walk<'_>, key: &ServiceKey) -> Result<Vec<Headers>, Failure> {
    let mut callers = vec![
        Vec::new(),
        vec![(AUTHORIZATION.as_str(), "Bearer nonsense".to_owned())],
        vec![("x-api-key", key.text().to_owned())],
    ];
    for role in ["api-client", "admin", "moderator", "user"] {
        let user = walk.accounts.with_role(role).await?;
        let token = walk.accounts.token_of(&user).await?;
        callers.push(vec![(AUTHORIZATION.as_str(), format!("Bearer {token}"))]);
    }
    Ok(callers)
}

/// Every operation, with good and with bad values.
async fn requests(walk: &Walk<'_>) -> Result<Vec<(Method, String)>, Failure> {
    let courses = walk.client.service_courses(&CourseQuery::default()).await?;
    let mut courses = courses.into_inner().items.into_iter();
    let course = courses.find(|course| course.participant_count > 0);
    let course = course.context("a course with participants")?.id;
    let detail = walk.client.service_course(&course).await?;
    let mut participants = detail.into_inner().participants.into_iter();
    let id = participants
        .find_map(|participant| participant.participation_id)
        .context("a participation")?;
    Ok(vec![
        (Method::GET, "courses".to_owned()),
        (Method::GET, "courses?published=false&limit=500".to_owned()),
        (Method::GET, "courses?limit=none".to_owned()),
        (Method::GET, format!("courses/{course}")),
        (Method::GET, format!("courses/{course}/materials")),
        (Method::GET, "courses/unknown@teilnehmer".to_owned()),
        (Method::GET, format!("participations/{id}")),
        (Method::PUT, format!("participations/{id}/result")),
        (Method::GET, "participations/missing".to_owned()),
        (Method::GET, "usage?days=90".to_owned()),
        (Method::POST, "courses".to_owned()),
        (Method::GET, "nothing".to_owned()),
    ])
}

async fn send(walk: &Walk<'_>, caller: &Headers, method: &Method, path: &str) -> Result<Response, Failure> {
    let url = walk.stack.hemera_url.join(&format!("/api/service/{path}"));
    let url = url.context("the path of an operation")?;
    let mut request = walk.http.request(method.clone(), url);
    for (name, value) in caller {
        request = request.header(*name, value);
    }
    let body = json!({ "resultNotes": "Nachgespräch vereinbart." });
    let request = request
        .header(CONTENT_TYPE, "application/json")
        .body(body.to_string());
    Ok(request.send().await?)
}
