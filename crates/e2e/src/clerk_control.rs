//! The emulator's control port: what a test may do to Clerk that Clerk itself does not offer.

use anyhow::Context;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use url::Url;

use crate::failure::Failure;

/// A handle on the control port.
#[derive(Clone, Debug)]
pub(crate) struct ClerkControl {
    http: Client,
    base: Url,
}

impl ClerkControl {
    /// The control port of the emulator at `clerk_url`.
    pub(crate) fn new(http: Client, clerk_url: &Url) -> anyhow::Result<Self> {
        let base = clerk_url
            .join("/__emulator/")
            .context("the emulator's address has a path of its own")?;
        Ok(Self { http, base })
    }

    /// Sets the emulator's clock this many seconds before the machine's, or behind it where negative:
    /// what it mints then is dated accordingly.
    pub(crate) async fn run_clock_ahead(&self, seconds: i64) -> Result<(), Failure> {
        self.send(Method::PUT, "clock", &json!({ "run_ahead": seconds }))
            .await
            .map(drop)
    }

    /// How many requests of this method Clerk has had for paths of this pattern.
    pub(crate) async fn count(&self, method: &str, path: &str) -> Result<u64, Failure> {
        let mut url = self.url("journal")?;
        url.query_pairs_mut()
            .append_pair("method", method)
            .append_pair("path", path);
        let journal: Value = self
            .http
            .get(url)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        let count = journal["count"].as_u64().context("the journal has no count")?;
        Ok(count)
    }

    /// A token of the template for this user, signed by another key under the instance's key id.
    pub(crate) async fn forge(&self, user: &str, template: &str) -> Result<String, Failure> {
        let forgery =
            json!({ "base": "template", "user": user, "template": template, "sign_with": "foreign" });
        let forged = self.send(Method::POST, "forge", &forgery).await?;
        let jwt = forged["jwt"].as_str().context("the emulator forged no token")?;
        Ok(jwt.to_owned())
    }

    /// Replaces the instance's signing key, and withdraws the old one.
    pub(crate) async fn rotate_keys(&self) -> Result<(), Failure> {
        self.send(Method::POST, "keys/rotate", &json!({})).await?;
        self.send(Method::DELETE, "keys/previous", &json!({}))
            .await
            .map(drop)
    }

    /// Switches native sign-ins on or off, as the dashboard does.
    pub(crate) async fn set_native_api(&self, enabled: bool) -> Result<(), Failure> {
        let change = json!({ "native_api": enabled });
        self.send(Method::PATCH, "settings", &change).await.map(drop)
    }

    /// Subscribes the instance to another plan: `pro` or `hobby`.
    pub(crate) async fn set_plan(&self, plan: &str) -> Result<(), Failure> {
        let change = json!({ "plan": plan });
        self.send(Method::PATCH, "settings", &change).await.map(drop)
    }

    /// Answers everything but this port as a Clerk that is down does, or lifts that again.
    pub(crate) async fn set_down(&self, down: bool) -> Result<(), Failure> {
        if down {
            self.send(Method::POST, "faults", &json!({ "effect": { "status": 503 } }))
                .await
                .map(drop)
        } else {
            self.send(Method::DELETE, "faults", &json!({})).await.map(drop)
        }
    }

    /// Does this to every request but those to this port, until [`set_down`](Self::set_down) lifts it.
    pub(crate) async fn break_with(&self, effect: &Value) -> Result<(), Failure> {
        let fault = json!({ "effect": effect });
        self.send(Method::POST, "faults", &fault).await.map(drop)
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Value, Failure> {
        let answer = self
            .http
            .request(method, self.url(path)?)
            .json(body)
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            return Err(Failure::new(
                "the emulator's control port to obey",
                format!("{status}: {text}"),
            ));
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    fn url(&self, path: &str) -> anyhow::Result<Url> {
        self.base.join(path).context("a path of the control port")
    }
}
