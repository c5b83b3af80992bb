//! What Hemera's service API does, as tests that run on every Hemera: the server, and the one in memory.
//!
//! A scenario is a script of requests to a Hemera with the [`world`] of this crate. It writes down every request with its
//! response (status, every header but `Date`, and the bytes of the body), and compares that with the file of its name
//! in `expected/`. So the two cannot differ in anything that a client sees, and a change of the server shows here first.
//!
//! Not compared is what no two runs have in common: ids that a server draws, and times by the clock of its database. They
//! are checked for their form and blanked. The clock of limits, tokens and `meta.timestamp` is the test's own, so
//! those are compared to the digit.
//!
//! To run the scenarios on a Hemera, implement [`HemeraUnderTest`] and make a test of each, with the test attribute of your
//! runtime and your type in place of `Mine`:
//!
//! ```
//! use service_behaviour::HemeraUnderTest;
//!
//! macro_rules! tests {
//!     ($($scenario:ident,)*) => { $(
//!         async fn $scenario<Mine: HemeraUnderTest>() {
//!             service_behaviour::$scenario::<Mine>().await;
//!         }
//!     )* };
//! }
//! service_behaviour::each_scenario!(tests);
//! ```
//!
//! After a change of the contract, the server's own tests write the files with `UPDATE_EXPECTED_BEHAVIOUR=1`; those of
//! others never do.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod connection;
mod expected;
mod paths;
mod scenario;
mod session;
mod transcript;
mod under_test;
pub mod world;

pub use under_test::{Change, HemeraUnderTest, Limits, Settings, Who};

/// Calls a macro with the names of all scenarios, each followed by a comma. Each is a function of this crate.
#[macro_export]
macro_rules! each_scenario {
    ($callback:ident) => {
        $callback! {
            lists_of_courses,
            pages_of_courses,
            parameters_of_lists,
            courses_with_participants,
            materials_of_courses,
            participations,
            results,
            conditions_of_writes,
            faults_of_bodies,
            sizes_of_bodies,
            many_results,
            faults_of_many_results,
            sizes_of_many_results,
            media_types,
            ids_in_paths,
            routes_and_methods,
            heads,
            conditions_of_reads,
            credentials,
            expired_tokens,
            roles,
            order_of_checks,
            overload,
            request_ids,
            heads_of_requests,
            compressed_answers,
            limit_of_a_caller,
            limit_of_an_admin,
            limit_of_failed_credentials,
            limit_of_many_results,
            usage,
            changes_of_the_world,
            pseudonymous_participants,
        }
    };
}

macro_rules! functions {
    ($($scenario:ident,)*) => { $(
        #[doc = concat!("The scenario `", stringify!($scenario), "`; panics where this Hemera differs from what is expected.")]
        pub async fn $scenario<H: HemeraUnderTest>() {
            let transcript = scenario::$scenario::<H>().await;
            expected::compare::<H>(stringify!($scenario), &transcript);
        }
    )* };
}

each_scenario!(functions);
