//! The routes that everyone may use: without a credential, outside every limit, and without an audit record.

/// A route for reading, open to everyone. Operations of the contract are [`hemera_types::Operation`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicRoute {
    /// Is the process running?
    Live,
    /// Is the server ready?
    Ready,
    /// What the API promises, as an OpenAPI document.
    Document,
    /// The same as a page for people, where operations can be tried.
    Page,
    /// The page's own script.
    PageScript,
    /// The page's style sheet.
    PageStyle,
    /// The script that renders it: Scalar's API reference.
    PageReference,
}

impl PublicRoute {
    /// Every public route.
    pub const ALL: [Self; 7] = [
        Self::Live,
        Self::Ready,
        Self::Document,
        Self::Page,
        Self::PageScript,
        Self::PageStyle,
        Self::PageReference,
    ];

    /// Its name, as the OpenAPI document calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "health.live",
            Self::Ready => "health.ready",
            Self::Document => "openapi.get",
            Self::Page => "docs.page",
            Self::PageScript => "docs.script",
            Self::PageStyle => "docs.style",
            Self::PageReference => "docs.reference",
        }
    }

    /// Its path.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Live => "/livez",
            Self::Ready => "/readyz",
            Self::Document => "/openapi.json",
            Self::Page => "/docs",
            Self::PageScript => "/docs/page.js",
            Self::PageStyle => "/docs/page.css",
            Self::PageReference => "/docs/scalar.js",
        }
    }

    /// Whether it documents the API: operators can switch these off, all together.
    pub const fn is_documentation(self) -> bool {
        !matches!(self, Self::Live | Self::Ready)
    }
}
