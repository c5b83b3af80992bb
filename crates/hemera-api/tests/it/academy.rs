//! A small academy that the tests of the operations share, instead of the demo data.

use crate::support::{Answer, Resources, Sender, TestApp};

/// Three published courses, one that is not, and everything that can be missing once.
pub(crate) const ACADEMY: &str = include_str!("academy.sql");

/// Some of what is in it.
pub(crate) const RESOURCES: Resources = Resources {
    course: "course_wandel",
    participation: "part_anna",
};

/// What an academy without anything is made of.
pub(crate) const NOTHING: &str =
    "truncate users, courses, bookings, course_participations, curriculum_topics,
    curriculum_materials, curriculum_topic_materials";

/// Limits that are out of the way.
const SETTINGS: [(&str, &str); 4] = [
    ("HEMERA_LIMITS__API_CLIENT_RATE", "1000"),
    ("HEMERA_LIMITS__API_CLIENT_BURST", "1000"),
    ("HEMERA_LIMITS__FAILED_AUTH_RATE", "1000"),
    ("HEMERA_LIMITS__FAILED_AUTH_BURST", "1000"),
];

/// A server with the small academy.
pub(crate) async fn academy() -> TestApp {
    academy_with(&[]).await
}

/// The same with these settings.
pub(crate) async fn academy_with(settings: &[(&str, &str)]) -> TestApp {
    let app = empty_academy_with(settings).await;
    app.database.run(ACADEMY).await;
    app
}

/// A server with neither courses nor people.
pub(crate) async fn empty_academy() -> TestApp {
    empty_academy_with(&[]).await
}

async fn empty_academy_with(settings: &[(&str, &str)]) -> TestApp {
    let settings = [&SETTINGS, settings].concat();
    let app = TestApp::start_with(&settings).await;
    app.database.run(NOTHING).await;
    app
}

impl Sender {
    /// Writes a body as it is, and calls it JSON.
    pub(crate) async fn write(&self, path: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.with("content-type", "application/json")
            .put_raw(path, body.into())
            .await
    }
}
