//! The scenarios. To add one, write it and put its name into [`each_scenario`](crate::each_scenario).

mod courses;
mod credentials;
mod limits;
mod many_results;
mod reads;
mod requests;
mod world_changes;
mod writes;

pub(crate) use self::courses::{
    courses_with_participants, lists_of_courses, materials_of_courses, pages_of_courses, parameters_of_lists,
};
pub(crate) use self::credentials::{credentials, expired_tokens, roles};
pub(crate) use self::limits::{limit_of_a_caller, limit_of_an_admin, limit_of_failed_credentials};
pub(crate) use self::many_results::{
    faults_of_many_results, limit_of_many_results, many_results, sizes_of_many_results,
};
pub(crate) use self::reads::{compressed_answers, conditions_of_reads, heads, participations, usage};
pub(crate) use self::requests::{
    heads_of_requests, ids_in_paths, media_types, order_of_checks, overload, request_ids, routes_and_methods,
};
pub(crate) use self::world_changes::{changes_of_the_world, pseudonymous_participants};
pub(crate) use self::writes::{conditions_of_writes, faults_of_bodies, results, sizes_of_bodies};

use crate::under_test::Who;

/// Everyone who can call.
const EVERYONE: [Who; 6] = [
    Who::Anonymous,
    Who::Service,
    Who::ServiceKey,
    Who::Admin,
    Who::Moderator,
    Who::User,
];
