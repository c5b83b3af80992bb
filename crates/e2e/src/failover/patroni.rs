//! What Patroni says of the cluster at its REST API, and what it is asked to do.

use anyhow::Context as _;
use reqwest::Client;
use serde::Deserialize;
use serde_json::json;

/// The login of the REST API, where something is changed.
pub(crate) const LOGIN: (&str, &str) = ("operator", "of-this-cluster-alone");

/// A member as Patroni sees it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Seen {
    pub(crate) name: String,
    role: String,
    state: String,
    timeline: Option<u32>,
}

#[derive(Deserialize)]
struct Members {
    members: Vec<Seen>,
}

impl Seen {
    pub(crate) fn is_primary(&self) -> bool {
        self.role == "leader" && self.state == "running"
    }

    /// Whether it has every commit that was acknowledged. Patroni 3.0 calls a standby that follows `running`, later ones
    /// `streaming`.
    pub(crate) fn is_synchronous_standby(&self, primary: &Self) -> bool {
        self.role == "sync_standby"
            && matches!(self.state.as_str(), "running" | "streaming")
            && self.timeline == primary.timeline
    }
}

/// All members, by the member whose REST API has this port.
pub(crate) async fn members(http: &Client, port: u16) -> anyhow::Result<Vec<Seen>> {
    let answer = http
        .get(format!("http://127.0.0.1:{port}/cluster"))
        .send()
        .await?;
    let members: Members = answer.error_for_status()?.json().await?;
    Ok(members.members)
}

/// Asks for another primary, as `patronictl switchover` does, and waits for the outcome.
pub(crate) async fn switch_over(http: &Client, port: u16, from: &str, to: &str) -> anyhow::Result<()> {
    let answer = http
        .post(format!("http://127.0.0.1:{port}/switchover"))
        .basic_auth(LOGIN.0, Some(LOGIN.1))
        .json(&json!({ "leader": from, "candidate": to }))
        .send()
        .await
        .context("Patroni gives no answer to a switch-over")?;
    let status = answer.status();
    let said = answer.text().await.unwrap_or_default();
    anyhow::ensure!(
        status.is_success(),
        "Patroni refused a switch-over ({status}): {said}"
    );
    Ok(())
}
