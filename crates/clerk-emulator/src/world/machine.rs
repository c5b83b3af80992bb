//! Machines and their secret keys.

use std::time::Duration;

use super::World;
use crate::clock::Stamp;
use crate::id;
use crate::refusal::Refusal;

/// The most machines that one machine may talk to.
pub(crate) const MAX_SCOPES: usize = 150;

/// Seconds, where none are sent.
pub(crate) const DEFAULT_TOKEN_TTL: i64 = 3600;

/// One machine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Machine {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Seconds.
    pub(crate) default_token_ttl: i64,
    /// The machines that it may talk to.
    pub(crate) scopes: Vec<String>,
    pub(crate) secret_key: String,
    /// An earlier key and when it ends.
    pub(crate) previous_key: Option<(String, Stamp)>,
    pub(crate) created_at: Stamp,
    pub(crate) updated_at: Stamp,
}

impl Machine {
    pub(crate) fn new(name: String, default_token_ttl: i64, now: Stamp) -> Self {
        Self {
            id: id::object("mch", now),
            name,
            default_token_ttl,
            scopes: Vec::new(),
            secret_key: new_secret_key(),
            previous_key: None,
            created_at: now,
            updated_at: now,
        }
    }

    fn accepts(&self, key: &str, now: Stamp) -> bool {
        self.secret_key == key
            || self
                .previous_key
                .as_ref()
                .is_some_and(|(previous, ends)| previous == key && now < *ends)
    }
}

fn new_secret_key() -> String {
    format!("ak_{}", id::secret(40))
}

impl World {
    pub(crate) fn machine(&self, id: &str) -> Result<&Machine, Refusal> {
        self.machines
            .get(id)
            .ok_or_else(|| Refusal::not_found("machine", id))
    }

    pub(crate) fn machine_mut(&mut self, id: &str) -> Result<&mut Machine, Refusal> {
        self.machines
            .get_mut(id)
            .ok_or_else(|| Refusal::not_found("machine", id))
    }

    pub(crate) fn machine_by_key(&self, key: &str, now: Stamp) -> Option<&Machine> {
        self.machines.values().find(|machine| machine.accepts(key, now))
    }

    /// Newest first. `query` is part of a name or an id.
    pub(crate) fn find_machines(&self, query: Option<&str>, ascending: bool) -> Vec<&Machine> {
        let query = query.map(str::to_lowercase);
        let wanted = |machine: &&Machine| {
            query.as_deref().is_none_or(|part| {
                machine.name.to_lowercase().contains(part) || machine.id.to_lowercase().contains(part)
            })
        };
        let mut found: Vec<&Machine> = self.machines.values().filter(wanted).collect();
        found.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| b.id.cmp(&a.id)));
        if ascending {
            found.reverse();
        }
        found
    }

    pub(crate) fn create_machine(
        &mut self,
        mut machine: Machine,
        scopes: Vec<String>,
    ) -> Result<&Machine, Refusal> {
        if scopes.iter().any(|scope| !self.machines.contains_key(scope)) {
            return Err(Refusal::param_resource_missing("scoped_machines"));
        }
        machine.scopes = scopes;
        let id = machine.id.clone();
        Ok(self.machines.entry(id).insert_entry(machine).into_mut())
    }

    /// Deletes it, its tokens, and every scope that names it.
    pub(crate) fn delete_machine(&mut self, id: &str) -> Result<(), Refusal> {
        self.machines
            .remove(id)
            .ok_or_else(|| Refusal::not_found("machine", id))?;
        for machine in self.machines.values_mut() {
            machine.scopes.retain(|scope| scope != id);
        }
        self.m2m_tokens.retain(|_, token| token.subject != id);
        Ok(())
    }

    pub(crate) fn rotate_machine_key(
        &mut self,
        id: &str,
        previous_ttl: Duration,
        now: Stamp,
    ) -> Result<&Machine, Refusal> {
        let machine = self.machine_mut(id)?;
        let previous = std::mem::replace(&mut machine.secret_key, new_secret_key());
        machine.previous_key = Some((previous, now.plus(previous_ttl)));
        machine.updated_at = now;
        Ok(machine)
    }

    /// Lets `from` talk to `to`.
    pub(crate) fn add_scope(&mut self, from: &str, to: &str, now: Stamp) -> Result<(), Refusal> {
        self.machine(to)?;
        let machine = self.machine_mut(from)?;
        if machine.scopes.iter().any(|scope| scope == to) {
            let why = format!("{from} is already scoped to {to}");
            return Err(Refusal::new(409, "conflict", "scope exists", why));
        }
        if machine.scopes.len() >= MAX_SCOPES {
            return Err(Refusal::param_value(
                "to_machine_id",
                "exceeds 150 scopes of one machine",
            ));
        }
        machine.scopes.push(to.to_owned());
        machine.updated_at = now;
        Ok(())
    }

    pub(crate) fn remove_scope(&mut self, from: &str, to: &str, now: Stamp) -> Result<(), Refusal> {
        let machine = self.machine_mut(from)?;
        let before = machine.scopes.len();
        machine.scopes.retain(|scope| scope != to);
        if machine.scopes.len() == before {
            return Err(Refusal::not_found("machine scope", to));
        }
        machine.updated_at = now;
        Ok(())
    }
}
