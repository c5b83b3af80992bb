//! The routes that everyone may use: without a credential, outside every limit, and without an audit record.

/// A route for reading, open to everyone. Operations of the contract are [`hemera_types::Operation`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicRoute {
    /// Does the process live?
    Live,
    /// Can it serve?
    Ready,
    /// What the API promises, as an OpenAPI document.
    Document,
}

impl PublicRoute {
    /// Every public route.
    pub const ALL: [Self; 3] = [Self::Live, Self::Ready, Self::Document];

    /// Its name, as the OpenAPI document calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "health.live",
            Self::Ready => "health.ready",
            Self::Document => "openapi.get",
        }
    }

    /// Its path.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Live => "/livez",
            Self::Ready => "/readyz",
            Self::Document => "/openapi.json",
        }
    }
}
