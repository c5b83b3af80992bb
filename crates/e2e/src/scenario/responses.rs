//! Every operation, asked by everybody: what leaves the service.

use std::fmt::Write;

use aither_client::hemera_types::CourseQuery;
use anyhow::Context;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::json;

use crate::failure::{Failure, holds};
use crate::scenario::by_key::ServiceKey;
use crate::walk::Walk;

/// All answers with their headers, as one text.
pub(super) async fn of_everybody(walk: &Walk<'_>, key: &ServiceKey) -> Result<String, Failure> {
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
    let courses = walk.client.service_courses(&CourseQuery::default()).await?;
    let booked = courses
        .items
        .into_iter()
        .find(|course| course.participant_count > 0);
    let course = booked.context("a course with participants")?.id;
    let detail = walk.client.service_course(&course).await?;
    let mut participants = detail.participants.into_iter();
    let id = participants
        .find_map(|participant| participant.participation_id)
        .context("a participation")?;
    let mut text = String::new();
    let mut answered = 0;
    for caller in &callers {
        for (method, path) in [
            (Method::GET, "courses".to_owned()),
            (Method::GET, "courses?published=false&limit=500".to_owned()),
            (Method::GET, "courses?limit=none".to_owned()),
            (Method::GET, format!("courses/{course}")),
            (Method::GET, format!("courses/{course}/materials")),
            (Method::GET, "courses/nobody@teilnehmer".to_owned()),
            (Method::GET, format!("participations/{id}")),
            (Method::PUT, format!("participations/{id}/result")),
            (Method::GET, "participations/missing".to_owned()),
            (Method::GET, "usage?days=90".to_owned()),
            (Method::POST, "courses".to_owned()),
            (Method::GET, "nothing".to_owned()),
        ] {
            let url = walk.stack.hemera_url.join(&format!("/api/service/{path}"));
            let mut request = walk
                .http
                .request(method, url.context("the path of an operation")?);
            for (name, value) in caller {
                request = request.header(*name, value);
            }
            let body = json!({ "resultNotes": "Nachgespräch vereinbart." });
            let request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_string());
            let response = request.send().await?;
            answered += u32::from(response.status().is_success());
            let (status, headers) = (response.status(), format!("{:?}", response.headers()));
            let body = response.text().await?;
            // Writing to a text cannot fail.
            let _ = writeln!(text, "{status} {headers}\n{body}");
        }
    }
    holds("a dozen successes among the answers", answered >= 12, answered)?;
    Ok(text)
}
