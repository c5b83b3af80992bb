//! "Roll back to the service key" and forward again (docs/service-user.md), on each plan of Clerk's that can be had.

use std::time::Duration;

use clerk::User;
use freshness::{Clock as _, Moment, SystemClock};
use hemera_types::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::time::sleep;

use super::promise::Promise;
use super::secret_file::SecretFile;
use super::server::{Answer, CallerCredential, Server, WantedAnswer};
use super::stage::{Stage, Token};
use super::undo::{Changed, Undo};
use crate::admin::Failure;
use crate::admin::service_key::new::secret;
use crate::config::{DatabaseUrl, Inputs, SecretsConfig, load_database};

/// What the key's name begins with, and its subject, in the audit trail.
const NAME: &str = "drill_rollback";
const SUBJECT: &str = "aither-rollback-drill";

/// A key that is forgotten opens nothing for long.
const LIFETIME: Duration = Duration::from_hours(1);

/// What a caller may wait for beyond the bounds before the drill gives it up.
const PATIENCE: Duration = Duration::from_secs(3);

/// The plans of Clerk's: with bans and without.
const PLANS: [&str; 2] = ["pro", "hobby"];

/// The service key of a drill.
struct RollbackKey {
    /// One of its own, so that no other drill's requests are taken for those of this one.
    name: String,
    sha256: String,
    credential: CallerCredential,
}

pub(super) async fn run(stage: &Stage<'_>, inputs: &Inputs, secrets: &SecretsConfig) -> Result<(), Failure> {
    let database = load_database(inputs)?;
    let file = secrets.service_keys.as_deref().ok_or(
        "HEMERA_SERVICE_KEYS_FILE is not set: give the server a file of service keys, and this drill the same setting",
    )?;
    let file = SecretFile::open(file)?;
    let one = Rollback {
        stage,
        database,
        file,
        interval: secrets.interval,
    };
    let Ok(emulator) = stage.emulator() else {
        return one.walk().await;
    };
    if !stage.clerk.connection.is_production() {
        return one.walk().await;
    }
    let plan = emulator.plan().await?;
    let noted = stage.undos.note(Undo::Plan(plan.clone()));
    for name in PLANS {
        emulator.set_plan(name).await?;
        stage.report.part(name);
        one.walk().await?;
        if stage.report.has_missed() {
            // The other plan would show the same.
            break;
        }
    }
    emulator.set_plan(&plan).await?;
    stage.undos.is_undone(noted);
    Ok(())
}

struct Rollback<'a> {
    stage: &'a Stage<'a>,
    database: DatabaseUrl,
    file: SecretFile,
    interval: Duration,
}

impl Rollback<'_> {
    async fn walk(&self) -> Result<(), Failure> {
        let stage = self.stage;
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
        let key = RollbackKey::make()?;

        let (change, keyed, shut) = self.rolls_back(&user, &token, &key).await?;
        stage.no_new_token(&user).await?;
        let what = "the token of before";
        stage
            .investigates(&self.database, what, &token.id, &token.credential, began)
            .await?;
        stage
            .investigates(
                &self.database,
                "the service key",
                &key.name,
                &key.credential,
                change,
            )
            .await?;

        stage.lets_in(&user, shut).await?;
        self.takes_key_out(&key, keyed).await
    }

    /// The key goes in, and the user out, while a caller goes on that changes from one to the other.
    async fn rolls_back(
        &self,
        user: &User,
        token: &Token,
        key: &RollbackKey,
    ) -> Result<(Moment, Changed, Changed), Failure> {
        let stage = self.stage;
        let keyed = stage.undos.note(Undo::File(self.file.clone()));
        let in_file = self.with_key(key)?;
        let title = format!("the service key is in {}", self.file.shown());
        stage
            .report
            .step(&title, async { self.file.replace(&in_file) })
            .await?;
        let longest = stage.shut_out_bound(token, SystemClock.now()).0 + self.interval + PATIENCE;
        let caller = ChangingCaller {
            server: &stage.server,
            token: &token.credential,
            key: &key.credential,
            pause: (longest / 60).clamp(Duration::from_millis(25), Duration::from_secs(2)),
            longest,
        };
        let ((change, shut), changed) = tokio::try_join!(stage.shuts_out(user), caller.changes_its_source())?;
        stage.report.promise(Promise::at_most(
            "a caller that changes to the service key is without a response",
            "secrets.interval",
            self.interval,
            changed.without_response,
        ));
        stage
            .token_ends(token, change, Some(changed.last_admitted))
            .await?;
        Ok((change, keyed, shut))
    }

    /// The file as it is, and the key.
    fn with_key(&self, key: &RollbackKey) -> Result<SecretString, Failure> {
        let now = self.file.read()?;
        let expires = SystemClock
            .now()
            .wall
            .checked_add(LIFETIME)
            .ok_or("the clock is too far ahead")?;
        Ok(format!(
            "{}\n[{}]\nsha256 = \"{}\"\nsubject = \"{SUBJECT}\"\nexpires = \"{}\"\n",
            now.expose_secret(),
            key.name,
            key.sha256,
            Timestamp::from(expires)
        )
        .into())
    }

    async fn takes_key_out(&self, key: &RollbackKey, keyed: Changed) -> Result<(), Failure> {
        let stage = self.stage;
        let change = SystemClock.now();
        let title = "the service key is taken out of the file";
        stage.report.step(title, async { self.file.give_back() }).await?;
        stage.undos.is_undone(keyed);
        let title = "the service key is refused";
        let settled = stage
            .measures(
                title,
                &key.credential,
                WantedAnswer::Refused,
                change,
                self.interval,
            )
            .await?;
        stage.report.promise(Promise::at_most(
            "a service key that was taken out opens nothing any more",
            "secrets.interval",
            self.interval,
            settled.last_other,
        ));
        Ok(())
    }
}

impl RollbackKey {
    fn make() -> Result<Self, Failure> {
        let text = SecretString::from(secret()?);
        let sha256 = hex::encode(Sha256::digest(text.expose_secret().as_bytes()));
        Ok(Self {
            name: format!("{NAME}_{}", &sha256[..8]),
            credential: CallerCredential::key(&text)?,
            sha256,
        })
    }
}

/// A caller as Aither is one: it calls with the token until that is refused, and then with the key.
struct ChangingCaller<'a> {
    server: &'a Server,
    token: &'a CallerCredential,
    key: &'a CallerCredential,
    pause: Duration,
    longest: Duration,
}

/// What a caller saw of a change.
struct SourceChange {
    /// When the last call with the token was sent that was let in.
    last_admitted: Moment,
    /// From the first call that failed to the first response to one with the key; `None` if none came.
    without_response: Option<Duration>,
}

impl ChangingCaller<'_> {
    /// Calls until the key is let in, or for as long as it may take.
    async fn changes_its_source(&self) -> Result<SourceChange, Failure> {
        let began = SystemClock.now();
        let is_late = || SystemClock.now().since(began) > self.longest;
        let mut last_admitted = began;
        let failed = loop {
            let sent = SystemClock.now();
            match self.server.ask(self.token).await {
                Answer::Admitted => last_admitted = sent,
                Answer::Limited(wait) => sleep(wait).await,
                _ => break sent,
            }
            if is_late() {
                // The token is held against its bound for longer than that.
                return Ok(SourceChange {
                    last_admitted,
                    without_response: None,
                });
            }
            sleep(self.pause).await;
        };
        let mut without_response = None;
        while without_response.is_none() && !is_late() {
            if self.server.ask(self.key).await == Answer::Admitted {
                without_response = Some(SystemClock.now().since(failed));
            } else {
                sleep(self.pause).await;
            }
        }
        Ok(SourceChange {
            last_admitted,
            without_response,
        })
    }
}
