//! A new secret key of Clerk's: tried before it is used.

use clerk::{BackendApi, Error, KeySet, SecretKey};

use super::Authenticator;

/// Why a new secret key of Clerk's is not used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClerkKeyFault {
    /// Clerk does not accept it.
    #[error(
        "Clerk refuses the new key; put a secret key of the instance into the file, from Clerk's dashboard, API keys"
    )]
    Refused,
    /// It opens another instance than the one whose tokens are accepted.
    #[error(
        "the new key is of another instance than the tokens that are accepted; put a secret key of the instance into the file \
         that CLERK_PUBLISHABLE_KEY or CLERK_ISSUER names"
    )]
    OfAnotherInstance,
    /// Clerk cannot be asked now.
    #[error("the new key could not be tried, because Clerk is out of reach ({0}); check the network")]
    OutOfReach(Error),
}

impl Authenticator {
    /// Asks Clerk with this key from now on. Roles and keys that are known go on to count: they are of the same instance.
    ///
    /// # Errors
    /// [`ClerkKeyFault`], and the former key stays in use.
    pub(crate) async fn replace_clerk_key(&self, key: &SecretKey) -> Result<(), ClerkKeyFault> {
        if !self.is_of_our_instance(&self.api.with_key(key)).await? {
            return Err(ClerkKeyFault::OfAnotherInstance);
        }
        self.api.replace_key(key);
        if let Some(roles) = &self.roles {
            roles.ask_again_where_our_key_was_refused();
        }
        Ok(())
    }

    /// Whether this client's key opens the instance that signs the accepted tokens. What is compared are the public keys:
    /// with those that tokens are verified with, and where these are not known, or are all others, with what the issuer
    /// publishes.
    async fn is_of_our_instance(&self, candidate: &BackendApi) -> Result<bool, ClerkKeyFault> {
        let published = candidate.jwks().await.map_err(|error| {
            if error.is_unauthorized() {
                ClerkKeyFault::Refused
            } else {
                ClerkKeyFault::OutOfReach(error)
            }
        })?;
        if self.keys().shares_a_key_with(&published) == Some(true) {
            return Ok(true);
        }
        let of_issuer = self.issuer.jwks().await.map_err(ClerkKeyFault::OutOfReach)?;
        Ok(KeySet::have_a_key_in_common(&published, &of_issuer))
    }
}
