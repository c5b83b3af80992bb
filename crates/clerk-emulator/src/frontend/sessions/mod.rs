//! `/v1/client/sessions`

pub(crate) mod end;
pub(crate) mod get;
pub(crate) mod mint;
pub(crate) mod mint_from_template;
mod over;
pub(crate) mod remove;
pub(crate) mod touch;

use crate::clock::Stamp;
use crate::frontend::visitor::{Visitor, signed_out};
use crate::refusal::Refusal;
use crate::world::World;
use crate::world::session::Session;

/// The visitor's own session, which must be live.
///
/// UNVERIFIED: the answer for one that is over; as if signed out here.
fn live<'a>(
    world: &'a mut World,
    visitor: &Visitor,
    session_id: &str,
    now: Stamp,
) -> Result<&'a mut Session, Refusal> {
    let session = world.session_of_client(visitor.signed_in()?, session_id)?;
    if session.is_live_at(now) {
        Ok(session)
    } else {
        Err(signed_out())
    }
}
