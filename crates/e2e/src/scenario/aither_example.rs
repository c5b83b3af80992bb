//! The example of an Aither that links the client: all its routes against the real stack, and its figures.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::accounts::SERVICE;
use crate::checklist::Checklist;
use crate::child::Child;
use crate::failure::{Failure, equal, holds};
use crate::scenario::main_path::stopped;
use crate::stack::{self, Instance, Programs, Stack};
use crate::walk::Walk;

const KEY: &str = "the-key-of-the-example-0123456789";
/// How long a sync of the demo data may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// A course whose start is no matter of today's date, with a material in two topics.
const COURSE: &str = "course_systemisches_coaching";

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("An Aither that links the client, as a service");
    let program = stack::program("AITHER_EXAMPLE_BIN")?;
    let folder = TempDir::new()?;
    let stack = Stack::start(programs, Instance::Production, &[]).await?;
    let walk = Walk::new(&stack)?;
    let data = folder.path().join("data");
    let example = Example::start(&walk, &program, &data).await?;

    let step = "Without its key nothing is answered but the metrics";
    walk.step(checklist, step, example.asks_for_its_key()).await;
    let step = "A sync is accepted, a second one refused while it runs, the data written";
    walk.step(checklist, step, example.syncs(&data)).await;
    let step = "A deck has each material once, whatever its topics";
    walk.step(checklist, step, example.makes_a_deck()).await;
    let step = "A recording is filed under the course that ran then, or refused";
    walk.step(checklist, step, example.files_recordings()).await;
    let step = "Its figures are scraped: its own, and those of its client";
    walk.step(checklist, step, example.is_scraped()).await;
    let step = "SIGTERM ends it in order, and its log has no secret";
    walk.step(checklist, step, example.ends()).await;
    checklist
        .step("Everything stops in order, exit code 0", stopped(stack))
        .await;
    Ok(())
}

/// The service as a process, and a caller of it.
struct Example<'a> {
    walk: &'a Walk<'a>,
    process: Child,
    url: Url,
}

impl<'a> Example<'a> {
    async fn start(walk: &'a Walk<'a>, program: &Path, data: &Path) -> anyhow::Result<Self> {
        let origin = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
        let stack = walk.stack;
        let environment = [
            ("AITHER_EXAMPLE_KEY", KEY.to_owned()),
            ("AITHER_EXAMPLE_LISTEN", "127.0.0.1:0".to_owned()),
            ("AITHER_EXAMPLE_DIRECTORY", data.display().to_string()),
            ("AITHER_EXAMPLE_SCOPE", "changed".to_owned()),
            ("HEMERA_API_BASE_URL", origin(&stack.hemera_url)),
            ("CLERK_SECRET_KEY", stack.instance.secret_key().to_owned()),
            ("CLERK_API_URL", origin(&stack.clerk_url)),
            ("CLERK_ISSUER", origin(&stack.clerk_url)),
            ("CLERK_SERVICE_USER_EMAIL", SERVICE.to_owned()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value));
        let (process, url) = Child::start(program, &[], &environment).await?;
        Ok(Self { walk, process, url })
    }

    fn request(&self, method: Method, path: &str) -> anyhow::Result<RequestBuilder> {
        Ok(self.walk.http.request(method, self.url.join(path)?))
    }

    async fn get(&self, path: &str, expected: u16) -> Result<Value, Failure> {
        let request = self.request(Method::GET, path)?;
        answered(request.header("x-api-key", KEY), expected).await
    }

    async fn post(&self, path: &str, body: Option<Value>, expected: u16) -> Result<Value, Failure> {
        let mut request = self.request(Method::POST, path)?.header("x-api-key", KEY);
        if let Some(body) = body {
            request = request.json(&body);
        }
        answered(request, expected).await
    }

    async fn asks_for_its_key(&self) -> Result<(), Failure> {
        for (method, path) in [
            (Method::POST, "/api/sync"),
            (Method::GET, "/api/sync"),
            (Method::GET, "/api/slides"),
            (Method::POST, "/api/recordings"),
        ] {
            let refused = answered(self.request(method, path)?, 401).await?;
            equal("the code", &json!("UNAUTHORIZED"), &refused["error"]["code"])?;
        }
        Ok(())
    }

    async fn syncs(&self, data: &Path) -> Result<(), Failure> {
        // The first call of the client waits for its token, and the sync for the call.
        self.walk.clerk.break_with(&json!("hold")).await?;
        let accepted = self.post("/api/sync", None, 202).await;
        let refused = self.post("/api/sync", None, 409).await;
        let status = self.get("/api/sync", 200).await;
        self.walk.clerk.set_down(false).await?;
        accepted?;
        equal("the code", &json!("SYNC_RUNNING"), &refused?["error"]["code"])?;
        holds(
            "a running sync",
            status.as_ref().is_ok_and(|status| !status["running"].is_null()),
            status,
        )?;

        let last = tokio::time::timeout(PATIENCE, self.sync_ended()).await;
        let last = last.context("the sync did not end in time")??;
        equal("how it ended", &json!("SUCCEEDED"), &last["outcome"])?;
        equal("courses in the directory", &json!(3), &last["report"]["courses"])?;
        let file = data.join("courses").join(COURSE).join("course.json");
        let course = std::fs::read(&file).context("the file of a course")?;
        let course: Value = serde_json::from_slice(&course).context("the file of a course")?;
        equal("the course in its file", &json!(COURSE), &course["id"])?;

        self.post("/api/sync", None, 202).await?;
        let again = tokio::time::timeout(PATIENCE, self.sync_ended()).await;
        let again = again.context("the second sync did not end in time")??;
        equal(
            "files that the second sync wrote",
            &json!(0),
            &again["report"]["filesWritten"],
        )
    }

    async fn sync_ended(&self) -> Result<Value, Failure> {
        loop {
            let mut status = self.get("/api/sync", 200).await?;
            if status["running"].is_null() {
                return Ok(status["last"].take());
            }
        }
    }

    async fn makes_a_deck(&self) -> Result<(), Failure> {
        let deck = self.get(&format!("/api/slides?course={COURSE}"), 200).await?;
        let materials = deck["materials"]
            .as_array()
            .context("the materials of the deck")?;
        let shared = materials
            .iter()
            .filter(|material| material["materialId"] == "material_auftragsklaerung");
        let places: Vec<_> = shared
            .map(|material| material["topics"].as_array().map_or(0, Vec::len))
            .collect();
        equal("topics of each slide of the material", vec![2], places)?;
        let missing = self.get("/api/slides?course=course_none", 404).await?;
        equal("the code", &json!("NO_SUCH_COURSE"), &missing["error"]["code"])
    }

    async fn files_recordings(&self) -> Result<(), Failure> {
        let recording = |url: &str, at: &str| {
            Some(json!({ "assetId": "asset_4711", "playbackUrl": url, "recordedAt": at }))
        };
        let url = "https://stream.example.com/asset_4711.m3u8";
        let during = recording(url, "2026-03-16T10:00:00+01:00");
        let filing = self.post("/api/recordings", during, 200).await?;
        equal(
            "its course",
            &json!("course_fuehrung_im_wandel"),
            &filing["course"]["id"],
        )?;
        let before = recording(url, "2020-01-01T00:00:00Z");
        let none = self.post("/api/recordings", before, 404).await?;
        equal("the code", &json!("NO_COURSE_RAN"), &none["error"]["code"])?;
        let invalid = recording("http://stream.example.com/", "yesterday");
        let invalid = self.post("/api/recordings", invalid, 400).await?;
        let message = invalid["error"]["message"].as_str().unwrap_or_default();
        holds(
            "both faults",
            message.contains("https") && message.contains("RFC 3339"),
            message,
        )
    }

    async fn is_scraped(&self) -> Result<(), Failure> {
        let response = self.request(Method::GET, "/metrics")?.send().await?;
        equal("the status", 200, response.status().as_u16())?;
        let text = response.text().await?;
        for line in [
            "aither_example_syncs_total{outcome=\"succeeded\"} 2",
            "aither_example_requests_total{route=\"/api/sync\",status=\"409\"} 1",
            "aither_example_requests_total{route=\"/api/slides\",status=\"404\"} 1",
            "aither_client_calls_total{operation=\"courses.get\",outcome=\"not_found\"} 1",
        ] {
            holds(line, text.lines().any(|each| each == line), &text)?;
        }
        holds("the end of the figures", text.ends_with("# EOF\n"), &text)
    }

    async fn ends(self) -> Result<(), Failure> {
        let lines = self.process.lines().clone();
        equal("the exit code", 0, self.process.stop().await?)?;
        let log = lines.text();
        for secret in [KEY, self.walk.stack.instance.secret_key(), "stream.example.com"] {
            holds("a log without secrets", !log.contains(secret), &log)?;
        }
        let still_signed_in = lines.matching(|line| line.contains("the session at Clerk stays"));
        equal(
            "warnings of a session that was not ended",
            Vec::<String>::new(),
            still_signed_in,
        )
    }
}

/// The JSON of a response that must have this status.
async fn answered(request: RequestBuilder, expected: u16) -> Result<Value, Failure> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let text = response.text().await?;
    if status != expected {
        return Err(Failure::new(
            format!("status {expected}"),
            format!("{status}: {text}"),
        ));
    }
    Ok(serde_json::from_str(&text).context("a response of the example")?)
}
