//! `/v1/jwt_templates`

use axum::Json;
use axum::extract::{Path, State};

use crate::app::App;
use crate::refusal::Refusal;
use crate::shape;
use crate::wire::body::JsonParams;
use crate::wire::page::Page;
use crate::wire::params::Params;
use crate::wire::query::Query;
use crate::wire::reply::Reply;
use crate::world::jwt_template::{CustomKey, DEFAULT_CLOCK_SKEW, DEFAULT_LIFETIME, TemplateDraft};

/// `GET /v1/jwt_templates`
///
/// UNVERIFIED: the order (by id, so by creation, here) and whether the session-token customization is in it.
pub(super) async fn list(State(app): State<App>, query: Query) -> Reply {
    let page = Page::from_query(&query)?;
    let all = app
        .world()
        .jwt_templates
        .values()
        .map(shape::jwt_template::backend)
        .collect();
    Ok(Json(page.list(&query, all)?))
}

/// `POST /v1/jwt_templates`
pub(super) async fn create(State(app): State<App>, JsonParams(params): JsonParams) -> Reply {
    let draft = read(params, None)?;
    let now = app.now();
    Ok(Json(shape::jwt_template::backend(
        app.world().create_jwt_template(draft, now)?,
    )))
}

/// `GET /v1/jwt_templates/{template_id}`
pub(super) async fn get(State(app): State<App>, Path(template_id): Path<String>) -> Reply {
    Ok(Json(shape::jwt_template::backend(
        app.world().jwt_template(&template_id)?,
    )))
}

/// `PATCH /v1/jwt_templates/{template_id}`: name and claims are needed again.
pub(super) async fn update(
    State(app): State<App>,
    Path(template_id): Path<String>,
    JsonParams(params): JsonParams,
) -> Reply {
    let now = app.now();
    let mut world = app.world();
    let known_key = world.jwt_template(&template_id)?.custom_key.clone();
    let draft = read(params, known_key)?;
    Ok(Json(shape::jwt_template::backend(world.update_jwt_template(
        &template_id,
        draft,
        now,
    )?)))
}

/// `DELETE /v1/jwt_templates/{template_id}`
pub(super) async fn delete(State(app): State<App>, Path(template_id): Path<String>) -> Reply {
    let template = app.world().delete_jwt_template(&template_id)?;
    Ok(Json(shape::deleted("jwt_template", &template.id)))
}

/// Reads the body that creates a template or replaces one. `known_key` is the key that the template has already: it need not be sent again.
fn read(mut params: Params, known_key: Option<CustomKey>) -> Result<TemplateDraft, Refusal> {
    let name = params.text("name")?.required("name")?;
    let claims = params.object("claims")?.required("claims")?;
    let lifetime = params.integer("lifetime", &(30..=315_360_000))?.optional();
    let skew = params.integer("allowed_clock_skew", &(0..=300))?.optional();
    let custom = params.flag("custom_signing_key")?.optional().unwrap_or(false);
    let algorithm = params.text("signing_algorithm")?.optional();
    let key = params.text("signing_key")?.optional();
    let custom_key = match (custom, algorithm, key) {
        (false, ..) => None,
        (true, Some(algorithm), Some(key)) => Some(CustomKey::parse(&algorithm, &key)?),
        (true, None, _) => return Err(Refusal::param_missing("signing_algorithm")),
        (true, Some(_), None) => Some(known_key.ok_or_else(|| Refusal::param_missing("signing_key"))?),
    };
    Ok(TemplateDraft {
        name,
        claims,
        lifetime: lifetime.unwrap_or(DEFAULT_LIFETIME),
        allowed_clock_skew: skew.unwrap_or(DEFAULT_CLOCK_SKEW),
        custom_key,
    })
}
