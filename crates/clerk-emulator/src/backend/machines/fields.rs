//! What the bodies that create and change a machine have in common.

use crate::refusal::Refusal;
use crate::wire::params::Params;

/// The name, 1 to 255 characters.
pub(super) fn name(params: &mut Params) -> Result<Option<String>, Refusal> {
    let name = params.text("name")?.optional();
    match name {
        Some(name) if !(1..=255).contains(&name.chars().count()) => Err(Refusal::param_value(
            "name",
            "must have between 1 and 255 characters",
        )),
        name => Ok(name),
    }
}

/// How long the machine's tokens live where nothing else is said: 1 second to ten years.
pub(super) fn default_token_ttl(params: &mut Params) -> Result<Option<i64>, Refusal> {
    Ok(params
        .integer("default_token_ttl", &(1..=315_360_000))?
        .optional())
}
