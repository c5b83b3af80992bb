//! From a seed to a world.

use super::{Seed, SeedError, SeedUser};
use crate::clock::Stamp;
use crate::field::Field;
use crate::refusal::Refusal;
use crate::world::World;
use crate::world::jwt_template::TemplateDraft;
use crate::world::machine::{DEFAULT_TOKEN_TTL, Machine};
use crate::world::metadata::MetadataChange;
use crate::world::user_changes::{NewUser, UserChange};

impl Seed {
    /// Puts everything into an empty world.
    pub(crate) fn plant(&self, world: &mut World, now: Stamp) -> Result<(), SeedError> {
        let refused = |what: String| {
            move |refusal: Refusal| SeedError::Refused {
                what,
                why: refusal.long_message,
            }
        };
        for user in &self.users {
            world
                .create_user(user.as_new(), now)
                .map_err(refused(format!("user {:?}", user.email)))?;
        }
        for template in &self.jwt_templates {
            let draft = TemplateDraft {
                name: template.name.clone(),
                claims: template.claims.clone(),
                lifetime: template.lifetime,
                allowed_clock_skew: template.allowed_clock_skew,
                custom_key: None,
            };
            let refused = refused(format!("JWT template {:?}", template.name));
            world.create_jwt_template(draft, now).map_err(refused)?;
        }
        self.plant_machines(world, now)
    }

    /// First all machines, then who may talk to whom, since each may name any other.
    fn plant_machines(&self, world: &mut World, now: Stamp) -> Result<(), SeedError> {
        for seed in &self.machines {
            let ttl = seed.default_token_ttl.unwrap_or(DEFAULT_TOKEN_TTL);
            let mut machine = Machine::new(seed.name.clone(), ttl, now);
            machine.id = seed.id.clone().unwrap_or(machine.id);
            machine.secret_key = seed.secret_key.clone().unwrap_or(machine.secret_key);
            world.machines.insert(machine.id.clone(), machine);
        }
        for seed in &self.machines {
            for other in &seed.scoped_machines {
                let find = |name: &str| {
                    let found = world
                        .machines
                        .values()
                        .find(|one| one.name == name || one.id == name);
                    found.map(|machine| machine.id.clone())
                };
                let refused = |why: String| SeedError::Refused {
                    what: format!("machine {:?}", seed.name),
                    why,
                };
                let (Some(from), Some(to)) = (find(&seed.name), find(other)) else {
                    return Err(refused(format!(
                        "scoped_machines names {other:?}, which is no machine"
                    )));
                };
                world
                    .add_scope(&from, &to, now)
                    .map_err(|refusal| refused(refusal.long_message))?;
            }
        }
        Ok(())
    }
}

impl SeedUser {
    fn as_new(&self) -> NewUser {
        NewUser {
            id: self.id.clone(),
            email_addresses: vec![(self.email.clone(), false)],
            phone_numbers: Vec::new(),
            metadata: MetadataChange {
                public: Some(self.public_metadata.clone()),
                private: Some(self.private_metadata.clone()),
                open: Some(self.unsafe_metadata.clone()),
            },
            banned: self.banned,
            locked: self.locked,
            skip_password_requirement: true,
            skip_user_requirement: false,
            change: UserChange {
                external_id: given(self.external_id.as_ref()),
                first_name: given(self.first_name.as_ref()),
                last_name: given(self.last_name.as_ref()),
                password_digest: self.password,
                totp: self.mfa,
                ..UserChange::default()
            },
        }
    }
}

fn given(value: Option<&String>) -> Field<String> {
    value.cloned().map_or(Field::Absent, Field::Value)
}
