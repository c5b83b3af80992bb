//! What an operator of Aither sees: the client's own figures, and the trace of a call in Hemera's log.

use std::time::Duration;

use aither_client::hemera_types::{CourseQuery, TraceParent};
use aither_client::prometheus_client::encoding::text::encode;
use aither_client::prometheus_client::registry::Registry;

use crate::failure::{Failure, equal, holds};
use crate::scenario::service_user::mints;
use crate::walk::Walk;

/// How long a token of the template `hemera-api` lives.
const TOKEN_LIFE: Duration = Duration::from_mins(15);

const LISTED: &str = "aither_client_calls_total{operation=\"courses.list\",outcome=\"ok\"}";
const MINTED: &str = "aither_client_token_requests_total{outcome=\"minted\"}";

/// One more call with one more token: by the client's figures, and by those of Clerk and Hemera.
pub(super) async fn agree(walk: &Walk<'_>) -> Result<(), Failure> {
    let mut registry = Registry::default();
    walk.client.register_metrics(&mut registry);
    let before = (value(&registry, LISTED)?, value(&registry, MINTED)?);
    let minted = mints(walk).await?;
    holds("calls in the figures", before.0 > 0, before.0)?;
    holds("tokens in the figures", before.1 > 0, before.1)?;
    walk.clock.advance(TOKEN_LIFE);
    walk.client.service_courses(&CourseQuery::default()).await?;
    equal("calls in the figures", before.0 + 1, value(&registry, LISTED)?)?;
    equal("tokens in the figures", before.1 + 1, value(&registry, MINTED)?)?;
    equal("tokens minted at Clerk", minted + 1, mints(walk).await?)
}

/// The trace of Aither's own work is on Hemera's line about the request.
pub(super) async fn one_trace(walk: &Walk<'_>) -> Result<(), Failure> {
    let parent = TraceParent::begin();
    let trace = parent.trace_id();
    let client = walk.client.in_trace(parent);
    let page = client.service_courses(&CourseQuery::default()).await?;
    equal("the trace of the call", trace, page.info().trace_id)?;
    let field = format!("trace_id={trace}");
    let lines = walk.stack.server_log().matching(|line| line.contains(&field));
    holds("the trace in the server's log", !lines.is_empty(), field)
}

/// The value of a series; 0 if there is none yet.
fn value(registry: &Registry, series: &str) -> Result<u64, Failure> {
    let mut text = String::new();
    encode(&mut text, registry).map_err(anyhow::Error::from)?;
    let mut values = text.lines().filter_map(|line| line.strip_prefix(series));
    let value = values.next().map_or(Ok(0), |value| value.trim().parse());
    Ok(value.map_err(anyhow::Error::from)?)
}
