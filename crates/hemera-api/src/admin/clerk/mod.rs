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
use std::time::Duration;

use clap::{Args, Subcommand};
use clerk::{TokenClass, TokenKind, User};
use freshness::SystemClock;
use url::Url;

use self::consent::{Consent, Yes};
use crate::admin::own_origin::own_origin;
use crate::admin::provision::{ClerkConnection, Current, Desired, EMAIL, Marker, TEMPLATE, service_user};
use crate::admin::{Console, Failure};
use crate::config::{ClerkConfig, Inputs, RolesConfig, load_clerk, load_http};

/// The options of all these commands.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The service user's e-mail address [env: `CLERK_SERVICE_USER_EMAIL`] [default: aither-service@hemera-academy.com]
    #[arg(long, global = true, value_name = "ADDRESS")]
    email: Option<String>,
    /// Sign in as a page of this origin where the Native API is switched off [env: `CLERK_SIGN_IN_ORIGIN`]
    #[arg(long, global = true, value_name = "ORIGIN")]
    origin: Option<String>,
    /// The service user by its id, whatever its address; for example where two users have the address
    #[arg(long, global = true, value_name = "ID")]
    user_id: Option<String>,
    /// Print one JSON document
    #[arg(long, global = true)]
    json: bool,
}

impl Options {
    /// Whether the output is JSON.
    pub(crate) fn prints_json(&self) -> bool {
        self.json
    }
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
        #[command(flatten)]
        yes: Yes,
    },
    /// Show what is and what should be; exits with 1 if they differ
    Status,
    /// End the service user's sessions, begin a new one, and prove that the old ones are dead
    Rotate(Yes),
    /// Shut the service user out, on every plan of Clerk's: the first step back to the service key
    ///
    /// Takes its role away and marks it as shut out, ends its sessions, revokes the sign-in tokens that `enroll` made, bans
    /// it where Clerk's plan has bans, and ends sessions again. A step that fails does not stop the next. Says what each
    /// did; exits with 1 if one failed. May be run any number of times.
    Disable(Yes),
    /// End a shut-out, and prove with a token that the service user is let in again
    ///
    /// Ends all sessions, and refuses if the user can sign in with more than its address: a thief may have added that.
    /// Then lifts the ban, gives the role back and removes the mark. May be run again after any failure.
    Enable(Yes),
    /// Mint a token for `curl`: the token on standard output, its claims on standard error
    Token(Yes),
    /// Make a one-time sign-in token, with which Aither enrols without any secret of Clerk
    Enroll {
        /// How long it can be redeemed: 1 minute to 30 days
        #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = enroll::parse_lifetime)]
        expires_in: Duration,
        /// Withdraw a token that was not redeemed yet, by its id (`sit_…`), instead of making one
        #[arg(long, value_name = "ID")]
        withdraw: Option<String>,
        #[command(flatten)]
        yes: Yes,
    },
}

/// What every command needs.
pub(crate) struct Context<'a> {
    console: &'a Console,
    pub(crate) connection: ClerkConnection,
    pub(crate) config: ClerkConfig,
    pub(crate) roles: RolesConfig,
    pub(crate) desired: Desired,
    user_id: Option<String>,
    /// Where the server of the same settings listens, where they are right.
    server: Option<Url>,
    json: bool,
}

pub(crate) async fn run(
    inputs: &Inputs,
    console: &Console,
    options: Options,
    command: ClerkCommand,
) -> Result<ExitCode, Failure> {
    let context = Context::new(inputs, console, options)?;
    let consent = |yes: Yes| Consent::new(context.connection.is_production(), yes.yes);
    match command {
        ClerkCommand::Setup { dry_run, yes } => setup::run(&context, dry_run, consent(yes)).await,
        ClerkCommand::Status => status::run(&context).await,
        ClerkCommand::Rotate(yes) => rotate::run(&context, consent(yes)).await,
        ClerkCommand::Disable(yes) => disable::run(&context, consent(yes)).await,
        ClerkCommand::Enable(yes) => enable::run(&context, consent(yes)).await,
        ClerkCommand::Token(yes) => token::run(&context, consent(yes)).await,
        ClerkCommand::Enroll {
            expires_in,
            withdraw,
            yes,
        } => match withdraw {
            Some(id) => enroll::withdraw(&context, consent(yes), &id).await,
            None => enroll::run(&context, consent(yes), expires_in).await,
        },
    }
}

impl<'a> Context<'a> {
    /// Reads the settings; sends nothing yet.
    ///
    /// # Errors
    /// Every fault of the settings.
    pub(crate) fn new(inputs: &Inputs, console: &'a Console, options: Options) -> Result<Self, Failure> {
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
        let desired = Desired::new(email, Some(&config.tokens.audience));
        Ok(Self {
            console,
            desired: if config.tokens.classes.contains(&TokenClass::Template) {
                desired
            } else {
                desired.without_template()
            },
            user_id: options.user_id,
            server: load_http(inputs).ok().and_then(|http| own_origin(&http).ok()),
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

    pub(crate) async fn current(&self) -> Result<Current, Failure> {
        Ok(Current::load(&self.connection, &self.desired, self.user_id.as_deref()).await?)
    }

    /// The service user. It is an error if there is none, or if there is doubt who it is.
    async fn user(&self) -> Result<User, Failure> {
        let user = service_user(&self.connection, &self.desired, self.user_id.as_deref()).await?;
        user.ok_or_else(|| {
            format!(
                "no user has the address {}: run `hemera-api clerk setup` first, correct --email, or name the user with \
                 --user-id",
                self.desired.email
            )
            .into()
        })
    }

    /// The service user, which is neither shut out nor banned.
    pub(crate) async fn user_who_is_let_in(&self) -> Result<User, Failure> {
        let user = self.user().await?;
        let standing = match Marker::of(&user) {
            Some(marker) => format!("shut out since {}", marker.since),
            None if user.banned => "banned".to_owned(),
            None => return Ok(user),
        };
        Err(format!(
            "{} is {standing}: run `hemera-api clerk enable` if that is to end",
            user.id
        )
        .into())
    }

    /// The tokens that the service user gets in with: from the JWT template, unless there is none and the server accepts
    /// session tokens.
    pub(crate) fn token_kind(&self, current: &Current) -> TokenKind {
        let classes = &self.config.tokens.classes;
        let has_template = current.template.is_some() || !classes.contains(&TokenClass::Session);
        if classes.contains(&TokenClass::Template) && has_template {
            TokenKind::Template(TEMPLATE.to_owned())
        } else {
            TokenKind::Session
        }
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
