//! What is checked of a request's head before it is known what it wants, in this order: whether its end is beyond doubt, whether
//! it was sent to this door, whether a program on this host has sent it directly, and whether it has the key.

mod address;
mod framing;
mod key;
mod sender;

use http::request::Parts;

use crate::entrance::Entrance;
use crate::refusal::Refusal;

/// Lets a request through that a program on this host has sent to this door.
pub(crate) fn origin(entrance: &Entrance, parts: &Parts) -> Result<(), Refusal> {
    framing::check(&parts.headers)?;
    address::check(entrance, &parts.uri, &parts.headers)?;
    sender::check(&parts.headers)
}

/// Lets a request through that has the key, where the door has one.
pub(crate) fn key(entrance: &Entrance, parts: &Parts) -> Result<(), Refusal> {
    match entrance {
        Entrance::Tcp { key, .. } => key::check(key, &parts.headers),
        Entrance::Unix => Ok(()),
    }
}
