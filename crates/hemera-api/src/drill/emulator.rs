//! The controls of the local Clerk: what a drill does there in place of a person at Clerk's dashboard.

use std::time::Duration;

use reqwest::{Client, Method};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::admin::Failure;

const TIMEOUT: Duration = Duration::from_secs(10);

/// A local Clerk.
#[derive(Clone)]
pub(super) struct Emulator {
    http: Client,
    base: Url,
}

/// What a local Clerk says about itself.
#[derive(Debug, Deserialize)]
struct About {
    instance_id: String,
}

impl Emulator {
    /// The local Clerk at this origin, with its instance's id; `None` where a real one is. No credential is sent.
    pub(super) async fn find(api: &Url) -> Result<Option<(Self, String)>, Failure> {
        let http = Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        // Only over plain http, as a local Clerk speaks it: a real one is https.
        if api.scheme() != "http" {
            return Ok(None);
        }
        let response = http.get(api.join("/__emulator")?).send().await;
        let response = response.map_err(|_| format!("no Clerk answers at {api}: check CLERK_API_URL"))?;
        let about = response.json::<About>().await.ok();
        let base = api.join("/__emulator/")?;
        Ok(about.map(|about| (Self { http, base }, about.instance_id)))
    }

    /// The address of a control, for a command line.
    pub(super) fn address(&self, control: &str) -> String {
        format!("{}{control}", self.base)
    }

    /// A token of this user that was minted some time ago, from the JWT template or from a session.
    pub(super) async fn token(
        &self,
        user_id: &str,
        template: Option<&str>,
        age: Duration,
    ) -> Result<SecretString, Failure> {
        let base = if template.is_some() { "template" } else { "session" };
        let forgery =
            json!({ "base": base, "user": user_id, "template": template, "age_seconds": age.as_secs() });
        let made = self.send(Method::POST, "forge", &forgery).await?;
        let jwt = made["jwt"].as_str().ok_or("the local Clerk made no token")?;
        Ok(SecretString::from(jwt))
    }

    /// Whether a fault is in force that another has set.
    pub(super) async fn has_faults(&self) -> Result<bool, Failure> {
        let listed = self.send(Method::GET, "faults", &Value::Null).await?;
        Ok(listed["faults"]
            .as_array()
            .is_none_or(|faults| !faults.is_empty()))
    }

    /// From now on it answers as a Clerk that is down.
    pub(super) async fn take_down(&self) -> Result<(), Failure> {
        let fault = json!({ "effect": { "status": 503 } });
        self.send(Method::POST, "faults", &fault).await.map(drop)
    }

    /// Ends that.
    pub(super) async fn bring_up(&self) -> Result<(), Failure> {
        self.send(Method::DELETE, "faults", &Value::Null).await.map(drop)
    }

    /// Signs with a new key from now on; the one before stays in the key set.
    pub(super) async fn rotate_signing_key(&self) -> Result<(), Failure> {
        self.send(Method::POST, "keys/rotate", &json!({})).await.map(drop)
    }

    /// Takes the keys before the last rotation out of the key set.
    pub(super) async fn withdraw_signing_key(&self) -> Result<(), Failure> {
        self.send(Method::DELETE, "keys/previous", &Value::Null)
            .await
            .map(drop)
    }

    /// Accepts a further secret key: this one, or a new one. Returns it.
    pub(super) async fn add_secret_key(&self, key: Option<&SecretString>) -> Result<SecretString, Failure> {
        let addition = json!({ "secret_key": key.map(ExposeSecret::expose_secret) });
        let made = self.send(Method::POST, "secret_keys", &addition).await?;
        let key = made["secret_key"]
            .as_str()
            .ok_or("the local Clerk made no secret key")?;
        Ok(SecretString::from(key))
    }

    /// Refuses a secret key from now on.
    pub(super) async fn remove_secret_key(&self, key: &SecretString) -> Result<(), Failure> {
        let deletion = json!({ "secret_key": key.expose_secret() });
        self.send(Method::DELETE, "secret_keys", &deletion)
            .await
            .map(drop)
    }

    /// The plan that the instance is on.
    pub(super) async fn plan(&self) -> Result<String, Failure> {
        let settings = self.send(Method::GET, "settings", &Value::Null).await?;
        let plan = settings["plan"].as_str().ok_or("the local Clerk names no plan")?;
        Ok(plan.to_owned())
    }

    /// Puts the instance on another plan.
    pub(super) async fn set_plan(&self, plan: &str) -> Result<(), Failure> {
        self.send(Method::PATCH, "settings", &json!({ "plan": plan }))
            .await
            .map(drop)
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Value, Failure> {
        let mut request = self.http.request(method, self.base.join(path)?);
        if !body.is_null() {
            request = request.json(body);
        }
        let response = request.send().await?;
        let status = response.status();
        let text = response.text().await?;
        if !status.is_success() {
            return Err(format!("the local Clerk refuses the control {path} ({status})").into());
        }
        Ok(serde_json::from_str(&text)?)
    }
}
