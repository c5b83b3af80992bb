//! Who may use a route: declared when it is put into the table, and there is no way to put one in without.

use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, get, on};
use hemera_types::Operation;
use http::Method;
use permissions::{Permission, Role};

use crate::http::layers;
use crate::http::order::{Checkpoint, check};
use crate::http::public::PublicRoute;
use crate::http::state::AppState;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everyone, without a credential, outside every limit.
    Public,
    /// Callers whose role may use the service API and has all of these permissions.
    Needs(&'static [Permission]),
}

impl Access {
    /// What the contract asks of the callers of an operation.
    pub const fn of(operation: Operation) -> Self {
        Self::Needs(operation.needs())
    }

    /// Whether callers of this role are let through.
    pub fn admits(self, role: Role) -> bool {
        match self {
            Self::Public => true,
            Self::Needs(permissions) => role.may_use_service_api() && role.grants().contains_all(permissions),
        }
    }
}

/// The routes of the server.
#[derive(Debug)]
pub(crate) struct Table {
    router: axum::Router<AppState>,
    state: AppState,
}

impl Table {
    pub(crate) fn new(state: AppState) -> Self {
        Self {
            router: axum::Router::new(),
            state,
        }
    }

    /// Puts an operation of the contract in, behind the order of checks.
    pub(crate) fn operation<H, T>(mut self, operation: Operation, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        let checkpoint = Checkpoint {
            state: self.state.clone(),
            operation,
            access: Access::of(operation),
        };
        let method = if operation.method() == Method::PUT {
            MethodFilter::PUT
        } else {
            MethodFilter::GET
        };
        // `route_layer`: a method that the route does not have is a 405 without a credential being asked for. A panic
        // of the handler is caught further in than the checks, so that it is recorded like any other answer.
        let route: MethodRouter<AppState> = on(method, handler)
            .route_layer(layers::catch_panics())
            .route_layer(from_fn_with_state(checkpoint, check));
        self.router = self.router.route(operation.path_template(), route);
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

    pub(crate) fn into_router(self) -> axum::Router<AppState> {
        self.router
    }
}
