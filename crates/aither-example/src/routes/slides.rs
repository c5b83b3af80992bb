//! `/api/slides`

use aither_client::hemera_types::CourseId;
use aither_flows::selection::Selection;
use aither_flows::slides::{self, Deck};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;

use crate::app::App;
use crate::hemera::Hemera;
use crate::refusal::Refusal;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SlidesQuery {
    course: Option<CourseId>,
}

/// All that a deck needs: of the course that the caller names, or of the next one, which is the one that a sync reads.
pub(crate) async fn deck(
    State(app): State<App>,
    Hemera(hemera): Hemera,
    query: Result<Query<SlidesQuery>, QueryRejection>,
) -> Result<Json<Deck>, Refusal> {
    let Query(query) = query.map_err(|_| Refusal::invalid_query("course=ID"))?;
    let selection = query
        .course
        .map_or_else(|| Selection::next(&*app.clock), Selection::Course);
    Ok(Json(slides::deck(&hemera, &selection).await?))
}
