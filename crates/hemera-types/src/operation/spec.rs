//! What a row of the table says.

use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderName, Method};
use permissions::{Permission, Role};

use crate::{ErrorCode, bounds};

/// The facts of one operation. They are stated in its row and nowhere else.
#[derive(Debug)]
pub struct OperationSpec {
    /// The method. Where it is `GET`, `HEAD` is answered too.
    pub method: Method,
    /// The path, with `{id}` where the id of the resource stands.
    pub path: &'static str,
    /// What the caller's role must grant: all of these.
    pub permissions: &'static [Permission],
    /// Whether sending a request twice does the same as sending it once, so that a client may repeat one whose
    /// answer got lost.
    pub is_idempotent: bool,
    /// Whether it is worth keeping an answer to have it confirmed by its entity tag: not where every request
    /// changes the answer.
    pub is_cacheable: bool,
    /// The most bytes of a request's JSON body; `None` where a request carries none.
    pub body_bytes: Option<usize>,
    /// The condition that a request may set; `None` where there is none.
    pub condition: Option<Condition>,
    /// The group that documents list it in.
    pub group: Group,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// What a caller must know of it besides, in Markdown.
    pub description: &'static str,
    /// What a success carries, in a few words.
    pub success: &'static str,
}

/// A condition on the entity tag of the resource (RFC 9110, section 13.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Of reads: a caller that has the current answer gets 304 without a body.
    IfNoneMatch,
    /// Of writes: a resource that has changed since it was read is not written, and the answer is 412.
    IfMatch,
}

/// A group of operations, as documents show them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: &'static str,
    /// What its operations are about.
    pub description: &'static str,
}

impl OperationSpec {
    /// Whether callers of this role may use it: the role may use the service API, and it grants every permission that
    /// the operation needs.
    pub fn admits(&self, role: Role) -> bool {
        role.may_use_service_api() && role.grants().contains_all(self.permissions)
    }

    /// Whether the path names one resource by its id.
    pub fn has_id(&self) -> bool {
        self.path.contains("{id}")
    }

    /// Whether a request carries a JSON body.
    pub const fn has_body(&self) -> bool {
        self.body_bytes.is_some()
    }

    /// The message to a request whose body is over its limit.
    pub const fn body_too_large(&self) -> &'static str {
        match self.body_bytes {
            Some(bounds::RESULTS_BODY_BYTES) => {
                "The body is too large: send at most 1 MiB, in several requests if need be"
            }
            _ => ErrorCode::PayloadTooLarge.default_message(),
        }
    }

    /// Stops the build where the facts of a row contradict each other, or where a method is none that servers route
    /// and OpenAPI documents describe.
    pub(super) const fn check(&self) {
        let is_get = matches!(self.method, Method::GET);
        let is_write = matches!(
            self.method,
            Method::PUT | Method::POST | Method::PATCH | Method::DELETE
        );
        assert!(
            is_get || is_write,
            "an operation is GET, PUT, POST, PATCH or DELETE"
        );
        assert!(
            is_get == matches!(self.condition, Some(Condition::IfNoneMatch)),
            "a GET, and no other method, takes If-None-Match"
        );
        assert!(!is_get || self.is_idempotent, "a GET is idempotent");
        assert!(!is_get || !self.has_body(), "a GET has no body");
        assert!(is_get || !self.is_cacheable, "only the answer to a GET is cached");
    }
}

impl Condition {
    /// The header that carries it.
    pub const fn header(self) -> HeaderName {
        match self {
            Self::IfNoneMatch => IF_NONE_MATCH,
            Self::IfMatch => IF_MATCH,
        }
    }
}
