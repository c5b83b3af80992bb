//! Every setting of the server, once: its path in `hemera.toml`, its environment variable, its default.
//!
//! To add a setting: put its [`Key`] here and into [`ALL`], read it in the section's file, and describe it in
//! `.env.example` (a test compares the two).

use std::borrow::Cow;

/// The name of one setting in each layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    path: &'static str,
    variable: Option<&'static str>,
    default: Option<&'static str>,
    secret: bool,
}

impl Key {
    const fn at(path: &'static str) -> Self {
        Self {
            path,
            variable: None,
            default: None,
            secret: false,
        }
    }

    const fn variable(mut self, name: &'static str) -> Self {
        self.variable = Some(name);
        self
    }

    const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Where the setting is in `hemera.toml`, for example `http.listen`.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The environment variable, for example `HEMERA_HTTP__LISTEN`.
    pub fn env(&self) -> Cow<'static, str> {
        match self.variable {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(format!("HEMERA_{}", self.path.replace('.', "__").to_uppercase())),
        }
    }

    /// The text that is used where no layer sets it.
    pub fn default(&self) -> Option<&'static str> {
        self.default
    }

    /// Whether the value must never be shown. Such a setting can also be given as a file: `…_FILE`.
    pub fn is_secret(&self) -> bool {
        self.secret
    }

    /// The path of the variant that names a file.
    pub(super) fn file_path(&self) -> String {
        format!("{}_file", self.path)
    }

    /// The environment variable of the variant that names a file.
    pub fn file_env(&self) -> String {
        format!("{}_FILE", self.env())
    }
}

pub(super) const HTTP_LISTEN: Key = Key::at("http.listen").or("127.0.0.1:8080");
pub(super) const HTTP_HEADER_TIMEOUT: Key = Key::at("http.header_timeout").or("30s");
pub(super) const HTTP_BODY_TIMEOUT: Key = Key::at("http.body_timeout").or("10s");
pub(super) const HTTP_HANDLER_TIMEOUT: Key = Key::at("http.handler_timeout").or("15s");
pub(super) const HTTP_DRAIN_TIMEOUT: Key = Key::at("http.drain_timeout").or("20s");
pub(super) const HTTP_CONCURRENCY: Key = Key::at("http.concurrency").or("256");

pub(super) const HTTP_TLS_CERTIFICATE: Key = Key::at("http.tls_certificate");
pub(super) const HTTP_TLS_KEY: Key = Key::at("http.tls_key");
pub(super) const HTTP_TLS_AT_PROXY: Key = Key::at("http.tls_at_proxy").or("false");
pub(super) const HTTP_TRUSTED_PROXIES: Key = Key::at("http.trusted_proxies").or("0");
pub(super) const HTTP_ALLOWED_CLIENTS: Key = Key::at("http.allowed_clients").or("");
pub(super) const HTTP_DOCS: Key = Key::at("http.docs").or("true");

pub(super) const CORS_ORIGINS: Key = Key::at("cors.origins").or("");

pub(super) const DATABASE_URL: Key = Key::at("database.url").variable("DATABASE_URL").secret();
pub(super) const DATABASE_ADMIN_URL: Key = Key::at("database.admin_url").secret();
pub(super) const DATABASE_MAX_CONNECTIONS: Key = Key::at("database.max_connections").or("10");
pub(super) const DATABASE_ACQUIRE_TIMEOUT: Key = Key::at("database.acquire_timeout").or("3s");
pub(super) const DATABASE_IDLE_TIMEOUT: Key = Key::at("database.idle_timeout").or("10m");

pub(super) const CLERK_SECRET_KEY: Key = Key::at("clerk.secret_key").variable("CLERK_SECRET_KEY").secret();
pub(super) const CLERK_API_URL: Key = Key::at("clerk.api_url")
    .variable("CLERK_API_URL")
    .or("https://api.clerk.com");
pub(super) const CLERK_ISSUER: Key = Key::at("clerk.issuer").variable("CLERK_ISSUER");
pub(super) const CLERK_PUBLISHABLE_KEY: Key =
    Key::at("clerk.publishable_key").variable("CLERK_PUBLISHABLE_KEY");
pub(super) const CLERK_JWT_KEY: Key = Key::at("clerk.jwt_key").variable("CLERK_JWT_KEY").secret();
pub(super) const CLERK_TIMEOUT: Key = Key::at("clerk.timeout").or("5s");

pub(super) const TOKENS_AUDIENCE: Key = Key::at("tokens.audience").or("");
pub(super) const TOKENS_AUTHORIZED_PARTIES: Key = Key::at("tokens.authorized_parties").or("");
pub(super) const TOKENS_REQUIRE_AZP: Key = Key::at("tokens.require_azp").or("false");
pub(super) const TOKENS_MACHINE_ID: Key = Key::at("tokens.machine_id").or("");
pub(super) const TOKENS_LEEWAY: Key = Key::at("tokens.leeway").or("5s");
pub(super) const TOKENS_MAX_LIFETIME: Key = Key::at("tokens.max_lifetime").or("1h");
pub(super) const TOKENS_KEYS_MAX_AGE: Key = Key::at("tokens.keys_max_age").or("5m");
pub(super) const TOKENS_KEYS_GRACE: Key = Key::at("tokens.keys_grace").or("1h");
pub(super) const TOKENS_KEYS_COOL_DOWN: Key = Key::at("tokens.keys_cool_down").or("2s");
pub(super) const TOKENS_KEYS_WINDOW: Key = Key::at("tokens.keys_window").or("30s");

pub(super) const ROLES_SOURCE: Key = Key::at("roles.source").or("lookup");
pub(super) const ROLES_REFUSE_LOCKED: Key = Key::at("roles.refuse_locked").or("false");
pub(super) const ROLES_MAX_AGE: Key = Key::at("roles.max_age").or("60s");
pub(super) const ROLES_GRACE: Key = Key::at("roles.grace").or("5m");
pub(super) const ROLES_COOL_DOWN: Key = Key::at("roles.cool_down").or("2s");
pub(super) const ROLES_CAPACITY: Key = Key::at("roles.capacity").or("10000");

pub(super) const LIMITS_WINDOW: Key = Key::at("limits.window").or("60s");
pub(super) const LIMITS_API_CLIENT_RATE: Key = Key::at("limits.api_client_rate").or("100");
pub(super) const LIMITS_API_CLIENT_BURST: Key = Key::at("limits.api_client_burst").or("20");
pub(super) const LIMITS_ADMIN_RATE: Key = Key::at("limits.admin_rate").or("200");
pub(super) const LIMITS_ADMIN_BURST: Key = Key::at("limits.admin_burst").or("40");
pub(super) const LIMITS_FAILED_AUTH_RATE: Key = Key::at("limits.failed_auth_rate").or("30");
pub(super) const LIMITS_FAILED_AUTH_BURST: Key = Key::at("limits.failed_auth_burst").or("30");
pub(super) const LIMITS_STORE: Key = Key::at("limits.store").or("memory").secret();
pub(super) const LIMITS_STORE_TIMEOUT: Key = Key::at("limits.store_timeout").or("50ms");
pub(super) const LIMITS_REPLICAS: Key = Key::at("limits.replicas");

pub(super) const IDENTITY_PARTICIPANTS: Key = Key::at("identity.participant_identity").or("full");
pub(super) const IDENTITY_PSEUDONYM_KEY: Key = Key::at("identity.pseudonym_key").secret();

pub(super) const METRICS_LISTEN: Key = Key::at("metrics.listen");
pub(super) const METRICS_NETWORK_IS_PRIVATE: Key = Key::at("metrics.network_is_private").or("false");

pub(super) const LOG_FORMAT: Key = Key::at("log.format").or("pretty");
pub(super) const LOG_FILTER: Key = Key::at("log.filter")
    .variable("RUST_LOG")
    .or("info,sqlx::postgres::notice=warn");

/// Every setting, in the order in which people read about them.
pub const ALL: &[Key] = &[
    HTTP_LISTEN,
    HTTP_HEADER_TIMEOUT,
    HTTP_BODY_TIMEOUT,
    HTTP_HANDLER_TIMEOUT,
    HTTP_DRAIN_TIMEOUT,
    HTTP_CONCURRENCY,
    HTTP_TLS_CERTIFICATE,
    HTTP_TLS_KEY,
    HTTP_TLS_AT_PROXY,
    HTTP_TRUSTED_PROXIES,
    HTTP_ALLOWED_CLIENTS,
    HTTP_DOCS,
    CORS_ORIGINS,
    DATABASE_URL,
    DATABASE_ADMIN_URL,
    DATABASE_MAX_CONNECTIONS,
    DATABASE_ACQUIRE_TIMEOUT,
    DATABASE_IDLE_TIMEOUT,
    CLERK_SECRET_KEY,
    CLERK_API_URL,
    CLERK_ISSUER,
    CLERK_PUBLISHABLE_KEY,
    CLERK_JWT_KEY,
    CLERK_TIMEOUT,
    TOKENS_AUDIENCE,
    TOKENS_AUTHORIZED_PARTIES,
    TOKENS_REQUIRE_AZP,
    TOKENS_MACHINE_ID,
    TOKENS_LEEWAY,
    TOKENS_MAX_LIFETIME,
    TOKENS_KEYS_MAX_AGE,
    TOKENS_KEYS_GRACE,
    TOKENS_KEYS_WINDOW,
    TOKENS_KEYS_COOL_DOWN,
    ROLES_SOURCE,
    ROLES_REFUSE_LOCKED,
    ROLES_MAX_AGE,
    ROLES_GRACE,
    ROLES_COOL_DOWN,
    ROLES_CAPACITY,
    LIMITS_WINDOW,
    LIMITS_API_CLIENT_RATE,
    LIMITS_API_CLIENT_BURST,
    LIMITS_ADMIN_RATE,
    LIMITS_ADMIN_BURST,
    LIMITS_FAILED_AUTH_RATE,
    LIMITS_FAILED_AUTH_BURST,
    LIMITS_STORE,
    LIMITS_STORE_TIMEOUT,
    LIMITS_REPLICAS,
    IDENTITY_PARTICIPANTS,
    IDENTITY_PSEUDONYM_KEY,
    METRICS_LISTEN,
    METRICS_NETWORK_IS_PRIVATE,
    LOG_FORMAT,
    LOG_FILTER,
];
