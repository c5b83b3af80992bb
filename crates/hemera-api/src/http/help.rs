//! Where an error is explained: the header `Link` with `rel="help"` on every error, if operators have said where the
//! documentation is.

use axum::response::Response;
use hemera_types::{ErrorCode, Named as _};
use http::HeaderValue;
use http::header::LINK;
use url::Url;

use crate::wire::error::ApiError;

/// The value of the header for each error code; none without a documentation address.
#[derive(Clone, Debug, Default)]
pub(crate) struct HelpLinks(Vec<(ErrorCode, HeaderValue)>);

impl HelpLinks {
    /// The codes are anchors of the page, in lower case, as `docs/api.md` has them for its headings.
    pub(crate) fn to(page: Option<&Url>) -> Self {
        let Some(page) = page else {
            return Self::default();
        };
        let links = ErrorCode::ALL.iter().filter_map(|code| {
            let mut page = page.clone();
            page.set_fragment(Some(&code.name().to_ascii_lowercase()));
            // A URL is ASCII and has no control characters, quotes or angle brackets.
            let link = HeaderValue::try_from(format!("<{page}>; rel=\"help\"")).ok()?;
            Some((*code, link))
        });
        Self(links.collect())
    }

    /// Puts the header on an error.
    pub(crate) fn put(&self, response: &mut Response) {
        let Some(code) = response.extensions().get().map(ApiError::code) else {
            return;
        };
        if let Some((_, link)) = self.0.iter().find(|(explained, _)| *explained == code) {
            response.headers_mut().insert(LINK, link.clone());
        }
    }
}
