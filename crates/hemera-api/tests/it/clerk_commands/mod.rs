//! `hemera-api clerk …`: the real binary against a Clerk of the test's own, which keeps a journal of what it was asked.

mod enroll;
mod let_in;
mod owner;
mod plan;
mod sessions;
mod settings;
mod setup;
mod shut_out;
mod status;
mod token;
mod walk_through;

use std::process::Stdio;
use std::time::Duration;

use clerk::{BackendApi, SecretKey, User, UserFilter};
use clerk_emulator::{ClerkEmulator, Environment, Options, Plan, Seed, SeedUser};
use serde_json::json;
use tokio::process::Command;

const EMAIL: &str = "aither-service@hemera-academy.com";

/// Longer than anything here should take; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// What Clerk's ids begin with.
const PREFIXES: [&str; 7] = ["user_", "jtmp_", "sess_", "sit_", "ins_", "idn_", "eac_"];

/// An operator with the binary, and the Clerk that it is used on.
struct Operator {
    clerk: ClerkEmulator,
    settings: Vec<(&'static str, String)>,
}

/// What a command printed, and how it ended.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Operator {
    /// On a production instance.
    async fn of(seed: Seed) -> Self {
        Self::start(seed, Environment::Production).await
    }

    /// On an instance where everything is in place.
    async fn of_demo() -> Self {
        Self::of(Seed::demo()).await
    }

    /// On a production instance of this plan.
    async fn on(plan: Plan, seed: Seed) -> Self {
        Self::with_options(Options::production().with_plan(plan).with_seed(seed)).await
    }

    async fn start(seed: Seed, kind: Environment) -> Self {
        Self::with_options(Options::new().with_seed(seed).with_environment(kind)).await
    }

    async fn with_options(options: Options) -> Self {
        let clerk = ClerkEmulator::start(options.with_shared_key()).await.unwrap();
        let settings = vec![
            ("CLERK_SECRET_KEY", clerk.secret_key()),
            ("CLERK_API_URL", clerk.base_url()),
            ("CLERK_ISSUER", clerk.issuer()),
        ];
        Self { clerk, settings }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value.to_owned()));
        self
    }

    /// Runs `hemera-api clerk` with these arguments and nobody at the terminal.
    async fn run(&self, arguments: &str) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_hemera-api"))
            .arg("clerk")
            .args(arguments.split_whitespace())
            .env_clear()
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(PATIENCE, output).await.unwrap().unwrap();
        let ran = Ran {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        let secret = self.clerk.secret_key();
        assert!(
            !ran.out.contains(&secret) && !ran.err.contains(&secret),
            "{ran:?}"
        );
        ran
    }

    /// What a command prints where nothing is secret, without what differs from run to run by design.
    async fn shows(&self, arguments: &str) -> String {
        let ran = self.run(arguments).await;
        assert!(!ran.out.contains("eyJ") && !ran.err.contains("eyJ"), "{ran:?}");
        self.steady(&ran)
    }

    fn steady(&self, ran: &Ran) -> String {
        let said = format!("{}{}exit code {}", ran.out, ran.err, ran.code);
        let said = said.replace(&self.clerk.base_url(), "http://clerk.test");
        // Snapshots hold no addresses; this stand-in is as wide as ours.
        let said = said.replace(EMAIL, "(the address of the service user)");
        without_times(&without_ids(&said))
    }

    fn api(&self) -> BackendApi {
        BackendApi::builder(SecretKey::parse(self.clerk.secret_key()).unwrap())
            .with_base_url(self.clerk.base_url().parse().unwrap())
            .build()
            .unwrap()
    }

    async fn user(&self) -> User {
        let filter = UserFilter::default().with_email_address(EMAIL);
        self.api().users().list(filter).await.unwrap().remove(0)
    }

    /// The ids of sessions that are alive.
    async fn sessions(&self) -> Vec<String> {
        let id = self.user().await.id;
        let active = Some(clerk::SessionStatus::Active);
        let sessions = self.api().sessions().list(&id, active).await.unwrap();
        sessions.into_iter().map(|session| session.id).collect()
    }

    /// Signs the service user in, as Aither does.
    async fn sign_in(&self) -> String {
        let ticket = self.clerk.ticket(EMAIL, Duration::from_mins(1)).unwrap();
        self.redeem(&ticket).await.unwrap()
    }

    async fn redeem(&self, ticket: &str) -> Result<String, clerk::Error> {
        let frontend = clerk::FrontendApi::builder(self.clerk.base_url().parse().unwrap());
        let signed_in = frontend
            .build()?
            .redeem_ticket(&clerk::Ticket::new(ticket))
            .await?;
        Ok(signed_in.session_id)
    }

    /// What has been written to Clerk since the journal was cleared, without what a sign-in writes.
    fn writes(&self) -> Vec<String> {
        let journal = ["POST", "PATCH", "PUT", "DELETE"]
            .into_iter()
            .flat_map(|method| self.clerk.journal(method, "/v1/**"));
        let mut entries: Vec<_> = journal.collect();
        entries.sort_by_key(|entry| entry.number);
        let lines = entries
            .into_iter()
            .map(|entry| without_ids(&format!("{} {}", entry.method, entry.path)));
        let of_a_sign_in = [
            "POST /v1/sign_in_tokens",
            "POST /v1/client/sign_ins",
            "POST /v1/sessions/sess_…/tokens/hemera-api",
            "POST /v1/sessions/sess_…/revoke",
        ];
        lines
            .filter(|line| !of_a_sign_in.contains(&line.as_str()))
            .collect()
    }
}

/// The service user alone, changed by a test.
fn service_user(change: impl FnOnce(&mut SeedUser)) -> Seed {
    let mut seed = Seed::demo();
    seed.users.retain(|user| user.email == EMAIL);
    change(&mut seed.users[0]);
    seed
}

/// The service user that no one has given any rights yet.
fn bare_user() -> Seed {
    Seed {
        users: vec![SeedUser::new(EMAIL, json!({}))],
        ..Seed::default()
    }
}

/// `user_2qHm…` becomes `user_…`: ids are random, and so is their order.
fn without_ids(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut steady = String::new();
    for piece in text.split_inclusive(|c| !is_part(c)) {
        let word = piece.trim_end_matches(|c| !is_part(c));
        let prefix = PREFIXES
            .iter()
            .find(|prefix| word.starts_with(**prefix) && word.len() > 20);
        match prefix {
            Some(prefix) => {
                steady.push_str(prefix);
                steady.push('…');
                steady.push_str(&piece[word.len()..]);
            }
            None => steady.push_str(piece),
        }
    }
    steady
}

/// `2026-03-10T09:00:00Z` becomes `(a time)`.
fn without_times(text: &str) -> String {
    const LIKE: &str = "0000-00-00T00:00:00Z";
    let is_time = |at: usize| {
        let found = text.get(at..at + LIKE.len());
        found.is_some_and(|found| {
            found.chars().zip(LIKE.chars()).all(|(c, like)| {
                if like == '0' {
                    c.is_ascii_digit()
                } else {
                    c == like
                }
            })
        })
    };
    match (0..text.len()).find(|at| is_time(*at)) {
        Some(at) => format!(
            "{}(a time){}",
            &text[..at],
            without_times(&text[at + LIKE.len()..])
        ),
        None => text.to_owned(),
    }
}
