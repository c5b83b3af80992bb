//! What a drill has changed and must give back, also when it fails in the middle or is interrupted.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::{sleep, timeout};

use super::clerk_key::ClerkKey;
use super::emulator::Emulator;
use super::interrupt::Interrupt;
use super::secret_file::SecretFile;
use crate::admin::Failure;
use crate::admin::provision::{ClerkConnection, Desired, Marker, let_in};

/// How long giving one thing back may take, with all attempts.
const AT_MOST: Duration = Duration::from_secs(30);
const ATTEMPTS: u32 = 3;
const BETWEEN: Duration = Duration::from_millis(500);

/// Where it is given back.
#[derive(Clone, Copy)]
pub(super) struct Clerk<'a> {
    pub(super) connection: &'a ClerkConnection,
    pub(super) desired: &'a Desired,
    pub(super) emulator: Option<&'a Emulator>,
}

impl<'a> Clerk<'a> {
    /// The local Clerk.
    ///
    /// # Errors
    /// If it is a real one.
    pub(super) fn emulator(self) -> Result<&'a Emulator, Failure> {
        self.emulator
            .ok_or_else(|| "only a local Clerk has controls".into())
    }
}

/// Something that was changed.
#[derive(Clone, Debug)]
pub(super) enum Undo {
    /// The service user is shut out.
    LetIn {
        /// By id.
        user_id: String,
    },
    /// The local Clerk answers as one that is down.
    ClerkIsDown,
    /// The local Clerk has the signing key before the rotation in its key set.
    SigningKey,
    /// The local Clerk is on another plan.
    Plan(String),
    /// A file of the server's has another content.
    File(SecretFile),
    /// The local Clerk, and the server's file, have another secret key.
    ClerkKey(ClerkKey),
    /// A person has cut the server off from Clerk.
    Network,
}

/// What could not be given back, and how a person does it.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) what: String,
    pub(crate) remedy: String,
}

/// All that is changed now, in the order in which it was changed.
#[derive(Default)]
pub(super) struct Undos(Mutex<Vec<(u64, Undo)>>);

/// The number of something that is changed: to say that it was given back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Changed(u64);

impl Undos {
    /// Notes a change, before it is made.
    pub(super) fn note(&self, undo: Undo) -> Changed {
        let mut list = self.0.lock();
        let number = list.last().map_or(0, |(number, _)| number + 1);
        list.push((number, undo));
        Changed(number)
    }

    /// The drill itself has given it back.
    pub(super) fn is_undone(&self, Changed(number): Changed) {
        self.0.lock().retain(|(noted, _)| *noted != number);
    }

    /// Gives back what is left, the last first. A signal meanwhile leaves the rest.
    pub(super) async fn give_back(&self, clerk: Clerk<'_>, interrupt: &mut Interrupt) -> Vec<Left> {
        let mut changed = std::mem::take(&mut *self.0.lock());
        changed.reverse();
        let mut left = Vec::new();
        let mut goes_on = true;
        for (_, undo) in changed {
            let failure = if goes_on {
                tokio::select! {
                    biased;
                    () = interrupt.next() => {
                        goes_on = false;
                        Some("it was interrupted".to_owned())
                    }
                    done = timeout(undo.at_most(), undo.attempts(clerk)) => match done {
                        Ok(Ok(())) => None,
                        Ok(Err(failure)) => Some(failure.to_string()),
                        Err(_) => Some(format!("it took longer than {} s", undo.at_most().as_secs())),
                    },
                }
            } else {
                Some("it was interrupted".to_owned())
            };
            if let Some(failure) = failure {
                left.push(undo.left(clerk, &failure));
            }
        }
        left
    }
}

impl Undo {
    /// A server that is to follow takes its time.
    fn at_most(&self) -> Duration {
        match self {
            Self::ClerkKey(key) => AT_MOST + key.takes(),
            _ => AT_MOST,
        }
    }

    async fn attempts(&self, clerk: Clerk<'_>) -> Result<(), Failure> {
        let mut attempt = 1;
        loop {
            match self.give_back(clerk).await {
                Err(_) if attempt < ATTEMPTS => {
                    attempt += 1;
                    sleep(BETWEEN).await;
                }
                outcome => return outcome,
            }
        }
    }

    async fn give_back(&self, clerk: Clerk<'_>) -> Result<(), Failure> {
        match self {
            Self::LetIn { user_id } => {
                let_in(clerk.connection, clerk.desired, user_id).await?;
                // A call that was broken off may have been carried out after that.
                let user = clerk.connection.api.users().get(user_id).await?;
                if user.banned || Marker::of(&user).is_some() {
                    return Err("the user is shut out once more".into());
                }
                Ok(())
            }
            Self::ClerkIsDown => clerk.emulator()?.bring_up().await,
            Self::SigningKey => clerk.emulator()?.withdraw_signing_key().await,
            Self::Plan(plan) => clerk.emulator()?.set_plan(plan).await,
            Self::File(file) => file.give_back(),
            Self::ClerkKey(key) => key.give_back(clerk.emulator()?).await,
            Self::Network => Err("only a person can do that".into()),
        }
    }

    fn left(&self, clerk: Clerk<'_>, failure: &str) -> Left {
        let control = |method: &str, path: &str| {
            let address = clerk
                .emulator()
                .map_or_else(|_| path.to_owned(), |emulator| emulator.address(path));
            format!("curl -X {method} {address}")
        };
        let (what, remedy) = match self {
            Self::LetIn { user_id } => (
                format!("{user_id} is shut out"),
                format!("hemera-api clerk --user-id {user_id} enable"),
            ),
            Self::ClerkIsDown => (
                "the local Clerk answers 503".to_owned(),
                control("DELETE", "faults"),
            ),
            Self::SigningKey => (
                "the key set of the local Clerk has the key before the rotation".to_owned(),
                control("DELETE", "keys/previous"),
            ),
            Self::Plan(plan) => (
                "the local Clerk is on another plan".to_owned(),
                format!(
                    "{} --json '{{\"plan\": \"{plan}\"}}'",
                    control("PATCH", "settings")
                ),
            ),
            Self::File(file) => (format!("{} has another content", file.shown()), file.remedy()),
            Self::ClerkKey(key) => (
                format!("the local Clerk and {} have another secret key", key.file.shown()),
                format!(
                    "{}, then give the local Clerk that key again: {} --json '{{\"secret_key\": \"…\"}}'",
                    key.file.remedy(),
                    control("POST", "secret_keys")
                ),
            ),
            Self::Network => (
                "the server is cut off from Clerk".to_owned(),
                "let the server's host reach CLERK_API_URL again".to_owned(),
            ),
        };
        Left {
            what: format!("{what} ({failure})"),
            remedy,
        }
    }
}
