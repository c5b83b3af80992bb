//! Settings of Clerk: which instance, and how to ask it.

use std::time::Duration;

use clerk::{Instance, PublishableKey, SecretKey};
use secrecy::SecretString;
use url::Url;

use super::setting::{Setting, settings};
use super::source::{Invalid, Source};
use super::tokens::TokensConfig;
use super::value::{TrustedOrigin, Value};

settings! { SETTINGS:
    /// The secret key of the Clerk instance. Secret: its holder can make itself admin.
    SECRET_KEY: SecretKey = Setting::at("clerk.secret_key")
        .variable("CLERK_SECRET_KEY")
        .secret()
        .required("set it to the instance's secret key, sk_live_… or sk_test_…")
        .example("sk_live_replace");

    /// The publishable key of the instance. It names the issuer of accepted tokens.
    PUBLISHABLE_KEY: PublishableKey = Setting::at("clerk.publishable_key")
        .variable("CLERK_PUBLISHABLE_KEY")
        .example("pk_live_Y2xlcmsuZXhhbXBsZS5jb20k");

    /// The issuer of accepted tokens: the instance's Frontend API, exactly. Not set: as `CLERK_PUBLISHABLE_KEY` says.
    ISSUER: TrustedOrigin = Setting::at("clerk.issuer")
        .variable("CLERK_ISSUER")
        .example("https://clerk.example.com");

    /// The origin of Clerk's Backend API: https, or http on this machine (the emulator).
    API_URL: TrustedOrigin = Setting::at("clerk.api_url")
        .variable("CLERK_API_URL")
        .or("https://api.clerk.com");

    /// The instance's public key in PEM (line breaks may be written as \n): verification then needs no network.
    JWT_KEY: Pem = Setting::at("clerk.jwt_key").variable("CLERK_JWT_KEY").secret();

    /// How long one call to Clerk may take.
    TIMEOUT: Duration = Setting::at("clerk.timeout")
        .or("5s")
        .within(Duration::from_millis(10), Duration::from_mins(1));
}

/// How to reach Clerk, and which of its tokens to accept.
#[derive(Clone, Debug)]
pub struct ClerkConfig {
    /// The key for Clerk's Backend API.
    pub secret_key: SecretKey,
    /// The origin of the Backend API.
    pub api_url: Url,
    /// The issuer of accepted tokens: the origin of the instance's Frontend API.
    pub issuer: Url,
    /// The issuer that the publishable key names, where there is one.
    pub named_issuer: Option<Url>,
    /// The public key of the instance in PEM. With it, verification needs no network.
    pub jwt_key: Option<SecretString>,
    /// How long one call to Clerk may take.
    pub timeout: Duration,
    /// What is asked of tokens beyond signature, issuer and times.
    pub tokens: TokensConfig,
}

impl ClerkConfig {
    pub(super) fn read(source: &mut Source) -> Result<Self, Invalid> {
        let secret_key = source.read(&SECRET_KEY);
        let api_url = source.read(&API_URL);
        let publishable_key = publishable_key(source, &secret_key);
        let issuer = issuer(source, &publishable_key);
        let jwt_key = source.find(&JWT_KEY);
        let timeout = source.read(&TIMEOUT);
        let tokens = TokensConfig::read(source);
        Ok(Self {
            secret_key: secret_key?,
            api_url: api_url?.0,
            issuer: issuer?,
            named_issuer: publishable_key?.map(|key| key.frontend().clone()),
            jwt_key: jwt_key?.map(|pem| pem.0),
            timeout: timeout?,
            tokens: tokens?,
        })
    }
}

/// The issuer as it is set, or as the publishable key names it.
fn issuer(
    source: &mut Source,
    publishable_key: &Result<Option<PublishableKey>, Invalid>,
) -> Result<Url, Invalid> {
    let issuer = source.find(&ISSUER);
    match (issuer?, publishable_key.as_ref().map_err(Clone::clone)?) {
        (Some(TrustedOrigin(issuer)), _) => Ok(issuer),
        (None, Some(key)) => Ok(key.frontend().clone()),
        (None, None) => {
            let remedy = "set it to the instance's Frontend API, or set CLERK_PUBLISHABLE_KEY";
            Err(source.missing(&ISSUER, remedy))
        }
    }
}

/// Keys of two instances are a server that starts and finds no caller.
fn publishable_key(
    source: &mut Source,
    secret_key: &Result<SecretKey, Invalid>,
) -> Result<Option<PublishableKey>, Invalid> {
    let publishable_key = source.find(&PUBLISHABLE_KEY)?;
    let (Some(publishable), Ok(secret)) = (&publishable_key, secret_key) else {
        return Ok(publishable_key);
    };
    let problem = match (publishable.instance(), secret.instance()) {
        (Instance::Production, Instance::Development) => "is a live key, and CLERK_SECRET_KEY a test one",
        (Instance::Development, Instance::Production) => "is a test key, and CLERK_SECRET_KEY a live one",
        _ => return Ok(publishable_key),
    };
    let remedy = "take both from one instance in Clerk's dashboard, API keys";
    Err(source.refuse(&PUBLISHABLE_KEY, format!("{problem}: {remedy}")))
}

impl Value for SecretKey {
    const KIND: &'static str = "secret key of Clerk";

    fn parse(text: &str) -> Result<Self, &'static str> {
        Self::parse(text).map_err(|_| "must be a secret key of Clerk, sk_live_… or sk_test_…")
    }
}

impl Value for PublishableKey {
    const KIND: &'static str = "publishable key of Clerk";

    fn parse(text: &str) -> Result<Self, &'static str> {
        Self::parse(text).map_err(|_| "must be a publishable key of Clerk, pk_live_… or pk_test_…")
    }
}

/// An RSA public key.
pub(super) struct Pem(SecretString);

impl Value for Pem {
    const KIND: &'static str = "RSA public key in PEM";

    fn parse(text: &str) -> Result<Self, &'static str> {
        // Environment files have no line breaks: Clerk's own SDKs accept the two characters `\n` for one.
        let pem = text.replace("\\n", "\n");
        match clerk::KeySet::fixed_pem(&pem) {
            Ok(_) => Ok(Self(pem.into())),
            Err(_) => Err("must be an RSA public key in PEM, -----BEGIN PUBLIC KEY-----"),
        }
    }
}
