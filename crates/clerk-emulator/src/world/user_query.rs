//! Which users a list or a count is about.

use std::cmp::Ordering;

use super::World;
use super::user::User;
use crate::clock::Stamp;
use crate::refusal::Refusal;

/// The filters of `GET /v1/users`. Filters of different kinds must all match; values of one kind, any.
#[derive(Clone, Debug, Default)]
pub(crate) struct UserQuery {
    pub(crate) email_address: Vec<String>,
    pub(crate) phone_number: Vec<String>,
    pub(crate) username: Vec<String>,
    /// With `-` in front: all but these.
    pub(crate) external_id: Vec<String>,
    pub(crate) user_id: Vec<String>,
    pub(crate) query: Option<String>,
    pub(crate) email_address_query: Option<String>,
    pub(crate) phone_number_query: Option<String>,
    pub(crate) username_query: Option<String>,
    pub(crate) name_query: Option<String>,
    pub(crate) banned: Option<bool>,
    pub(crate) spans: Vec<Span>,
}

/// A bound on one of the times of a user, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) of: TimeOf,
    pub(crate) before: bool,
    pub(crate) at: Stamp,
}

/// The times that can be asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TimeOf {
    Created,
    LastActive,
    LastSignIn,
}

impl TimeOf {
    fn of(self, user: &User) -> Option<Stamp> {
        match self {
            Self::Created => Some(user.created_at),
            Self::LastActive => user.last_active_at,
            Self::LastSignIn => user.last_sign_in_at,
        }
    }
}

impl UserQuery {
    fn matches(&self, user: &User) -> bool {
        let email = |test: &dyn Fn(&str) -> bool| user.email_addresses.iter().any(|email| test(&email.value));
        let phone = |test: &dyn Fn(&str) -> bool| user.phone_numbers.iter().any(|phone| test(&phone.value));
        let listed = |wanted: &[String], has: &dyn Fn(&str) -> bool| {
            wanted.is_empty() || wanted.iter().any(|value| has(value))
        };
        listed(&self.email_address, &|value| {
            email(&|own| own.eq_ignore_ascii_case(value))
        }) && listed(&self.phone_number, &|value| phone(&|own| own == value))
            && listed(&self.username, &|value| user.username.as_deref() == Some(value))
            && signed(&self.user_id, Some(&user.id))
            && signed(&self.external_id, user.external_id.as_deref())
            && self.banned.is_none_or(|banned| user.banned == banned)
            && self
                .email_address_query
                .as_deref()
                .is_none_or(|part| email(&|own| contains(own, part)))
            && self
                .phone_number_query
                .as_deref()
                .is_none_or(|part| phone(&|own| contains(own, part)))
            && self
                .username_query
                .as_deref()
                .is_none_or(|part| holds(user.username.as_deref(), part))
            && self
                .name_query
                .as_deref()
                .is_none_or(|part| holds(user.full_name().as_deref(), part))
            && self.query.as_deref().is_none_or(|part| {
                contains(&user.id, part)
                    || email(&|own| contains(own, part))
                    || phone(&|own| contains(own, part))
                    || holds(user.username.as_deref(), part)
                    || holds(user.full_name().as_deref(), part)
            })
            && self.spans.iter().all(|span| {
                span.of
                    .of(user)
                    .is_some_and(|at| if span.before { at < span.at } else { at > span.at })
            })
    }
}

/// The order of a list: a field, and whether it descends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OrderBy {
    field: OrderField,
    descending: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OrderField {
    CreatedAt,
    UpdatedAt,
    EmailAddress,
    Web3Wallet,
    FirstName,
    LastName,
    PhoneNumber,
    Username,
    LastActiveAt,
    LastSignInAt,
}

impl OrderBy {
    /// `created_at`, `+created_at` or `-created_at`; without a sign it ascends.
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let name = text.trim_start_matches(['+', '-', ' ']);
        let field = match name {
            "created_at" => OrderField::CreatedAt,
            "updated_at" => OrderField::UpdatedAt,
            "email_address" => OrderField::EmailAddress,
            "web3wallet" => OrderField::Web3Wallet,
            "first_name" => OrderField::FirstName,
            "last_name" => OrderField::LastName,
            "phone_number" => OrderField::PhoneNumber,
            "username" => OrderField::Username,
            "last_active_at" => OrderField::LastActiveAt,
            "last_sign_in_at" => OrderField::LastSignInAt,
            _ => {
                return Err(Refusal::param_value(
                    "order_by",
                    "names no field that users can be ordered by",
                ));
            }
        };
        Ok(Self {
            field,
            descending: text.starts_with('-'),
        })
    }

    /// Newest first.
    pub(crate) const fn newest_first() -> Self {
        Self {
            field: OrderField::CreatedAt,
            descending: true,
        }
    }

    pub(crate) fn is_by_creation(self) -> bool {
        self.field == OrderField::CreatedAt
    }

    fn compare(self, a: &User, b: &User) -> Ordering {
        let order = match self.field {
            OrderField::CreatedAt => a.created_at.cmp(&b.created_at),
            OrderField::UpdatedAt => a.updated_at.cmp(&b.updated_at),
            OrderField::EmailAddress => a.primary_email_address().cmp(&b.primary_email_address()),
            OrderField::Web3Wallet => first_wallet(a).cmp(&first_wallet(b)),
            OrderField::FirstName => a.first_name.cmp(&b.first_name),
            OrderField::LastName => a.last_name.cmp(&b.last_name),
            OrderField::PhoneNumber => a.primary_phone_number().cmp(&b.primary_phone_number()),
            OrderField::Username => a.username.cmp(&b.username),
            OrderField::LastActiveAt => a.last_active_at.cmp(&b.last_active_at),
            OrderField::LastSignInAt => a.last_sign_in_at.cmp(&b.last_sign_in_at),
        }
        .then_with(|| a.id.cmp(&b.id));
        if self.descending { order.reverse() } else { order }
    }
}

impl World {
    pub(crate) fn find_users(&self, query: &UserQuery, order: OrderBy) -> Vec<&User> {
        let mut found: Vec<&User> = self.users.values().filter(|user| query.matches(user)).collect();
        found.sort_by(|a, b| order.compare(a, b));
        found
    }
}

fn first_wallet(user: &User) -> Option<&str> {
    user.web3_wallets.first().map(|wallet| wallet.value.as_str())
}

fn contains(own: &str, part: &str) -> bool {
    own.to_lowercase().contains(&part.to_lowercase())
}

fn holds(own: Option<&str>, part: &str) -> bool {
    own.is_some_and(|own| contains(own, part))
}

/// Values with `-` exclude; with `+` or nothing they include.
fn signed(wanted: &[String], own: Option<&str>) -> bool {
    let excluded = wanted.iter().filter_map(|value| value.strip_prefix('-'));
    if excluded.into_iter().any(|value| Some(value) == own) {
        return false;
    }
    let mut included = wanted.iter().filter(|value| !value.starts_with('-')).peekable();
    // A `+` in a query string may arrive as a blank.
    included.peek().is_none() || included.any(|value| Some(value.trim_start_matches(['+', ' '])) == own)
}
