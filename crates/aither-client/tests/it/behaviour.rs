//! The scenarios of the service API on the in-memory Hemera. The server's tests run the same ones.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use aither_client::SecretString;
use aither_client::hemera_types::{
    BookingId, CourseLevel, Material, Named as _, ParticipationStatus, Role, Timestamp, Topic,
};
use aither_client::testing::{
    BookingSeed, CourseSeed, Fault, InMemoryHemera, InMemoryHemeraBuilder, ParticipationSeed, RateLimits,
};
use freshness::ManualClock;
use service_behaviour::{Change, HemeraUnderTest, Settings, Who, world};

macro_rules! tests {
    ($($scenario:ident,)*) => { $(
        #[tokio::test]
        async fn $scenario() {
            service_behaviour::$scenario::<InMemory>().await;
        }
    )* };
}
service_behaviour::each_scenario!(tests);

struct InMemory {
    hemera: InMemoryHemera,
    clock: ManualClock,
    tokens: Vec<(Who, String)>,
}

const ROLES: [(Who, Role); 4] = [
    (Who::Service, Role::ApiClient),
    (Who::Admin, Role::Admin),
    (Who::Moderator, Role::Moderator),
    (Who::User, Role::User),
];

impl HemeraUnderTest for InMemory {
    const IS_THE_SERVER: bool = false;

    async fn start(settings: &Settings) -> Self {
        let begin = SystemTime::UNIX_EPOCH + Duration::from_secs(world::BEGIN);
        let clock = ManualClock::at(begin);
        let limits = RateLimits::default()
            .with_window(settings.window)
            .with_api_client(settings.api_client.rate, settings.api_client.burst)
            .with_admin(settings.admin.rate, settings.admin.burst)
            .with_failed_authentications(
                settings.failed_authentications.rate,
                settings.failed_authentications.burst,
            );
        let mut builder = InMemoryHemera::builder()
            .with_clock(clock.clone())
            .with_limits(limits);
        if let Some(key) = settings.pseudonym_key {
            builder = builder.with_pseudonymous_participants(&SecretString::from(key));
        }
        let hemera = seeded(builder).start().await.unwrap();
        let mut tokens = Vec::new();
        for (who, role) in ROLES {
            tokens.push((who, format!("Bearer {}", hemera.bearer_token(role))));
        }
        Self {
            hemera,
            clock,
            tokens,
        }
    }

    fn address(&self) -> SocketAddr {
        let origin = self.hemera.base_url().to_string();
        let address = origin.strip_prefix("http://").unwrap();
        address.trim_end_matches('/').parse().unwrap()
    }

    fn credential(&self, who: Who) -> Option<(&'static str, String)> {
        match who {
            Who::Anonymous => None,
            Who::ServiceKey => Some(("x-api-key", self.hemera.service_key().to_owned())),
            who => {
                let token = self.tokens.iter().find(|(of, _)| *of == who);
                token.map(|(_, token)| ("authorization", token.clone()))
            }
        }
    }

    fn subject(&self, who: Who) -> String {
        if who == Who::ServiceKey {
            return InMemoryHemera::SERVICE_KEY_SUBJECT.to_owned();
        }
        let role = ROLES.iter().find(|(of, _)| *of == who);
        role.map_or_else(String::new, |(_, role)| self.hemera.tokens(*role).subject())
    }

    fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    async fn change(&self, change: Change) {
        match change {
            Change::Rename { user, name } => {
                let user = user.parse().unwrap();
                self.hemera.rename_participant(&user, name).unwrap();
            }
            Change::CancelBooking(id) => assert!(self.hemera.remove_booking(&id.parse().unwrap())),
            Change::Touch(id) => self.hemera.touch_participation(&id.parse().unwrap()).unwrap(),
            Change::ClearMaterials(course) => {
                self.hemera.set_materials(&course.parse().unwrap(), []).unwrap();
            }
            Change::DeleteCourse(id) => assert!(self.hemera.remove_course(&id.parse().unwrap())),
        }
    }

    async fn fill(&self) {
        let retry_after = Duration::from_secs(1);
        self.hemera.fail_next(Fault::Unavailable { retry_after });
    }

    async fn free(&self) {
        self.hemera.clear_faults();
    }

    async fn counted(&self, _: usize) {}

    async fn finish(self) {}
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// With the world of the scenarios.
fn seeded(builder: InMemoryHemeraBuilder) -> InMemoryHemeraBuilder {
    let booked: Vec<_> = world::PARTICIPATIONS
        .iter()
        .map(|participation| participation.booking)
        .collect();
    let alone = world::BOOKINGS
        .iter()
        .filter(|booking| !booked.contains(&booking.id));
    alone
        .fold(builder, |builder, seed| builder.with_booking(booking(seed.id)))
        .with_courses(world::COURSES.iter().map(course))
        .with_participations(world::PARTICIPATIONS.iter().map(participation))
}

fn course(course: &world::Course) -> CourseSeed {
    let mut topics: Vec<_> = world::TOPICS
        .iter()
        .filter(|topic| topic.course == course.id)
        .collect();
    topics.sort_by_key(|topic| topic.position);
    let mut seed = CourseSeed::new(course.id.parse().unwrap(), course.title)
        .with_level(CourseLevel::parse(course.level).unwrap())
        .with_materials(topics.into_iter().map(topic))
        .updated_at(time(course.updated_at));
    if let Some(start) = course.start_date {
        seed = seed.starting(time(start));
    }
    if let Some(end) = course.end_date {
        seed = seed.ending(time(end));
    }
    if course.published {
        seed
    } else {
        seed.unpublished()
    }
}

fn topic(topic: &world::Topic) -> Topic {
    let own = topic.materials.iter().map(|own| material(own, own.sort_order));
    let shared = world::SHARED_MATERIALS
        .iter()
        .filter(|(_, under, _)| *under == topic.id);
    let shared = shared.map(|(id, _, place)| {
        let all = world::TOPICS.iter().flat_map(|topic| topic.materials);
        material(
            all.into_iter().find(|material| material.id == *id).unwrap(),
            *place,
        )
    });
    Topic {
        topic_id: topic.id.parse().unwrap(),
        topic_title: topic.title.to_owned(),
        materials: own.chain(shared).collect(),
    }
}

fn material(material: &world::Material, sort_order: i32) -> Material {
    Material {
        material_id: material.id.parse().unwrap(),
        identifier: material.id.to_owned(),
        title: material.title.to_owned(),
        sort_order,
        html_content: material.html.map(|(text, times)| text.repeat(times)),
    }
}

fn booking(id: &str) -> BookingSeed {
    let booking = world::BOOKINGS.iter().find(|booking| booking.id == id).unwrap();
    let user = world::USERS.iter().find(|user| user.id == booking.user).unwrap();
    let seed = BookingSeed::new(
        BookingId::parse(booking.id).unwrap(),
        booking.course.parse().unwrap(),
        booking.user.parse().unwrap(),
    );
    let mut seed = seed
        .booked_at(time(booking.created_at))
        .updated_at(time(booking.updated_at));
    if let Some(name) = user.name {
        seed = seed.with_name(name);
    }
    if let Some(url) = user.image_url {
        seed = seed.with_image_url(url);
    }
    seed
}

fn participation(participation: &world::Participation) -> ParticipationSeed {
    let id = participation.id.parse().unwrap();
    let mut seed = ParticipationSeed::of_booking(id, booking(participation.booking))
        .with_status(ParticipationStatus::parse(participation.status).unwrap())
        .created_at(time(participation.created_at))
        .updated_at(time(participation.updated_at));
    if let [Some(intent), Some(results), Some(manager)] = participation.preparation {
        seed = seed
            .with_preparation_intent(intent)
            .with_desired_results(results)
            .with_line_manager_profile(manager);
    }
    if let [Some(outcome), Some(notes)] = participation.result {
        seed = seed.with_outcome(outcome).with_notes(notes);
    }
    if let Some(at) = participation.prepared_at {
        seed = seed.prepared_at(time(at));
    }
    if let Some(at) = participation.completed_at {
        seed = seed.completed_at(time(at));
    }
    seed
}
