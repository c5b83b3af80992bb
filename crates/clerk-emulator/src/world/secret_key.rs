//! The secret keys of the instance.

use super::World;
use crate::id;
use crate::refusal::Refusal;

/// How many characters follow the prefix of a key.
const LENGTH: usize = 42;

impl World {
    /// Accepts a key beside the others, or makes one: several may be active at once.
    pub(crate) fn add_secret_key(&mut self, key: Option<String>) -> String {
        let word = self.settings.environment.key_word();
        let key = key.unwrap_or_else(|| format!("sk_{word}_{}", id::secret(LENGTH)));
        if !self.secret_keys.contains(&key) {
            self.secret_keys.push(key.clone());
        }
        key
    }

    /// Refuses a key from now on.
    ///
    /// UNVERIFIED: whether the last key can be deleted. Here it cannot: nothing could reach the instance any more.
    pub(crate) fn delete_secret_key(&mut self, key: &str) -> Result<(), Refusal> {
        if self.secret_keys.len() == 1 {
            return Err(Refusal::control_invalid("it is the only secret key, or none"));
        }
        let before = self.secret_keys.len();
        self.secret_keys.retain(|known| known != key);
        if self.secret_keys.len() == before {
            return Err(Refusal::control_invalid("it is no secret key of the instance"));
        }
        Ok(())
    }
}
