#![doc = include_str!("../README.md")]

mod backend;
mod base_url;
mod bearer;
mod error;
mod frontend;
mod jwk_set;
mod jwks;
mod machine;
mod minted;
mod operation;
mod publishable_key;
mod secret_key;
mod service_user;
mod token;
mod token_kind;
mod transport;

pub use self::backend::{
    AddressDoubt, BackendApi, BackendApiBuilder, EmailAddress, Identifier, IdentifierKind, InstanceDetails,
    JwtTemplate, JwtTemplates, Metadata, NewUser, Session, SessionStatus, Sessions, SignInToken,
    SignInTokens, TemplateSpec, Ticket, User, UserFilter, Users, Verification,
};
pub use self::error::{Error, ErrorKind};
pub use self::frontend::{
    ClientMint, ClientSession, ClientToken, Environment, FrontendApi, FrontendApiBuilder,
    InvalidClientSession, Origin, SignInMode, SignedIn,
};
pub use self::jwk_set::JwkSet;
pub use self::jwks::{InvalidPem, KeySet, KeySetActivity, KeySetPolicy, KeySource, KeysUnavailable};
pub use self::machine::{InvalidMachineKey, Machine, MachineBuilder, MachineKey};
pub use self::minted::MintedToken;
pub use self::operation::ClerkOperation;
pub use self::publishable_key::{InvalidPublishableKey, PublishableKey};
pub use self::secret_key::{Instance, InvalidSecretKey, SecretKey};
pub use self::service_user::{
    LockFuture, LockedSession, ServiceUser, ServiceUserBuilder, SessionStore, SessionStoreError, UserRef,
};
pub use self::token::{
    Claim, ClassPolicy, Refusal, TokenClass, TokenPolicy, VerifiedToken, Verifier, VerifyError,
};
pub use self::token_kind::TokenKind;

/// How requests leave this machine: what the builders of this crate's clients take as their network.
pub use network::{self, is_loopback};
