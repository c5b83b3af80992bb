//! `/m2m_tokens`

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod revoke;
pub(crate) mod verify;

use crate::refusal::Refusal;

/// This family knows no 422: what is wrong with a parameter is a 400 `bad_request`.
fn as_documented(refusal: Refusal) -> Refusal {
    if refusal.status == 422 {
        Refusal::bad_request(refusal.long_message)
    } else {
        refusal
    }
}
