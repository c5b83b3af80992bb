//! `hemera-api clerk …`: the service user and its token template at Clerk, how it is set up and maintained.
//!
//! These commands need the settings of Clerk only, and no database. One file per command.

mod consent;
mod disable;
mod enable;
mod enroll;
mod rotate;
mod setup;
mod status;
mod token;

use std::ffi::OsStr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use clap::{Args, Subcommand};
use clerk::User;
use freshness::SystemClock;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

use self::consent::Consent;
use crate::admin::provision::{ClerkConnection, Current, Desired, EMAIL};
use crate::admin::{Console, Failure};
use crate::config::{ClerkConfig, Inputs, RolesConfig, load_clerk};

/// The options of all these commands.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The service user's e-mail address [env: `CLERK_SERVICE_USER_EMAIL`] [default: aither-service@hemera-academy.com]
    #[arg(long, global = true, value_name = "ADDRESS")]
    email: Option<String>,
    /// Sign in as a page of this origin where the Native API is switched off [env: `CLERK_SIGN_IN_ORIGIN`]
    #[arg(long, global = true, value_name = "ORIGIN")]
    origin: Option<String>,
    /// Do not ask before a production instance (`sk_live_…`) is changed
    #[arg(long, global = true)]
    yes: bool,
    /// Print one JSON document
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ClerkCommand {
    /// Make the service user and its JWT template what they should be, and prove it with a token
    ///
    /// Shows what would change, as a diff, and then changes that and nothing else: metadata and claims of others stay.
    /// May be run any number of times; if everything is as it should be it changes nothing, and says so. At the
    /// end it signs in, mints a token, verifies it as the server would, and prints the settings of both sides.
    Setup {
        /// Show what would change, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Show what is and what should be; exits with 1 if they differ
    Status,
    /// End the service user's sessions, begin a new one, and prove that the old ones are dead
    Rotate,
    /// Ban the service user and end its sessions: the first step back to the service key
    Disable,
    /// Lift the ban, and prove with a token that the service user is let in again
    Enable,
    /// Mint a token for `curl`: the token on standard output, its claims on standard error
    Token,
    /// Make a one-time sign-in token, with which Aither enrols without any secret of Clerk
    Enroll {
        /// How long it can be redeemed: 1 minute to 30 days
        #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = enroll::parse_lifetime)]
        expires_in: Duration,
        /// Withdraw a token that was not redeemed yet, by its id (`sit_…`), instead of making one
        #[arg(long, value_name = "ID")]
        withdraw: Option<String>,
    },
}

/// What every command needs.
struct Context<'a> {
    console: &'a Console,
    connection: ClerkConnection,
    config: ClerkConfig,
    roles: RolesConfig,
    desired: Desired,
    consent: Consent,
    json: bool,
}

pub(crate) async fn run(
    inputs: &Inputs,
    console: &Console,
    options: Options,
    command: ClerkCommand,
) -> Result<ExitCode, Failure> {
    let context = Context::new(inputs, console, options)?;
    match command {
        ClerkCommand::Setup { dry_run } => setup::run(&context, dry_run).await,
        ClerkCommand::Status => status::run(&context).await,
        ClerkCommand::Rotate => rotate::run(&context).await,
        ClerkCommand::Disable => disable::run(&context).await,
        ClerkCommand::Enable => enable::run(&context).await,
        ClerkCommand::Token => token::run(&context).await,
        ClerkCommand::Enroll { expires_in, withdraw } => match withdraw {
            Some(id) => enroll::withdraw(&context, &id).await,
            None => enroll::run(&context, expires_in).await,
        },
    }
}

impl<'a> Context<'a> {
    fn new(inputs: &Inputs, console: &'a Console, options: Options) -> Result<Self, Failure> {
        let (config, roles) = load_clerk(inputs)?;
        let email = options
            .email
            .or_else(|| variable(inputs, "CLERK_SERVICE_USER_EMAIL"));
        let email = email.unwrap_or_else(|| EMAIL.to_owned());
        if !is_address(&email) {
            return Err(
                "the service user's address is not a valid e-mail address: correct --email or CLERK_SERVICE_USER_EMAIL"
                    .into(),
            );
        }
        let origin = options
            .origin
            .or_else(|| variable(inputs, "CLERK_SIGN_IN_ORIGIN"));
        let origin = origin.map(|text| Url::parse(&text)).transpose().map_err(|_| {
            "not a valid origin: set --origin or CLERK_SIGN_IN_ORIGIN to one such as https://app.example.com"
        })?;
        let connection = ClerkConnection::new(&config, origin.as_ref(), &(Arc::new(SystemClock) as _))?;
        Ok(Self {
            console,
            desired: Desired::new(email, Some(&config.tokens.audience)),
            consent: Consent::new(connection.is_production(), options.yes),
            json: options.json,
            connection,
            config,
            roles,
        })
    }

    /// Names the instance, for the first line of the output.
    fn instance(&self) -> String {
        let issuer = self.config.issuer.as_str().trim_end_matches('/');
        format!("Clerk's {} instance {issuer}", self.connection.kind())
    }

    async fn current(&self) -> Result<Current, Failure> {
        Ok(Current::load(&self.connection, &self.desired).await?)
    }

    /// The service user. It is an error if there is none.
    async fn user(&self) -> Result<User, Failure> {
        let user = self.current().await?.user;
        user.ok_or_else(|| {
            format!(
                "no user has the address {}: run `hemera-api clerk setup` first, or correct --email",
                self.desired.email
            )
            .into()
        })
    }
}

/// An environment variable that is set and not empty.
fn variable(inputs: &Inputs, name: &str) -> Option<String> {
    let of_name = |(key, value): &(_, std::ffi::OsString)| -> Option<String> {
        (key == OsStr::new(name)).then(|| value.to_string_lossy().into_owned())
    };
    inputs
        .environment
        .iter()
        .find_map(of_name)
        .filter(|text| !text.is_empty())
}

fn is_address(text: &str) -> bool {
    let plain = !text.contains(char::is_whitespace) && !text.contains(char::is_control);
    plain && matches!(text.split_once('@'), Some((name, host)) if !name.is_empty() && !host.is_empty())
}

/// A time in RFC 3339, to the second.
fn timestamp(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time).truncate_to_second();
    time.format(&Rfc3339).unwrap_or_else(|_| time.to_string())
}
