//! `GET /m2m_tokens?subject=mch_…`: opaque tokens only.

use axum::extract::State;
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::as_documented;
use crate::app::App;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::page::Page;
use crate::wire::query::Query;
use crate::wire::reply::Reply;
use crate::world::m2m_token::Asker;

pub(crate) async fn handle(
    State(app): State<App>,
    Extension(asker): Extension<Asker>,
    query: Query,
) -> Reply {
    let filter = read(&query).map_err(as_documented)?;
    let subject = query
        .get("subject")
        .ok_or_else(|| Refusal::bad_request("subject must be a machine id"))?;
    if matches!(&asker, Asker::Machine(id) if id != subject) {
        return Err(Refusal::credential_of_wrong_kind(
            "the secret key of the machine that is the subject",
        ));
    }
    let now = app.now();
    let world = app.world();
    world.machine(subject)?;
    let found = world.find_m2m_tokens(subject, filter.revoked, filter.expired, now);
    let total = found.len();
    let tokens: Vec<Value> = filter
        .page
        .cut(found)
        .into_iter()
        .map(|token| shape::m2m_token::backend(token, now))
        .collect();
    Ok(Json(json!({"m2m_tokens": tokens, "total_count": total})))
}

/// The most tokens of one page.
const MOST: i64 = 100;

struct Filter {
    page: Page,
    revoked: bool,
    expired: bool,
}

fn read(query: &Query) -> Result<Filter, Refusal> {
    Ok(Filter {
        page: Page::at_most(MOST, query)?,
        revoked: query.flag("revoked")?.unwrap_or(false),
        expired: query.flag("expired")?.unwrap_or(false),
    })
}
