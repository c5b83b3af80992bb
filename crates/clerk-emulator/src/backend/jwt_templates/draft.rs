//! The body that creates a template or replaces one.

use crate::refusal::Refusal;
use crate::wire::params::Params;
use crate::world::jwt_template::{CustomKey, DEFAULT_CLOCK_SKEW, DEFAULT_LIFETIME, TemplateDraft};

/// Reads a body. `known_key` is the key that the template has already: it need not be sent again.
pub(super) fn read(mut params: Params, known_key: Option<CustomKey>) -> Result<TemplateDraft, Refusal> {
    let name = params.text("name")?.required("name")?;
    let claims = params.object("claims")?.required("claims")?;
    let lifetime = params.integer("lifetime", &(30..=315_360_000))?.optional();
    let skew = params.integer("allowed_clock_skew", &(0..=300))?.optional();
    let custom = params.flag("custom_signing_key")?.optional().unwrap_or(false);
    let algorithm = params.text("signing_algorithm")?.optional();
    let key = params.text("signing_key")?.optional();
    params.finish()?;
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
