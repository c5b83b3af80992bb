//! Tokens of an enrolled session, without Clerk's secret key on this host.

mod session_file;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clerk::{ClientSession, FrontendApi, Ticket, TokenKind};
use freshness::{Clock, Moment, SystemClock};
use parking_lot::Mutex;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use self::session_file::{LockedFile, SavedSession, SessionFile, SessionFileError};
use super::{Token, TokenError, TokenFuture, TokenSource};

/// Long enough for an operator to act after a weekend day.
const NOTICE_PERIOD: Duration = Duration::from_hours(48);

/// Tokens are minted every 15 minutes; warnings are less frequent.
const BETWEEN_WARNINGS: Duration = Duration::from_hours(1);

/// Tokens of a session for which an operator has enrolled this host.
///
/// The operator makes a one-time sign-in token. The first request for a token redeems it; from then on tokens are minted at
/// the Frontend API with the client token of the sign-in. The client token is saved in a file that only its owner may read,
/// and is replaced there whenever Clerk sends a newer one. The secret key of the instance is not needed, so an attacker who
/// takes over this host gets this one user, until its session is revoked.
///
/// A session ends after the instance's longest session lifetime, seven days by default. From two days before the end a
/// warning is logged, at most once an hour, and [`Enrolment::is_due`] is true. A new sign-in token is redeemed first and
/// replaces the old session.
///
/// Several processes may share the file: each holds its lock while it mints. One that waits too long for it
/// ([`with_patience`](Self::with_patience)) gets an error, and the next request for a token tries again.
///
/// ```
/// use aither_client::EnrolledSession;
/// use aither_client::clerk::{FrontendApi, Ticket, TokenKind};
///
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let frontend = FrontendApi::builder("https://clerk.hemera.example".parse()?).build()?;
/// let source = EnrolledSession::new(frontend, "/var/lib/aither/session.json")
///     .with_ticket(Ticket::new("the sign-in token from the operator"))
///     .with_token(TokenKind::Template("hemera-api".to_owned()));
/// # Ok(())
/// # }
/// ```
pub struct EnrolledSession {
    frontend: FrontendApi,
    file: SessionFile,
    ticket: Option<Ticket>,
    kind: TokenKind,
    required_claims: Vec<&'static str>,
    notice_period: Duration,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

/// What is remembered between two mints.
#[derive(Default)]
struct State {
    enrolment: Option<Enrolment>,
    /// A session that could not be written: newer than the file, and lost when the process ends.
    unsaved: Option<SavedSession>,
    warned_at: Option<Moment>,
}

/// The state of an enrolment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Enrolment {
    /// `sess_…`
    pub session_id: String,
    /// When Clerk will end the session, if Clerk said so.
    pub ends_at: Option<SystemTime>,
    /// The end is near: a new sign-in token is needed.
    pub is_due: bool,
}

/// Why an enrolled session gives no token.
#[derive(Debug, thiserror::Error)]
enum EnrolmentError {
    #[error("this host is not enrolled")]
    NotEnrolled,
    #[error("the enrolled session has ended")]
    Over(#[source] clerk::Error),
    #[error(transparent)]
    File(#[from] SessionFileError),
}

impl EnrolledSession {
    /// A source of tokens of the session in the file `path`. Reads and sends nothing before the first token is needed.
    pub fn new(frontend: FrontendApi, path: impl Into<PathBuf>) -> Self {
        Self {
            frontend,
            file: SessionFile::new(path.into()),
            ticket: None,
            kind: TokenKind::default(),
            required_claims: Vec::new(),
            notice_period: NOTICE_PERIOD,
            clock: Arc::new(SystemClock),
            state: Mutex::default(),
        }
    }

    /// The sign-in token from the operator. It is redeemed once; afterwards the file is used.
    #[must_use]
    pub fn with_ticket(mut self, ticket: Ticket) -> Self {
        self.ticket = Some(ticket);
        self
    }

    /// The kind of tokens to mint. Session tokens by default.
    #[must_use]
    pub fn with_token(mut self, kind: TokenKind) -> Self {
        self.kind = kind;
        self
    }

    /// Requires these claims: a token without one of them is an error with a remedy and is never sent.
    #[must_use]
    pub fn with_required_claims(mut self, claims: impl IntoIterator<Item = &'static str>) -> Self {
        self.required_claims = claims.into_iter().collect();
        self
    }

    /// How long before the end of the session a new enrolment is due. 48 hours by default.
    #[must_use]
    pub fn with_notice_period(mut self, notice_period: Duration) -> Self {
        self.notice_period = notice_period;
        self
    }

    /// How long to wait for another process that mints, at most. 10 s by default.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.file.patience = patience;
        self
    }

    /// Another clock than the machine's, for tests.
    #[must_use]
    pub fn with_clock(self, clock: impl Clock) -> Self {
        self.with_shared_clock(Arc::new(clock))
    }

    pub(crate) fn with_shared_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The state of the enrolment at the last mint; `None` before the first.
    pub fn enrolment(&self) -> Option<Enrolment> {
        self.state.lock().enrolment.clone()
    }

    async fn mint(&self) -> Result<Token, TokenError> {
        let file = self.file.lock().await.map_err(EnrolmentError::from)?;
        let saved = self.session(&file).await?;
        let mint = self.frontend.mint(&saved.session, &self.kind).await;
        self.note(&saved.session);
        if let Some(token) = mint.client_token {
            let session = saved.session.with_client_token(token);
            self.save(&file, SavedSession { session, ..saved });
        }
        let minted = mint.outcome.map_err(|error| {
            if error.is_session_over() {
                TokenError::from(EnrolmentError::Over(error))
            } else {
                TokenError::from(error)
            }
        })?;
        minted.require_claims(&self.required_claims)?;
        Token::minted(&minted)
    }

    /// The session to mint from. A ticket that the file was not created with is a new enrolment and is redeemed first; if
    /// that fails, the existing session is used.
    async fn session(&self, file: &LockedFile) -> Result<SavedSession, TokenError> {
        let unsaved = self.state.lock().unsaved.take();
        let saved = match unsaved {
            Some(unsaved) => {
                self.save(file, unsaved.clone());
                Some(unsaved)
            }
            None => file.read().map_err(EnrolmentError::from)?,
        };
        let new = self.ticket.as_ref().filter(|ticket| {
            saved
                .as_ref()
                .is_none_or(|saved| saved.enrolled_with != fingerprint(ticket))
        });
        let Some(ticket) = new else {
            return saved.ok_or_else(|| EnrolmentError::NotEnrolled.into());
        };
        match (self.enrol(ticket).await, saved) {
            (Ok(enrolled), _) => {
                self.save(file, enrolled.clone());
                Ok(enrolled)
            }
            (Err(error), Some(saved)) => {
                tracing::warn!(%error, "the new sign-in token was not redeemed; continuing with the existing session");
                Ok(saved)
            }
            (Err(error), None) => Err(error.into()),
        }
    }

    async fn enrol(&self, ticket: &Ticket) -> Result<SavedSession, clerk::Error> {
        let session = ClientSession::try_new(self.frontend.redeem_ticket(ticket).await?)?;
        tracing::info!(session_id = session.id(), "enrolled");
        Ok(SavedSession {
            enrolled_with: fingerprint(ticket),
            session,
        })
    }

    /// Saves a session. One that cannot be written stays in memory, because Clerk does not send its client token again.
    fn save(&self, file: &LockedFile, session: SavedSession) {
        if let Err(error) = file.write(&session) {
            let remedy = error.remedy();
            tracing::error!(%error, remedy, "until this is fixed, the session ends with this process");
            self.state.lock().unsaved = Some(session);
        }
    }

    /// Notes the state of the enrolment, and warns before it ends.
    fn note(&self, session: &ClientSession) {
        let now = self.clock.now();
        let left = session
            .ends_at()
            .map(|end| end.duration_since(now.wall).unwrap_or_default());
        let is_due = left.is_some_and(|left| left <= self.notice_period);
        let mut state = self.state.lock();
        state.enrolment = Some(Enrolment {
            session_id: session.id().to_owned(),
            ends_at: session.ends_at(),
            is_due,
        });
        let warned_recently = state
            .warned_at
            .is_some_and(|warned_at| now.since(warned_at) < BETWEEN_WARNINGS);
        if is_due && !warned_recently {
            state.warned_at = Some(now);
            let hours_left = left.unwrap_or_default().as_secs() / 3600;
            tracing::warn!(
                hours_left,
                session_id = session.id(),
                "the enrolled session nears its end; have an operator run `hemera-api clerk enroll`"
            );
        }
    }
}

impl EnrolmentError {
    const fn remedy(&self) -> &'static str {
        match self {
            Self::NotEnrolled => {
                "have an operator run `hemera-api clerk enroll`, and set CLERK_SERVICE_USER_SIGNIN_TOKEN to what it prints"
            }
            Self::Over(_) => {
                "have an operator run `hemera-api clerk enroll`, and set CLERK_SERVICE_USER_SIGNIN_TOKEN to the new \
                 sign-in token"
            }
            Self::File(error) => error.remedy(),
        }
    }
}

impl From<EnrolmentError> for TokenError {
    fn from(error: EnrolmentError) -> Self {
        let remedy = error.remedy();
        let token_error = match &error {
            EnrolmentError::File(fault) if fault.is_transient() => Self::transient(error),
            _ => Self::permanent(error),
        };
        token_error.with_remedy(remedy)
    }
}

/// A hash that identifies a ticket.
fn fingerprint(ticket: &Ticket) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(ticket.secret().expose_secret()))
}

impl TokenSource for EnrolledSession {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(self.mint())
    }

    fn enrolment_ends_at(&self) -> Option<SystemTime> {
        self.state.lock().enrolment.as_ref()?.ends_at
    }
}

impl fmt::Debug for EnrolledSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnrolledSession")
            .field("file", &self.file)
            .field("kind", &self.kind)
            .field("enrolment", &self.enrolment())
            .finish_non_exhaustive()
    }
}
