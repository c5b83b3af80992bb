//! From a caller that is not proven to what that caller may know of it.

use hemera_types::ErrorCode;

use super::{ApiError, Reason};
use crate::auth::AuthError;

impl From<AuthError> for ApiError {
    /// One identical 401 whatever is wrong with the credential; 503 where that cannot be decided now.
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Unauthorized {
                refusal,
                token_was_sent,
            } => {
                let mut error = Self::new(ErrorCode::Unauthorized).with_reason(Reason::Credential(refusal));
                error.0.token_was_sent = token_was_sent;
                error
            }
            AuthError::Unavailable {
                obstacle,
                retry_in,
                source,
            } => {
                let error = Self::unavailable(Reason::CredentialNotChecked(obstacle), retry_in);
                match source {
                    Some(source) => error.with_cause(source),
                    None => error,
                }
            }
        }
    }
}
