//! Tokens of an enrolled session: no secret key of Clerk's on this host.

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

use self::session_file::{Kept, LockedFile, SessionFile, SessionFileError};
use super::{Token, TokenError, TokenFuture, TokenSource};

/// Two days leave an operator a weekend's day to act on.
const NOTICE: Duration = Duration::from_hours(48);

/// Tokens are minted every quarter of an hour; a warning need not come as often.
const BETWEEN_WARNINGS: Duration = Duration::from_hours(1);

/// Tokens of a session that an operator has enrolled this host for.
///
/// The operator makes a one-time sign-in token; the first token redeems it, and from then on tokens are minted at the
/// Frontend API with what the sign-in left behind: a client token, which is kept in a file that only its owner may
/// read, and replaced there with every answer that brings a newer one. The secret key of the instance is not needed,
/// so whoever breaks into this host gets this one user, until its session is revoked.
///
/// A session ends after the instance's longest session lifetime (seven days where nobody changed it). Two days
/// ahead a warning is logged, at most once an hour, and [`Enrolment::is_due`] says so; a new sign-in token is redeemed
/// as soon as it is given, and takes the place of the old session.
///
/// Several processes may share the file: each holds its lock while it mints.
///
/// ```
/// use aither_client::EnrolledSession;
/// use clerk::{FrontendApi, Ticket, TokenKind};
///
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let frontend = FrontendApi::builder("https://clerk.hemera.example".parse()?).build()?;
/// let source = EnrolledSession::new(frontend, "/var/lib/aither/session.json")
///     .with_ticket(Ticket::new("what the operator handed over"))
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
    notice: Duration,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
}

/// What is remembered between two mints.
#[derive(Default)]
struct Known {
    enrolment: Option<Enrolment>,
    /// What could not be written: newer than the file, and lost with the process.
    unsaved: Option<Kept>,
    warned: Option<Moment>,
}

/// How an enrolment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Enrolment {
    /// `sess_…`
    pub session_id: String,
    /// When Clerk will end the session, where Clerk said so.
    pub ends_at: Option<SystemTime>,
    /// The end is near: time for a new sign-in token.
    pub is_due: bool,
}

/// Why an enrolled session gives no token.
#[derive(Debug, thiserror::Error)]
enum EnrolmentError {
    #[error(
        "this host is not enrolled; have an operator run `hemera-api clerk enroll`, and set \
         CLERK_SERVICE_USER_SIGNIN_TOKEN to what it prints"
    )]
    NotEnrolled,
    #[error(
        "the enrolled session has ended; have an operator run `hemera-api clerk enroll`, and set \
         CLERK_SERVICE_USER_SIGNIN_TOKEN to the new sign-in token"
    )]
    Over(#[source] clerk::Error),
    #[error(transparent)]
    File(#[from] SessionFileError),
}

impl EnrolledSession {
    /// Tokens of the session kept at `path`. Nothing is read or sent before the first token is needed.
    pub fn new(frontend: FrontendApi, path: impl Into<PathBuf>) -> Self {
        Self {
            frontend,
            file: SessionFile::new(path.into()),
            ticket: None,
            kind: TokenKind::default(),
            required_claims: Vec::new(),
            notice: NOTICE,
            clock: Arc::new(SystemClock),
            known: Mutex::default(),
        }
    }

    /// What an operator has handed over. It is redeemed once; a file that was begun with it is used from then on.
    #[must_use]
    pub fn with_ticket(mut self, ticket: Ticket) -> Self {
        self.ticket = Some(ticket);
        self
    }

    /// Which tokens to mint. Default: session tokens.
    #[must_use]
    pub fn with_token(mut self, kind: TokenKind) -> Self {
        self.kind = kind;
        self
    }

    /// A token that lacks one of these is an error with a remedy, and never sent.
    #[must_use]
    pub fn with_required_claims(mut self, claims: impl IntoIterator<Item = &'static str>) -> Self {
        self.required_claims = claims.into_iter().collect();
        self
    }

    /// How long before the end of the session a new enrolment is due. 48 hours by default.
    #[must_use]
    pub fn with_notice(mut self, notice: Duration) -> Self {
        self.notice = notice;
        self
    }

    /// Another clock than the machine's, for tests.
    #[must_use]
    pub fn with_clock(self, clock: impl Clock) -> Self {
        self.on(Arc::new(clock))
    }

    pub(crate) fn on(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// How the enrolment stood at the last mint; `None` before the first.
    pub fn enrolment(&self) -> Option<Enrolment> {
        self.known.lock().enrolment.clone()
    }

    async fn mint(&self) -> Result<Token, TokenError> {
        let file = self.file.lock().await.map_err(EnrolmentError::from)?;
        let kept = self.kept(&file).await?;
        let mint = self.frontend.mint(&kept.session, &self.kind).await;
        self.note(&kept.session);
        if let Some(token) = mint.client_token {
            let session = kept.session.with_client_token(token);
            self.keep(&file, Kept { session, ..kept });
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

    /// The session to mint from. A ticket that is new to the file is a new enrolment and goes first; where it fails,
    /// the session at hand still serves.
    async fn kept(&self, file: &LockedFile) -> Result<Kept, TokenError> {
        let unsaved = self.known.lock().unsaved.take();
        let kept = match unsaved {
            Some(unsaved) => {
                self.keep(file, unsaved.clone());
                Some(unsaved)
            }
            None => file.read().map_err(EnrolmentError::from)?,
        };
        let new = self.ticket.as_ref().filter(|ticket| {
            kept.as_ref()
                .is_none_or(|kept| kept.enrolled_with != fingerprint(ticket))
        });
        let Some(ticket) = new else {
            return kept.ok_or_else(|| EnrolmentError::NotEnrolled.into());
        };
        match (self.enrol(ticket).await, kept) {
            (Ok(enrolled), _) => {
                self.keep(file, enrolled.clone());
                Ok(enrolled)
            }
            (Err(error), Some(kept)) => {
                tracing::warn!(%error, "the new sign-in token was not redeemed; going on with the session at hand");
                Ok(kept)
            }
            (Err(error), None) => Err(error.into()),
        }
    }

    async fn enrol(&self, ticket: &Ticket) -> Result<Kept, clerk::Error> {
        let session = ClientSession::try_new(self.frontend.redeem_ticket(ticket).await?)?;
        tracing::info!(session_id = session.id(), "enrolled");
        Ok(Kept {
            enrolled_with: fingerprint(ticket),
            session,
        })
    }

    /// A client token that is not kept cannot be had again: until it can be written it stays in memory.
    fn keep(&self, file: &LockedFile, kept: Kept) {
        if let Err(error) = file.write(&kept) {
            let cause = std::error::Error::source(&error).map(tracing::field::display);
            tracing::error!(%error, cause, "until this is mended, the session ends with this process");
            self.known.lock().unsaved = Some(kept);
        }
    }

    /// Notes how the enrolment stands, and warns in good time.
    fn note(&self, session: &ClientSession) {
        let now = self.clock.now();
        let left = session
            .ends_at()
            .map(|end| end.duration_since(now.wall).unwrap_or_default());
        let is_due = left.is_some_and(|left| left <= self.notice);
        let mut known = self.known.lock();
        known.enrolment = Some(Enrolment {
            session_id: session.id().to_owned(),
            ends_at: session.ends_at(),
            is_due,
        });
        let lately = known
            .warned
            .is_some_and(|warned| now.since(warned) < BETWEEN_WARNINGS);
        if is_due && !lately {
            known.warned = Some(now);
            let hours_left = left.unwrap_or_default().as_secs() / 3600;
            tracing::warn!(
                hours_left,
                session_id = session.id(),
                "the enrolled session nears its end; have an operator run `hemera-api clerk enroll`"
            );
        }
    }
}

impl From<EnrolmentError> for TokenError {
    fn from(error: EnrolmentError) -> Self {
        Self::permanent(error)
    }
}

/// What a ticket is recognized by.
fn fingerprint(ticket: &Ticket) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(ticket.secret().expose_secret()))
}

impl TokenSource for EnrolledSession {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(self.mint())
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
