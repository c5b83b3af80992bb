//! "`CLERK_SECRET_KEY` has leaked" (docs/security.md): another key takes its place, and no call fails.

use std::path::PathBuf;
use std::time::Duration;

use clerk::{BackendApi, Error, SecretKey, UserFilter};
use freshness::{Clock as _, Moment, SystemClock};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::clerk_key::ClerkKey;
use super::promise::Promise;
use super::secret_file::SecretFile;
use super::server::WantedAnswer;
use super::stage::{Stage, Token};
use super::undo::Undo;
use crate::admin::Failure;
use crate::admin::audit::callers_with_role;
use crate::config::{DatabaseUrl, Inputs, load_database};

/// A page of users at Clerk, and how many of them are read at most.
const PAGE: u16 = 500;
const PAGES: u32 = 20;

/// How many users and callers are named.
const NAMED: usize = 10;

/// What the look at a file takes beyond its interval.
const READ_WITHIN: Duration = Duration::from_millis(500);

pub(super) async fn run(
    stage: &Stage<'_>,
    inputs: &Inputs,
    interval: Duration,
    file: Option<PathBuf>,
) -> Result<(), Failure> {
    let database = load_database(inputs)?;
    let file = file.ok_or(
        "CLERK_SECRET_KEY_FILE is not set: give the server its secret key in a file, and this drill the same setting",
    )?;
    let began = SystemClock.now();
    let user = stage.user().await?;
    let token = stage
        .report
        .step("the service user's token is let in", async {
            let token = stage.fresh_token(&user).await?;
            stage
                .server
                .admits(&token.credential, "the service user's token")
                .await?;
            Ok(token)
        })
        .await?;
    let leaked = Leaked {
        stage,
        token,
        file,
        interval,
    };
    let new = leaked.is_replaced().await?;
    leaked.serves_on(&new).await?;
    leaked.looks_at_users(&new).await?;
    leaked.looks_at_records(&database, began).await?;
    leaked.gives_back(new).await
}

struct Leaked<'a> {
    stage: &'a Stage<'a>,
    token: Token,
    file: PathBuf,
    interval: Duration,
}

/// The key that stands in the place of the leaked one.
struct NewKey {
    api: BackendApi,
    /// Where it is to be taken back.
    of_emulator: Option<(ClerkKey, super::undo::Changed)>,
}

impl Leaked<'_> {
    /// Another key at Clerk and in the server's file; then the leaked one is deleted at Clerk.
    async fn is_replaced(&self) -> Result<NewKey, Failure> {
        let stage = self.stage;
        let Ok(emulator) = stage.emulator() else {
            return self.is_replaced_by_a_person().await;
        };
        let file = SecretFile::open(&self.file)?;
        let old = SecretString::from(file.read()?.expose_secret().trim());
        let text = stage
            .report
            .step("Clerk makes another secret key", emulator.add_secret_key(None))
            .await?;
        let key = ClerkKey {
            file: file.clone(),
            old,
            new: text.clone(),
            interval: self.interval,
        };
        let noted = stage.undos.note(Undo::ClerkKey(key.clone()));
        let title = format!("it is put into {}", file.shown());
        stage.report.step(&title, async { file.replace(&text) }).await?;
        self.is_read().await?;
        let delete = emulator.remove_secret_key(&key.old);
        stage.report.step("Clerk deletes the leaked key", delete).await?;
        Ok(NewKey {
            api: self.backend(&text)?,
            of_emulator: Some((key, noted)),
        })
    }

    async fn is_replaced_by_a_person(&self) -> Result<NewKey, Failure> {
        let stage = self.stage;
        let leaked = self.in_file()?;
        let another = async || match self.in_file() {
            Ok(now) if now.expose_secret() != leaked.expose_secret() => match self.backend(&now) {
                Ok(api) => api.read_instance().await.is_ok(),
                Err(_) => false,
            },
            _ => false,
        };
        let instruction = format!(
            "in Clerk's dashboard, API keys, add a secret key, and put it into {}; it is printed nowhere",
            self.file.display()
        );
        stage.awaits_person(&instruction, another).await?;
        let api = self.backend(&self.in_file()?)?;
        self.is_read().await?;
        let is_deleted = async || is_refused(&stage.clerk.connection.api).await;
        stage
            .awaits_person(
                "in Clerk's dashboard, API keys, delete the leaked secret key",
                is_deleted,
            )
            .await?;
        stage
            .report
            .stays("CLERK_SECRET_KEY: the leaked key was deleted at Clerk");
        Ok(NewKey {
            api,
            of_emulator: None,
        })
    }

    /// The server has read its file: that takes it an interval at most. Callers go on meanwhile.
    async fn is_read(&self) -> Result<(), Failure> {
        let title = "the server reads it, and serves on";
        let bound = self.interval + READ_WITHIN;
        let credential = &self.token.credential;
        self.stage
            .measures(
                title,
                credential,
                WantedAnswer::Admitted,
                SystemClock.now(),
                bound,
            )
            .await?;
        Ok(())
    }

    /// How long it takes until a look-up with a key that Clerk refuses would have shown.
    fn looked_up_within(&self) -> Duration {
        self.stage.clerk.roles.max_age + self.stage.clerk.roles.cool_down
    }

    /// Clerk refuses the leaked key, and the server needs it no longer.
    async fn serves_on(&self, new: &NewKey) -> Result<(), Failure> {
        let stage = self.stage;
        let refused = is_refused(&stage.clerk.connection.api).await;
        let answer = if refused { "refused" } else { "accepted" };
        stage.report.promise(Promise::holds(
            "Clerk accepts the leaked key",
            "never",
            answer.to_owned(),
            refused,
        ));
        let bound = self.looked_up_within();
        let title = "the server serves on with the new key";
        stage
            .measures(
                title,
                &self.token.credential,
                WantedAnswer::Admitted,
                SystemClock.now(),
                bound,
            )
            .await?;
        self.no_call_failed("no call fails while the key is replaced");
        new.api.read_instance().await?;
        Ok(())
    }

    fn no_call_failed(&self, promise: &str) {
        let (failed, asked) = self.token.credential.failed();
        self.stage.report.promise(Promise::holds(
            promise,
            "0 failed",
            format!("{failed} of {asked}"),
            failed == 0,
        ));
    }

    /// Users with a role: a thief may have given one to a user of its own.
    async fn looks_at_users(&self, new: &NewKey) -> Result<(), Failure> {
        let work = async {
            let mut with_role = Vec::new();
            for page in 0..PAGES {
                let filter = UserFilter::default()
                    .with_limit(PAGE)
                    .with_offset(page * u32::from(PAGE));
                let users = new.api.users().list(filter).await?;
                let is_last = users.len() < usize::from(PAGE);
                for user in users {
                    if let Some(role) = user.public_metadata.get("role").and_then(|role| role.as_str()) {
                        with_role.push(format!("{} {role}", user.id));
                    }
                }
                if is_last {
                    break;
                }
            }
            Ok(with_role)
        };
        let users = self
            .stage
            .report
            .step("which users have a role at Clerk", work)
            .await?;
        let named = users[..users.len().min(NAMED)].join(", ");
        self.stage.report.fact(
            "usersWithRole",
            &format!("{} users: {named}", users.len()),
            json!(users),
        );
        Ok(())
    }

    /// Who has called with the role `admin` since.
    async fn looks_at_records(&self, database: &DatabaseUrl, since: Moment) -> Result<(), Failure> {
        let read = async { Ok(callers_with_role(database, "admin", since.wall, &SystemClock).await?) };
        let title = "audit: who has called with the role admin since";
        let callers = self.stage.report.step(title, read).await?;
        let named: Vec<String> = callers
            .iter()
            .take(NAMED)
            .map(|(subject, requests)| format!("{subject} {requests}"))
            .collect();
        self.stage.report.fact(
            "adminCallers",
            &format!("{} callers {}", callers.len(), named.join(", ")),
            json!(callers),
        );
        Ok(())
    }

    /// The key of before is in use again, at a local Clerk; at a real one the new key stays.
    async fn gives_back(&self, new: NewKey) -> Result<(), Failure> {
        let stage = self.stage;
        let Some((key, noted)) = new.of_emulator else {
            return Ok(());
        };
        let give_back = key.give_back(stage.emulator()?);
        let bound = key.takes() + self.looked_up_within();
        stage.report.waits("the key of before is put back", bound);
        let (credential, now) = (&self.token.credential, SystemClock.now());
        let both = async {
            let serves_on = async {
                Ok(stage
                    .server
                    .settles(credential, WantedAnswer::Admitted, now, bound)
                    .await)
            };
            tokio::try_join!(give_back, serves_on)
        };
        stage
            .report
            .step("the key of before is in its place again", both)
            .await?;
        stage.undos.is_undone(noted);
        self.no_call_failed("no call fails when the key of before is put back");
        Ok(())
    }

    fn in_file(&self) -> Result<SecretString, Failure> {
        let text = std::fs::read_to_string(&self.file)
            .map_err(|error| format!("{} cannot be read ({})", self.file.display(), error.kind()))?;
        Ok(text.trim().into())
    }

    fn backend(&self, key: &SecretString) -> Result<BackendApi, Failure> {
        let config = &self.stage.clerk.config;
        let key = SecretKey::parse(key.expose_secret())?;
        Ok(BackendApi::builder(key)
            .with_base_url(config.api_url.clone())
            .with_timeout(config.timeout)
            .build()?)
    }
}

async fn is_refused(api: &BackendApi) -> bool {
    api.read_instance()
        .await
        .is_err_and(|error: Error| error.is_unauthorized())
}
