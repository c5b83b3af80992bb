//! What a caller got.

use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::Value;

/// Status, headers and JSON body.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn read(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self {
            status,
            headers,
            body,
        }
    }

    /// The body of an answer with 200, in the one media type that Clerk's JavaScript SDK reads as JSON.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        assert_eq!(self.header(CONTENT_TYPE.as_str()), "application/json");
        self.body
    }

    /// Checks that it is this refusal, in Clerk's shape, and gives the one error in it.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.header(CONTENT_TYPE.as_str()), "application/json");
        let trace_id = self.body["clerk_trace_id"].as_str().unwrap();
        assert_eq!(trace_id.len(), 16, "{trace_id}");
        assert_eq!(self.header("clerk-trace-id"), trace_id);
        let errors = self.body["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0]["code"], code, "{errors:?}");
        assert!(
            errors[0]["message"].is_string() && errors[0]["long_message"].is_string(),
            "{errors:?}"
        );
        errors[0].clone()
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .unwrap_or_else(|| panic!("no header {name}: {:?}", self.headers))
            .to_str()
            .unwrap()
    }

    /// The proof that a native app gets.
    #[track_caller]
    pub(crate) fn client_token(&self) -> String {
        self.header("authorization").to_owned()
    }

    /// The proof that a browser gets, as it sends it back.
    #[track_caller]
    pub(crate) fn client_cookie(&self) -> String {
        let lines = self
            .headers
            .get_all("set-cookie")
            .iter()
            .map(|line| line.to_str().unwrap());
        let line = lines.into_iter().find(|line| line.starts_with("__client="));
        let line = line.unwrap_or_else(|| panic!("no __client: {:?}", self.headers));
        line.split(';').next().unwrap().to_owned()
    }
}
