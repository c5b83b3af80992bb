//! The table: operation or public route, handler; nothing else.

use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, get, on};
use hemera_types::{Named as _, Operation};

use crate::academy::{courses, participations, usage};
use crate::config::CorsConfig;
use crate::http::health;
use crate::http::order::{Guard, check};
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
            Operation::UpdateParticipationResults => {
                table.operation(operation, participations::update_results)
            }
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

/// The routes that were put in so far.
#[derive(Debug)]
pub(crate) struct Table {
    router: Router<AppState>,
    state: AppState,
}

impl Table {
    pub(crate) fn new(state: AppState) -> Self {
        Self {
            router: Router::new(),
            state,
        }
    }

    /// Puts an operation of the contract in, behind the order of checks: there is no way to put one in without.
    pub(crate) fn operation<H, T>(mut self, operation: Operation, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        let spec = operation.spec();
        #[expect(
            clippy::expect_used,
            reason = "a row whose method is none that axum routes does not compile"
        )]
        let method = MethodFilter::try_from(spec.method.clone()).expect("a method that axum routes");
        let guard = Guard {
            state: self.state.clone(),
            operation,
        };
        // `route_layer`: a method that the route does not have is a 405 without a credential being asked for. A panic
        // of the handler is caught further in than the checks, so that it is recorded like any other answer.
        let route: MethodRouter<AppState> = on(method, handler)
            .route_layer(layers::catch_panics())
            .route_layer(from_fn_with_state(guard, check));
        self.router = self.router.route(spec.path, route);
        self
    }

    /// Puts a public route for reading in.
    pub(crate) fn public<H, T>(mut self, route: PublicRoute, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.router = self.router.route(route.path(), get(handler));
        self
    }

    pub(crate) fn into_router(self) -> Router<AppState> {
        self.router
    }
}
