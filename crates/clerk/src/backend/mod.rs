//! The Backend API (`https://api.clerk.com/v1`): everything that the secret key may do.

mod instance_details;
mod jwt_templates;
mod sessions;
mod sign_in_tokens;
mod users;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use network::Network;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

pub use self::instance_details::InstanceDetails;
pub use self::jwt_templates::{JwtTemplate, JwtTemplates, TemplateSpec};
pub use self::sessions::{Session, SessionStatus, Sessions};
pub use self::sign_in_tokens::{SignInToken, SignInTokens, Ticket};
pub use self::users::{
    AddressDoubt, EmailAddress, Identifier, IdentifierKind, Metadata, NewUser, User, UserFilter, Users,
    Verification,
};
use crate::error::Error;
use crate::jwk_set::JwkSet;
use crate::operation::ClerkOperation;
use crate::secret_key::{Instance, SecretKey};
use crate::transport::{BackendConnection, MAX_KEY_SET, Request, Transport};

/// Clerk's largest page.
const PAGE: usize = 500;

/// A client of Clerk's Backend API. Cloning is cheap and shares connections.
///
/// It does not try again by itself: [`Error::is_transient`] and [`Error::retry_after`] say whether and when to.
#[derive(Clone)]
pub struct BackendApi(Arc<Inner>);

struct Inner {
    transport: Transport,
    instance: Instance,
}

/// What a [`BackendApi`] is made of.
#[derive(Clone, Debug)]
pub struct BackendApiBuilder {
    key: SecretKey,
    connection: BackendConnection,
}

impl BackendApi {
    /// Starts with Clerk's own address and a deadline of ten seconds for each call.
    pub fn builder(key: SecretKey) -> BackendApiBuilder {
        BackendApiBuilder {
            key,
            connection: BackendConnection::default(),
        }
    }

    /// Which kind of instance the secret key opens.
    pub fn instance(&self) -> Instance {
        self.0.instance
    }

    /// Sends another key from the next request on, from every clone. It has to be a key of the same instance: what was
    /// learnt with the former one goes on to count.
    pub fn replace_key(&self, key: &SecretKey) {
        self.0.transport.replace_authorization(key.authorization());
    }

    /// A client with another key, over the same connections: to try the key before it replaces this one's.
    #[must_use]
    pub fn with_key(&self, key: &SecretKey) -> Self {
        Self(Arc::new(Inner {
            transport: self.0.transport.with_authorization(key.authorization()),
            instance: key.instance(),
        }))
    }

    /// Users and their metadata.
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }

    /// Sessions and the tokens minted from them.
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions(self)
    }

    /// One-time sign-in tokens, whose tickets the Frontend API takes.
    pub fn sign_in_tokens(&self) -> SignInTokens<'_> {
        SignInTokens(self)
    }

    /// Templates of custom tokens.
    pub fn jwt_templates(&self) -> JwtTemplates<'_> {
        JwtTemplates(self)
    }

    /// What the instance says about itself.
    pub async fn read_instance(&self) -> Result<InstanceDetails, Error> {
        self.json(Request::get(ClerkOperation::ReadInstance, &["v1", "instance"]))
            .await
    }

    /// The public keys of the instance's tokens, as published for the holder of the secret key.
    pub async fn jwks(&self) -> Result<JwkSet, Error> {
        self.json(Request::get(ClerkOperation::ReadKeySet, &["v1", "jwks"]).with_max_answer(MAX_KEY_SET))
            .await
    }

    async fn json<T: DeserializeOwned>(&self, request: Request<'_>) -> Result<T, Error> {
        self.0.transport.json(request).await
    }

    async fn send(&self, request: Request<'_>) -> Result<(), Error> {
        self.0.transport.send(request).await.map(drop)
    }

    /// All pages of a list that answers with a bare array. `page` makes the request without limit and offset.
    async fn all<'a, T: DeserializeOwned>(&self, page: impl Fn() -> Request<'a>) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        loop {
            let request = page()
                .with_query("limit", PAGE.to_string())
                .with_query("offset", all.len().to_string());
            let items: Vec<T> = self.json(request).await?;
            let last = items.len() < PAGE;
            all.extend(items);
            if last {
                return Ok(all);
            }
        }
    }
}

impl fmt::Debug for BackendApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackendApi")
            .field("instance", &self.0.instance)
            .finish_non_exhaustive()
    }
}

impl BackendApiBuilder {
    /// Another address than `https://api.clerk.com`, without `/v1`: an emulator, a proxy. The secret key is sent
    /// there; anything but https is refused, loopback excepted.
    #[must_use]
    pub fn with_base_url(mut self, base_url: Url) -> Self {
        self.connection.base_url = Some(base_url);
        self
    }

    /// How requests leave this machine: by default as `HTTPS_PROXY` and its like say.
    #[must_use]
    pub fn with_network(mut self, network: Network) -> Self {
        self.connection.network = network;
        self
    }

    /// How long one call may take as a whole, from the connection to the last byte of the answer.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.connection.timeout = timeout;
        self
    }

    /// Fails with [`ErrorKind::Setting`](crate::ErrorKind::Setting) where the base URL or the machine's TLS set-up cannot be used.
    pub fn build(self) -> Result<BackendApi, Error> {
        let authorization = self.key.authorization();
        let transport = self
            .connection
            .open(ClerkOperation::UseBackendApi, authorization)?;
        Ok(BackendApi(Arc::new(Inner {
            transport,
            instance: self.key.instance(),
        })))
    }
}

/// The body of a mint: Clerk refuses a zero and takes the default for an absent field.
#[derive(Serialize)]
struct ExpiresIn {
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in_seconds: Option<u64>,
}
