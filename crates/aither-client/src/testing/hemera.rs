//! The running in-memory Hemera, as a test holds it.

use std::fmt;
use std::sync::Arc;

use hemera_types::{BookingId, CourseId, Participation, ParticipationId, Role, Topic, UserId};

use super::credentials::KEY_SUBJECT;
use super::fault::FaultPlan;
use super::journal::RecordedRequest;
use super::server::Listening;
use super::state::HemeraState;
use super::tokens::InMemoryTokens;
use super::world::{BookingSeed, CourseSeed, ParticipationSeed, WorldError};
use crate::base_url::BaseUrl;
use crate::builder::HemeraClientBuilder;
use crate::client::HemeraClient;
use crate::version::{Version, Versioned};

/// A Hemera in this process, on a loopback socket. It stops when it is dropped.
///
/// [`builder`](Self::builder) starts one. Changes take effect with the next request. See the [module](super) for an example.
pub struct InMemoryHemera {
    pub(super) state: Arc<HemeraState>,
    pub(super) base_url: BaseUrl,
    pub(super) client: HemeraClient,
    pub(super) client_builder: HemeraClientBuilder,
    pub(super) _listening: Listening,
}

impl InMemoryHemera {
    /// The caller whom the service key proves, as the usage names it.
    pub const SERVICE_KEY_SUBJECT: &str = KEY_SUBJECT;

    /// A client of this Hemera as Aither has one, with the role `api-client`. All clients from here are clones that share
    /// token, pace, circuit and cache; [`client_builder`](Self::client_builder) makes one of its own.
    pub fn client(&self) -> HemeraClient {
        self.client.clone()
    }

    /// A builder for a client of this Hemera, with its tokens, clock and sleep.
    pub fn client_builder(&self) -> HemeraClientBuilder {
        self.client_builder.clone()
    }

    /// Its address, `http://127.0.0.1:…`, for a client in another process or language.
    pub fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// A service key that this Hemera accepts in `X-API-Key`, with the role `api-client`. It does not expire, and no other
    /// Hemera accepts it.
    pub fn service_key(&self) -> &str {
        self.state.credentials.service_key()
    }

    /// Bearer tokens that this Hemera accepts, of a caller in this role. [`client`](Self::client) uses those of `api-client`.
    pub fn tokens(&self, role: Role) -> InMemoryTokens {
        InMemoryTokens::new(Arc::clone(&self.state), role)
    }

    /// A bearer token as text, of a caller in this role, for a client in another process or language.
    pub fn bearer_token(&self, role: Role) -> String {
        self.state.credentials.issue(role, self.state.clock.now()).0
    }

    /// Makes every bearer token invalid that was handed out so far: requests with one are answered 401.
    pub fn revoke_tokens(&self) {
        self.state.credentials.revoke_tokens();
    }

    /// Lets the next request meet a fault: a [`Fault`](super::Fault), or several requests or those of one operation by its
    /// methods `times` and `on`. Faults are met in the order in which they were given, one a request.
    pub fn fail_next(&self, plan: impl Into<FaultPlan>) {
        self.state.faults.add(plan.into());
    }

    /// Takes back all faults that no request has met yet.
    pub fn clear_faults(&self) {
        self.state.faults.clear();
    }

    /// The requests so far, in the order in which they came: every attempt of every client.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.journal.all()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.state.journal.clear();
    }

    /// Adds a course, or changes the one of this id.
    pub fn put_course(&self, course: CourseSeed) {
        let now = self.state.now();
        self.state.world.lock().put_course(course, now);
    }

    /// Removes a course with its bookings and participations. Returns whether it was there.
    pub fn remove_course(&self, id: &CourseId) -> bool {
        self.state.world.lock().remove_course(id)
    }

    /// Adds a booking without a participation, or changes the one of this id.
    ///
    /// # Errors
    /// The course is not there.
    pub fn put_booking(&self, booking: BookingSeed) -> Result<(), WorldError> {
        let now = self.state.now();
        self.state.world.lock().put_booking(booking, now)
    }

    /// Cancels a booking: it goes, and its participation with it. Returns whether it was there.
    pub fn remove_booking(&self, id: &BookingId) -> bool {
        let now = self.state.now();
        self.state.world.lock().remove_booking(id, now)
    }

    /// Adds a participation with its booking, or changes the one of this id, which gets a new version.
    ///
    /// # Errors
    /// The course is not there, or the booking belongs to another participation.
    pub fn put_participation(&self, participation: ParticipationSeed) -> Result<(), WorldError> {
        let now = self.state.now();
        self.state.world.lock().put_participation(participation, now)
    }

    /// Gives a participant another name, or none. As at Hemera, no `updatedAt` moves by it.
    ///
    /// # Errors
    /// No booking is by this user.
    pub fn rename_participant<'a>(
        &self,
        user: &UserId,
        name: impl Into<Option<&'a str>>,
    ) -> Result<(), WorldError> {
        let name = name.into().map(str::to_owned);
        self.state.world.lock().rename(user, name)
    }

    /// Replaces the materials of a course.
    ///
    /// # Errors
    /// The course is not there.
    pub fn set_materials(
        &self,
        course: &CourseId,
        topics: impl IntoIterator<Item = Topic>,
    ) -> Result<(), WorldError> {
        let now = self.state.now();
        let topics = topics.into_iter().collect();
        self.state.world.lock().set_materials(course, topics, now)
    }

    /// Gives a participation a new version, as a write of another caller does.
    ///
    /// # Errors
    /// The participation is not there.
    pub fn touch_participation(&self, id: &ParticipationId) -> Result<(), WorldError> {
        let now = self.state.now();
        self.state.world.lock().touch(id, now)
    }

    /// A participation as it is now, with its version.
    pub fn participation(&self, id: &ParticipationId) -> Option<Versioned<Participation>> {
        let (value, tag) = self.state.world.lock().participation(id)?;
        let version = Version::of(tag);
        Some(Versioned { value, version })
    }
}

impl fmt::Debug for InMemoryHemera {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemoryHemera")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
