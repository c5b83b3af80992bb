//! What is answered where there is no route, or none for the method.

use hemera_types::ErrorCode;

use crate::error::ApiError;

/// No such route.
pub(crate) async fn not_found() -> ApiError {
    ApiError::not_found("No such route: see the API's documentation for its paths")
}

/// The route is there, but not for this method. The framework adds `Allow`.
pub(crate) async fn method_not_allowed() -> ApiError {
    ApiError::new(ErrorCode::MethodNotAllowed)
}
