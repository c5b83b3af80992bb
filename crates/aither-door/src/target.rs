//! What a request wants: an operation of Hemera's service API, derived from the contract's table, or the door's own health and
//! figures.

use aither_client::hemera_types::{CourseId, Named as _, Operation, Role};
use http::Method;

use crate::refusal::Refusal;

/// What a request wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// An operation, with the id of its resource where it has one.
    Operation(Operation, Option<String>),
    /// Whether the process runs.
    Live,
    /// Whether it can do its work.
    Ready,
    /// Its figures.
    Metrics,
}

/// Why a request has no target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoTarget {
    pub(crate) refusal: Refusal,
    /// The methods that the path has, as `Allow` lists them.
    pub(crate) allow: Option<String>,
}

impl From<Refusal> for NoTarget {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, allow: None }
    }
}

impl Target {
    /// Whether it may be asked without the key: health says one word of the door and nothing of Hemera.
    pub(crate) const fn is_open(&self) -> bool {
        matches!(self, Self::Live | Self::Ready)
    }

    /// Finds it by method and path.
    pub(crate) fn find(method: &Method, path: &str) -> Result<Self, NoTarget> {
        let own = match path {
            "/livez" => Some(Self::Live),
            "/readyz" => Some(Self::Ready),
            "/metrics" => Some(Self::Metrics),
            _ => None,
        };
        if let Some(own) = own {
            return if is_read(method) {
                Ok(own)
            } else {
                Err(no_method(&[&Method::GET]))
            };
        }
        let of_path: Vec<(Operation, Option<&str>)> = Operation::ALL
            .iter()
            .filter_map(|operation| Some((*operation, id_in(operation.spec().path, path)?)))
            .collect();
        let of_method = of_path.iter().find(|(operation, _)| {
            let wanted = &operation.spec().method;
            wanted == method || (wanted == Method::GET && method == Method::HEAD)
        });
        match of_method {
            Some((operation, id)) => passed_on(*operation, *id),
            None if of_path.is_empty() => Err(Refusal::UnknownPath.into()),
            None => {
                let methods: Vec<&Method> = of_path.iter().map(|(found, _)| &found.spec().method).collect();
                Err(no_method(&methods))
            }
        }
    }
}

/// An operation passes only if the role of the service user may use it, whatever the credential of this host's client may: so
/// the door never lends a program more than that.
fn passed_on(operation: Operation, id: Option<&str>) -> Result<Target, NoTarget> {
    if !operation.spec().admits(Role::ApiClient) {
        return Err(Refusal::NotForServices.into());
    }
    // All ids have the same form.
    match id.map(CourseId::parse).transpose() {
        Ok(id) => Ok(Target::Operation(operation, id.map(String::from))),
        Err(_) => Err(Refusal::InvalidId.into()),
    }
}

/// Whether a path is one of a template. Inside, the text that stands for `{id}`, if the template has one.
#[expect(
    clippy::option_option,
    reason = "no match, a match without an id, a match with one"
)]
fn id_in<'a>(template: &str, path: &'a str) -> Option<Option<&'a str>> {
    let Some((before, after)) = template.split_once("{id}") else {
        return (template == path).then_some(None);
    };
    let id = path.strip_prefix(before)?.strip_suffix(after)?;
    (!id.is_empty() && !id.contains('/')).then_some(Some(id))
}

fn is_read(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

fn no_method(methods: &[&Method]) -> NoTarget {
    let mut allow: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
    if methods.contains(&&Method::GET) {
        allow.push(Method::HEAD.as_str());
    }
    NoTarget {
        refusal: Refusal::UnknownMethod,
        allow: Some(allow.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(method: &Method, path: &str) -> Result<Target, Refusal> {
        Target::find(method, path).map_err(|none| none.refusal)
    }

    #[test]
    fn every_operation_that_the_service_user_may_use_is_found_by_its_row_and_no_other() {
        for &operation in Operation::ALL {
            let spec = operation.spec();
            let id = spec.has_id().then_some("some_id");
            let expected = if spec.admits(Role::ApiClient) {
                Ok(Target::Operation(operation, id.map(str::to_owned)))
            } else {
                Err(Refusal::NotForServices)
            };
            assert_eq!(find(&spec.method, &operation.path(id)), expected, "{operation}");
            if spec.method == Method::GET {
                assert_eq!(find(&Method::HEAD, &operation.path(id)), expected, "{operation}");
            }
        }
        assert_eq!(
            find(&Method::GET, "/api/service/usage"),
            Err(Refusal::NotForServices)
        );
    }

    #[test]
    fn other_paths_are_unknown() {
        for path in [
            "/",
            "/api/service",
            "/api/service/",
            "/api/service/courses/",
            "//api/service/courses",
            "/api/service/courses/a/b",
            "/api/service/courses//materials",
            "/api/service/courses/a/materials/",
            "/api/service/../service/courses/a/b",
            "/API/service/courses",
            "/openapi.json",
            "/docs",
            "/metrics/",
            "/readyz/x",
        ] {
            assert_eq!(find(&Method::GET, path), Err(Refusal::UnknownPath), "{path}");
        }
    }

    #[test]
    fn ids_out_of_the_contract_are_refused() {
        for id in [
            "..",
            ".",
            "a.b",
            "%2e%2e",
            "a%2Fb",
            "a;b",
            "a b",
            "ä",
            "a?b",
            &"a".repeat(65),
        ] {
            let path = format!("/api/service/courses/{id}");
            assert_eq!(find(&Method::GET, &path), Err(Refusal::InvalidId), "{id}");
        }
    }

    #[test]
    fn other_methods_are_refused_with_those_that_there_are() {
        for method in [
            Method::OPTIONS,
            Method::POST,
            Method::DELETE,
            Method::TRACE,
            Method::CONNECT,
        ] {
            let none = Target::find(&method, "/api/service/courses").unwrap_err();
            assert_eq!(none.refusal, Refusal::UnknownMethod, "{method}");
            assert_eq!(none.allow.as_deref(), Some("GET, HEAD"), "{method}");
        }
        let none = Target::find(&Method::HEAD, "/api/service/participations/a/result").unwrap_err();
        assert_eq!(none.allow.as_deref(), Some("PUT"));
        let none = Target::find(&Method::POST, "/metrics").unwrap_err();
        assert_eq!(none.allow.as_deref(), Some("GET, HEAD"));
    }
}
