//! The token source from the settings.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clerk::{
    BackendApi, BackendApiBuilder, FrontendApi, FrontendApiBuilder, Machine, MachineKey, Origin, SecretKey,
    ServiceUser, SignInMode, Ticket, TokenKind, UserRef,
};
use hemera_types::JWT_TEMPLATE;
use secrecy::ExposeSecret;
use url::Url;

use super::environment::Environment;
use super::sharing;
use crate::auth_method::AuthMethod;
use crate::base_url::{BaseUrl, InvalidBaseUrl};
use crate::token::{
    ClerkMachine, ClerkServiceUser, EnrolledSession, FileSessionStore, REQUIRED_CLAIMS, SourceSpec,
    StaticServiceKey,
};

/// The value that keeps no session.
const NO_STATE: &str = "none";

/// The lifetimes that a machine's tokens may have, in minutes.
const MACHINE_TOKEN_MINUTES: RangeInclusive<u64> = 1..=60;

/// The method that `AITHER_AUTH` names; `None` if there is no such method.
pub(super) fn auth_method(environment: &mut Environment<'_>) -> Option<AuthMethod> {
    let choices = AuthMethod::ALL.map(|method| (method.name(), method));
    environment.one_of("AITHER_AUTH", &choices)
}

/// The source for a method; `None` if there are faults.
pub(super) fn of(method: AuthMethod, environment: &mut Environment<'_>) -> Option<SourceSpec> {
    match method {
        AuthMethod::Ticket => service_user(environment),
        AuthMethod::Enrolled => enrolled(environment),
        AuthMethod::Machine => machine(environment),
        AuthMethod::ServiceKey => Some(SourceSpec::Given(Arc::new(service_key(environment)?))),
    }
}

fn service_key(environment: &mut Environment<'_>) -> Option<StaticServiceKey> {
    environment.secret("HEMERA_API_KEY", |key| StaticServiceKey::parse(key.clone()))
}

fn service_user(environment: &mut Environment<'_>) -> Option<SourceSpec> {
    let backend = backend(environment);
    let frontend = frontend(environment);
    let user = user(environment);
    let kind = token_kind(environment);
    let state_dir = environment.optional("AITHER_STATE_DIR", state_dir);
    let (backend, frontend, user, kind) = (backend?, frontend?, user?, kind?);
    let claims = required_claims(&kind);
    let issuer = environment.text("CLERK_ISSUER").unwrap_or_default();
    let (UserRef::Id(who) | UserRef::EmailAddress(who)) = &user;
    let template = match &kind {
        TokenKind::Template(template) => template,
        TokenKind::Session => "",
    };
    let name = sharing::name(&[AuthMethod::Ticket.name(), &issuer, who, template]);
    let store = state_dir.flatten();
    let store = store.map(|directory| Arc::new(session_store(directory, &issuer, who)));
    let spec = SourceSpec::from_settings(AuthMethod::Ticket, move |time, network| {
        let backend = backend.clone().with_network(network.clone()).build()?;
        let frontend = frontend.clone().with_network(network.clone()).build()?;
        let user = ServiceUser::builder(backend, frontend, user.clone())
            .with_token(kind.clone())
            .with_clock(Arc::clone(&time.clock));
        let user = match &store {
            Some(store) => user.with_session_store(store.clone()),
            None => user,
        };
        let source = ClerkServiceUser::new(user.build());
        Ok(Arc::new(source.with_required_claims(claims.iter().copied())))
    });
    Some(spec.with_shared_name(name))
}

/// The directory in which the session is kept for the next process, if it is.
fn state_dir(text: &str) -> Result<Option<PathBuf>, &'static str> {
    let path = PathBuf::from(text);
    match text {
        NO_STATE => Ok(None),
        _ if path.is_absolute() => Ok(Some(path)),
        _ => Err("must be an absolute path, or `none` to keep no session"),
    }
}

/// Where the session is kept: in a file for each instance and user, named by a hash of both.
fn session_store(directory: PathBuf, issuer: &str, who: &str) -> FileSessionStore {
    let name = sharing::name(&["session", issuer, who]);
    FileSessionStore::new(directory, format!("session-{name}.json"))
}

fn enrolled(environment: &mut Environment<'_>) -> Option<SourceSpec> {
    let frontend = frontend(environment);
    let file = environment.required("AITHER_SESSION_FILE", |path| {
        Ok::<_, std::convert::Infallible>(PathBuf::from(path))
    });
    // Not needed once the file exists, so that the token need not stay in the settings.
    let ticket = environment.optional_secret("CLERK_SERVICE_USER_SIGNIN_TOKEN", |ticket| {
        Ok::<_, std::convert::Infallible>(Ticket::new(ticket.expose_secret()))
    });
    let kind = token_kind(environment)?;
    let claims = required_claims(&kind);
    let (frontend, file) = (frontend?, file?);
    Some(SourceSpec::from_settings(
        AuthMethod::Enrolled,
        move |time, network| {
            let frontend = frontend.clone().with_network(network.clone()).build()?;
            let session = EnrolledSession::new(frontend, file.clone())
                .with_token(kind.clone())
                .with_required_claims(claims.iter().copied())
                .with_shared_clock(Arc::clone(&time.clock));
            Ok(Arc::new(match &ticket {
                Some(ticket) => session.with_ticket(ticket.clone()),
                None => session,
            }))
        },
    ))
}

fn machine(environment: &mut Environment<'_>) -> Option<SourceSpec> {
    let key = environment.secret("CLERK_MACHINE_SECRET_KEY", |key| {
        let name = sharing::name(&[AuthMethod::Machine.name(), key.expose_secret()]);
        MachineKey::parse(key.expose_secret()).map(|key| (key, name))
    });
    let (key, name) = key.unzip();
    let api = environment.optional("CLERK_API_URL", address);
    let lifetime = machine_token_lifetime(environment);
    let builder = Machine::builder(key?);
    let builder = match lifetime {
        Some(lifetime) => builder.with_lifetime(lifetime),
        None => builder,
    };
    let builder = match api {
        Some(url) => builder.with_base_url(url),
        None => builder,
    };
    let spec = SourceSpec::from_settings(AuthMethod::Machine, move |_, network| {
        let machine = builder.clone().with_network(network.clone()).build()?;
        Ok(Arc::new(ClerkMachine::new(machine)))
    });
    Some(spec.with_shared_name(name?))
}

/// How long each token of a machine lives, if it is set.
pub(super) fn machine_token_lifetime(environment: &mut Environment<'_>) -> Option<Duration> {
    environment.optional("AITHER_MACHINE_TOKEN_MINUTES", |text| {
        let minutes = text.parse().ok();
        let minutes = minutes.filter(|minutes| MACHINE_TOKEN_MINUTES.contains(minutes));
        minutes
            .map(Duration::from_mins)
            .ok_or("must be a whole number of minutes, from 1 to 60: Hemera refuses tokens that live longer")
    })
}

pub(super) fn backend(environment: &mut Environment<'_>) -> Option<BackendApiBuilder> {
    let key = environment.secret("CLERK_SECRET_KEY", |key| SecretKey::parse(key.expose_secret()));
    let api = environment.optional("CLERK_API_URL", address);
    let builder = BackendApi::builder(key?);
    Some(match api {
        Some(url) => builder.with_base_url(url),
        None => builder,
    })
}

pub(super) fn frontend(environment: &mut Environment<'_>) -> Option<FrontendApiBuilder> {
    let issuer = issuer(environment);
    let origin = environment.optional("CLERK_SIGN_IN_ORIGIN", origin);
    let builder = FrontendApi::builder(issuer?);
    Some(match origin {
        Some(origin) => builder.with_mode(SignInMode::NativeThenBrowser(origin)),
        None => builder,
    })
}

pub(super) fn issuer(environment: &mut Environment<'_>) -> Option<Url> {
    environment.required("CLERK_ISSUER", address)
}

pub(super) fn token_kind(environment: &mut Environment<'_>) -> Option<TokenKind> {
    let choices = [
        ("template", TokenKind::Template(JWT_TEMPLATE.to_owned())),
        ("session", TokenKind::Session),
    ];
    environment.one_of("AITHER_TOKEN", &choices)
}

/// The claims of session tokens are configured in Clerk's dashboard, and Hemera needs none of them.
fn required_claims(kind: &TokenKind) -> Vec<&'static str> {
    match kind {
        TokenKind::Template(_) => REQUIRED_CLAIMS.to_vec(),
        TokenKind::Session => Vec::new(),
    }
}

/// Clerk's addresses follow the rules of Hemera's address, because credentials are sent there, too.
fn address(text: &str) -> Result<Url, InvalidBaseUrl> {
    BaseUrl::parse(text).map(|base_url| base_url.join("/"))
}

/// An origin of the application, as a browser would name it.
fn origin(text: &str) -> Result<Origin, &'static str> {
    const FAULT: &str = "must be an origin of the instance's domain, such as https://app.example.com";
    let url = Url::parse(text).map_err(|_| FAULT)?;
    Origin::try_new(&url).map_err(|_| FAULT)
}

pub(super) fn user(environment: &mut Environment<'_>) -> Option<UserRef> {
    let id = environment.text("CLERK_SERVICE_USER_ID").map(UserRef::Id);
    let user = id.or_else(|| {
        environment
            .text("CLERK_SERVICE_USER_EMAIL")
            .map(UserRef::EmailAddress)
    });
    if user.is_none() {
        environment.fault(
            "CLERK_SERVICE_USER_ID",
            "is missing; set it, or CLERK_SERVICE_USER_EMAIL, to the service user of Aither",
        );
    }
    user
}
