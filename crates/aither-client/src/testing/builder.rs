//! Starting an in-memory Hemera.

use std::sync::Arc;
use std::time::Duration;

use freshness::{Clock, Sleep, SystemClock, TokioSleep};
use hemera_types::Role;
use secrecy::SecretString;

use super::credentials::Credentials;
use super::fault::Faults;
use super::hemera::InMemoryHemera;
use super::journal::Journal;
use super::limits::{Limiter, RateLimits};
use super::server::listen;
use super::state::HemeraState;
use super::tokens::InMemoryTokens;
use super::usage_tally::UsageTally;
use super::world::{BookingSeed, CourseSeed, ParticipantIdentity, ParticipationSeed, World, WorldError};
use crate::base_url::{BaseUrl, InvalidBaseUrl};
use crate::client::HemeraClient;
use crate::error::Error;

/// Builds an [`InMemoryHemera`]. Without further calls it is empty, keeps the contract's rate limits, and runs on the clock
/// of this machine.
#[derive(Debug)]
#[must_use = "a builder does nothing until `start` is called"]
pub struct InMemoryHemeraBuilder {
    courses: Vec<CourseSeed>,
    bookings: Vec<BookingSeed>,
    participations: Vec<ParticipationSeed>,
    limits: RateLimits,
    token_lifetime: Duration,
    identity: ParticipantIdentity,
    clock: Arc<dyn Clock>,
    sleep: Arc<dyn Sleep>,
}

/// Why an in-memory Hemera does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// What was put into it does not fit together.
    #[error(transparent)]
    World(#[from] WorldError),
    /// There is no loopback socket to listen on.
    #[error("cannot listen on 127.0.0.1; allow this process to open a local socket")]
    Listen(#[from] std::io::Error),
    /// The address of the socket is none of a Hemera.
    #[error(transparent)]
    Address(#[from] InvalidBaseUrl),
    /// Its client cannot be built.
    #[error(transparent)]
    Client(#[from] Error),
}

impl InMemoryHemera {
    /// A builder for an in-memory Hemera.
    pub fn builder() -> InMemoryHemeraBuilder {
        InMemoryHemeraBuilder {
            courses: Vec::new(),
            bookings: Vec::new(),
            participations: Vec::new(),
            limits: RateLimits::default(),
            token_lifetime: Duration::from_mins(15),
            identity: ParticipantIdentity::default(),
            clock: Arc::new(SystemClock),
            sleep: Arc::new(TokioSleep),
        }
    }

    /// An empty in-memory Hemera with the contract's rate limits.
    ///
    /// # Errors
    /// There is no loopback socket to listen on, or its client cannot be built.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }
}

impl InMemoryHemeraBuilder {
    /// With this course.
    pub fn with_course(mut self, course: CourseSeed) -> Self {
        self.courses.push(course);
        self
    }

    /// With these courses.
    pub fn with_courses(mut self, courses: impl IntoIterator<Item = CourseSeed>) -> Self {
        self.courses.extend(courses);
        self
    }

    /// With this booking, which has no participation.
    pub fn with_booking(mut self, booking: BookingSeed) -> Self {
        self.bookings.push(booking);
        self
    }

    /// With this participation and its booking.
    pub fn with_participation(mut self, participation: ParticipationSeed) -> Self {
        self.participations.push(participation);
        self
    }

    /// With these participations and their bookings.
    pub fn with_participations(
        mut self,
        participations: impl IntoIterator<Item = ParticipationSeed>,
    ) -> Self {
        self.participations.extend(participations);
        self
    }

    /// With these rate limits; by default the contract's.
    pub fn with_limits(mut self, limits: RateLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Without rate limits, and with clients that do not pace themselves: for tests of many calls on the real clock.
    pub fn without_limits(self) -> Self {
        self.with_limits(RateLimits::none())
    }

    /// How long the bearer tokens are accepted. 15 minutes by default.
    pub fn with_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Shows no names and pictures, and a keyed hash of each user's id instead of the id, as a Hemera may that is configured
    /// so. The same key gives the same hashes.
    pub fn with_pseudonymous_participants(mut self, key: &SecretString) -> Self {
        self.identity = ParticipantIdentity::pseudonymous(key);
        self
    }

    /// The clock of this Hemera and of its clients: that of times, limits and token lifetimes. By default the machine's.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The timer of slow answers and of the clients' waits. By default Tokio's. With `RecordedSleep::advancing` no test waits.
    pub fn with_sleep(mut self, sleep: impl Sleep) -> Self {
        self.sleep = Arc::new(sleep);
        self
    }

    /// Listens on a free loopback port. Needs a Tokio runtime with network and timers, which serves the requests.
    ///
    /// # Errors
    /// What was put into it does not fit together (a participation of a course that is not there), there is no loopback
    /// socket to listen on, or its client cannot be built.
    pub async fn start(self) -> Result<InMemoryHemera, StartError> {
        let unlimited = self.limits == RateLimits::none();
        let (clock, sleep) = (Arc::clone(&self.clock), Arc::clone(&self.sleep));
        let state = Arc::new(self.into_state()?);
        let listening = listen(&state).await?;
        let base_url: BaseUrl = format!("http://{}", listening.address).parse()?;
        let tokens = InMemoryTokens::new(Arc::clone(&state), Role::ApiClient);
        let mut client_builder = HemeraClient::builder(base_url.clone(), tokens)
            .with_clock(clock)
            .with_sleep(sleep);
        if unlimited {
            client_builder = client_builder.without_pace();
        }
        Ok(InMemoryHemera {
            state,
            base_url,
            client: client_builder.clone().build()?,
            client_builder,
            _listening: listening,
        })
    }

    fn into_state(self) -> Result<HemeraState, WorldError> {
        let state = HemeraState {
            world: World::showing(self.identity).into(),
            credentials: Credentials::new(self.token_lifetime),
            limiter: Limiter::new(self.limits),
            faults: Faults::default(),
            journal: Journal::default(),
            usage: UsageTally::default(),
            clock: self.clock,
            sleep: self.sleep,
        };
        let now = state.now();
        let mut world = state.world.lock();
        for course in self.courses {
            world.put_course(course, now);
        }
        for booking in self.bookings {
            world.put_booking(booking, now)?;
        }
        for participation in self.participations {
            world.put_participation(participation, now)?;
        }
        drop(world);
        Ok(state)
    }
}
