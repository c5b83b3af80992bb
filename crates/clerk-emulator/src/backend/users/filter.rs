//! The filters that lists and counts of users share.

use crate::clock::Stamp;
use crate::refusal::Refusal;
use crate::wire::query::Query;
use crate::world::user_query::{Span, TimeOf, UserQuery};

/// The most values of one filter.
const MAX_VALUES: usize = 100;

/// Filters that Clerk has and this emulator does not do.
const NOT_EMULATED: [&str; 4] = ["web3_wallet", "organization_id", "provider", "provider_user_id"];

/// The times by which users can be filtered; `true` for "before".
const SPANS: [(&str, TimeOf, bool); 7] = [
    ("created_at_before", TimeOf::Created, true),
    ("created_at_after", TimeOf::Created, false),
    ("last_active_at_before", TimeOf::LastActive, true),
    ("last_active_at_after", TimeOf::LastActive, false),
    ("last_active_at_since", TimeOf::LastActive, false),
    ("last_sign_in_at_before", TimeOf::LastSignIn, true),
    ("last_sign_in_at_after", TimeOf::LastSignIn, false),
];

/// Reads the filters of a query string.
pub(super) fn read(query: &Query) -> Result<UserQuery, Refusal> {
    if let Some(name) = NOT_EMULATED.iter().find(|name| query.get(name).is_some()) {
        return Err(Refusal::not_emulated(&format!("the filter {name}")));
    }
    let mut spans = Vec::new();
    for (name, of, before) in SPANS {
        if let Some(millis) = query.integer(name)? {
            spans.push(Span {
                of,
                before,
                at: Stamp::from_millis(millis),
            });
        }
    }
    let text = |name: &str| query.get(name).map(str::to_owned);
    Ok(UserQuery {
        email_address: values(query, "email_address")?,
        phone_number: values(query, "phone_number")?,
        username: values(query, "username")?,
        external_id: values(query, "external_id")?,
        user_id: values(query, "user_id")?,
        query: text("query"),
        email_address_query: text("email_address_query"),
        phone_number_query: text("phone_number_query"),
        username_query: text("username_query"),
        name_query: text("name_query"),
        banned: query.flag("banned")?,
        spans,
    })
}

fn values(query: &Query, name: &str) -> Result<Vec<String>, Refusal> {
    let values: Vec<String> = query.all(name).map(str::to_owned).collect();
    if values.len() > MAX_VALUES {
        return Err(Refusal::param_value(name, "takes at most 100 values"));
    }
    Ok(values)
}
