//! `machine`.

use serde_json::{Value, json};

use crate::world::World;
use crate::world::machine::Machine;

/// The machine with those that it may talk to.
pub(crate) fn backend(world: &World, machine: &Machine) -> Value {
    let mut shape = plain(world, machine);
    let scoped = machine.scopes.iter().filter_map(|id| world.machines.get(id));
    shape["scoped_machines"] = scoped.map(|other| plain(world, other)).collect();
    shape
}

/// The machine as it is answered when it was made: with its secret key.
pub(crate) fn created(world: &World, machine: &Machine) -> Value {
    let mut shape = backend(world, machine);
    shape["secret_key"] = json!(machine.secret_key);
    shape
}

/// The secret key alone.
pub(crate) fn secret_key(machine: &Machine) -> Value {
    json!({"object": "machine_secret_key", "secret": machine.secret_key})
}

fn plain(world: &World, machine: &Machine) -> Value {
    json!({
        "object": "machine",
        "id": machine.id,
        "name": machine.name,
        "instance_id": world.settings.id,
        "default_token_ttl": machine.default_token_ttl,
        "created_at": machine.created_at,
        "updated_at": machine.updated_at,
    })
}
