//! The door for programs in any language on Aither's host: `aither serve`.

use anyhow::Context as _;
use reqwest::header::{ACCEPT_ENCODING, ETAG, HOST, IF_NONE_MATCH, ORIGIN};
use reqwest::{Method, Response};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use crate::aither::Aither;
use crate::checklist::Checklist;
use crate::failure::{Failure, equal, holds};
use crate::query;
use crate::scenario::main_path::stopped;
use crate::stack::{self, Instance, Programs, Stack};
use crate::walk::{Walk, answered};

/// A program behind the door.
struct Program<'a> {
    walk: &'a Walk<'a>,
    door: Url,
    key: String,
}

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("A door for programs in any language: `aither serve`");
    let program = stack::program("AITHER_BIN")?;
    let stack = Stack::start(programs, Instance::Production, &[]).await?;
    let walk = Walk::new(&stack)?;
    let aither = Aither::at(&stack, &program)?;
    let key = Uuid::new_v4().simple().to_string() + &Uuid::new_v4().simple().to_string();
    let file = aither.file("door-key", &key)?;
    let file = file.to_str().context("the key's path is no text")?;
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--key-file", file];
    let (process, door) = aither.listening(&arguments).await?;
    let program = Program {
        walk: &walk,
        door,
        key,
    };
    let step = "Bodies and errors come through byte for byte";
    walk.step(checklist, step, program.reads_the_same()).await;
    let step = "A result is written through it, and PostgreSQL holds it";
    walk.step(checklist, step, program.writes()).await;
    let step = "Without its key, from a page, under another name: refused";
    walk.step(checklist, step, program.is_refused()).await;
    let step = "Its figures and its health are there for Prometheus";
    walk.step(checklist, step, program.is_watched()).await;
    let stopping = async {
        let code = process.stop().await?;
        equal("the door's exit code", 0, code)
    };
    checklist
        .step("The door stops in order, exit code 0", stopping)
        .await;
    checklist
        .step("Everything stops in order, exit code 0", stopped(stack))
        .await;
    Ok(())
}

impl Program<'_> {
    /// Asks the door with its key and just these headers.
    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Result<Response, Failure> {
        let mut request = self.walk.http.request(method, self.url(path)?);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Ok(request.send().await?)
    }

    fn url(&self, path: &str) -> Result<Url, Failure> {
        Ok(self.door.join(path).context("a path of the door")?)
    }

    fn with_key(&self) -> [(&str, &str); 1] {
        [("x-api-key", &self.key)]
    }

    /// What Hemera itself says is what the door says, apart from the id and the time of the request.
    async fn reads_the_same(&self) -> Result<(), Failure> {
        let user = self.walk.accounts.with_role("api-client").await?;
        let token = self.walk.accounts.token_of(&user).await?;
        for path in [
            "/api/service/courses?limit=2",
            "/api/service/courses/course_gespraeche_fuehren",
            "/api/service/courses/course_gespraeche_fuehren/materials",
            "/api/service/participations/participation_1001",
            "/api/service/courses?limit=1.5",
            "/api/service/participations/unknown",
        ] {
            let through = self.ask(Method::GET, path, &self.with_key()).await?;
            let hemera = self
                .walk
                .stack
                .hemera_url
                .join(path)
                .context("a path of Hemera")?;
            // A compressed response has a tag of its own.
            let direct = self.walk.http.get(hemera).header(ACCEPT_ENCODING, "identity");
            let direct = direct.bearer_auth(&token).send().await?;
            equal(path, direct.status(), through.status())?;
            let tag = through.headers().get(ETAG).cloned();
            equal(path, direct.headers().get(ETAG), tag.as_ref())?;
            equal(
                path,
                without_meta(&direct.text().await?),
                without_meta(&through.text().await?),
            )?;
            let Some(tag) = tag.as_ref().and_then(|tag| tag.to_str().ok()) else {
                continue;
            };
            let asked = [("x-api-key", self.key.as_str()), (IF_NONE_MATCH.as_str(), tag)];
            answered(304, &self.ask(Method::GET, path, &asked).await?)?;
        }
        Ok(())
    }

    async fn writes(&self) -> Result<(), Failure> {
        let id = self.walk.open_participation().await?;
        let path = format!("/api/service/participations/{id}/result");
        let request = self
            .walk
            .http
            .put(self.url(&path)?)
            .header("x-api-key", &self.key);
        let body = json!({ "resultOutcome": "Durch die Tür 🚪", "complete": true });
        answered(200, &request.json(&body).send().await?)?;
        let stored = query::stored_result(self.walk.stack.database.pool(), id.as_str()).await?;
        equal(
            "the stored outcome",
            Some("Durch die Tür 🚪"),
            stored.outcome.as_deref(),
        )
    }

    async fn is_refused(&self) -> Result<(), Failure> {
        let courses = "/api/service/courses";
        answered(401, &self.ask(Method::GET, courses, &[]).await?)?;
        let wrong = [("x-api-key", "0123456789abcdef0123456789abcdef")];
        answered(401, &self.ask(Method::GET, courses, &wrong).await?)?;
        for (name, value) in [
            (ORIGIN.as_str(), "https://page.example"),
            ("sec-fetch-mode", "no-cors"),
            ("x-forwarded-for", "127.0.0.1"),
            (HOST.as_str(), "page.example"),
        ] {
            let refused = self
                .ask(
                    Method::GET,
                    courses,
                    &[("x-api-key", self.key.as_str()), (name, value)],
                )
                .await?;
            holds(name, refused.status().is_client_error(), refused.status())?;
        }
        // Only administrators may read it: it is not behind the door.
        let usage = self
            .ask(Method::GET, "/api/service/usage", &self.with_key())
            .await?;
        answered(403, &usage)
    }

    async fn is_watched(&self) -> Result<(), Failure> {
        answered(200, &self.ask(Method::GET, "/readyz", &[]).await?)?;
        let metrics = self.ask(Method::GET, "/metrics", &self.with_key()).await?;
        answered(200, &metrics)?;
        let text = metrics.text().await?;
        for family in ["aither_door_", "aither_client_calls"] {
            holds(family, text.contains(family), &text)?;
        }
        Ok(())
    }
}

/// A body up to its `meta`, which is different in each response.
fn without_meta(body: &str) -> &str {
    body.split_once("\"meta\"").map_or(body, |(before, _)| before)
}
