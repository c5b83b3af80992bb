//! The table: operation or public route, handler; nothing else.

use axum::Router;
use hemera_types::{Named as _, Operation};

use crate::academy::{courses, participations, usage};
use crate::config::CorsConfig;
use crate::http::access::Table;
use crate::http::health;
use crate::http::public::PublicRoute;
use crate::http::state::AppState;
use crate::http::{docs, fallback, layers};

/// The routes of the server with all their layers.
pub(crate) fn router(state: &AppState, cors: &CorsConfig) -> Router {
    let operations = Operation::ALL
        .iter()
        .copied()
        .fold(Table::new(state.clone()), |table, operation| match operation {
            Operation::ListCourses => table.operation(operation, courses::list),
            Operation::GetCourse => table.operation(operation, courses::get),
            Operation::GetCourseMaterials => table.operation(operation, courses::materials),
            Operation::GetParticipation => table.operation(operation, participations::get),
            Operation::UpdateParticipationResult => table.operation(operation, participations::update_result),
            Operation::GetUsage => table.operation(operation, usage::get),
        });
    let routes = PublicRoute::ALL
        .into_iter()
        .filter(|route| state.settings.docs || !route.is_documentation())
        .fold(operations, |table, route| match route {
            PublicRoute::Live => table.public(route, health::live),
            PublicRoute::Ready => table.public(route, health::ready),
            PublicRoute::Document => table.public(route, docs::document),
            PublicRoute::Page => table.public(route, docs::page),
            PublicRoute::PageScript => table.public(route, docs::script),
            PublicRoute::PageStyle => table.public(route, docs::style),
            PublicRoute::PageReference => table.public(route, docs::reference),
        })
        .into_router()
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .fallback(fallback::not_found);
    layers::around(routes, state, cors).with_state(state.clone())
}
