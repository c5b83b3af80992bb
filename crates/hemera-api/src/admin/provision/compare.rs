//! Point by point: what should be, and what is.

use std::time::Duration;

use clerk::{AddressDoubt, JwtTemplate, User};
use serde::Serialize;
use serde_json::Value;

use super::marker::Marker;
use super::{Current, Desired, TEMPLATE};

/// One property that should have a certain value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    /// What it belongs to.
    #[serde(skip)]
    pub part: Part,
    /// Its name, such as `user.public_metadata.role`.
    pub name: String,
    /// The value that it should have, as text.
    pub wanted: String,
    /// The value that it has, as text; `None` if there is none.
    pub found: Option<String>,
    /// How it can be corrected.
    #[serde(skip)]
    pub remedy: Remedy,
}

/// What a point belongs to: each part is changed by a call of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The user's existence, and what only operators change.
    User,
    /// Its public metadata.
    Metadata,
    /// Its password.
    Password,
    /// The JWT template.
    Template,
}

/// How a point can be corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// By `hemera-api clerk setup`.
    Setup,
    /// By `hemera-api clerk enable`: the user is kept out on purpose.
    Enable,
    /// By a person, as this text says.
    Operator(&'static str),
}

impl Point {
    /// Whether it is as it should be.
    pub fn is_met(&self) -> bool {
        self.found.as_ref() == Some(&self.wanted)
    }
}

/// Every point that matters, in the order in which people read about them.
pub fn compare(desired: &Desired, current: &Current) -> Vec<Point> {
    let mut points = user_points(desired, current.user.as_ref());
    if desired.template {
        points.extend(template_points(desired, current.template.as_ref()));
    }
    points
}

fn user_points(desired: &Desired, user: Option<&User>) -> Vec<Point> {
    let found = |read: fn(&User) -> bool, set: &str, unset: &str| {
        user.map(|user| if read(user) { set } else { unset }.to_owned())
    };
    let since = user.and_then(Marker::of).map(|marker| marker.since);
    let of_metadata = match since {
        Some(_) => Remedy::Enable,
        None => Remedy::Setup,
    };
    let mut points = vec![user_point(desired, user), identifiers_point(desired, user)];
    points.extend(desired.metadata().into_iter().map(|(key, wanted)| {
        Point {
            part: Part::Metadata,
            name: format!("user.public_metadata.{key}"),
            wanted: wanted.to_string(),
            found: user
                .and_then(|user| user.public_metadata.get(&key))
                .map(Value::to_string),
            remedy: of_metadata,
        }
    }));
    points.push(Point {
        part: Part::Password,
        name: "user.password".to_owned(),
        wanted: "none".to_owned(),
        found: found(|user| user.password_enabled, "set", "none"),
        remedy: Remedy::Setup,
    });
    let shut_out = since.map_or_else(|| "no".to_owned(), |since| format!("since {since}"));
    let standing = [
        (
            "user.second_factor",
            found(|user| user.two_factor_enabled, "set", "none"),
            "none",
            Remedy::Operator("remove it in Clerk's dashboard: a ticket alone must sign the user in"),
        ),
        ("user.shut_out", user.map(|_| shut_out), "no", Remedy::Enable),
        (
            "user.banned",
            found(|user| user.banned, "yes", "no"),
            "no",
            Remedy::Enable,
        ),
        (
            "user.locked",
            found(|user| user.locked, "yes", "no"),
            "no",
            Remedy::Operator("unlock it in Clerk's dashboard, or wait until the lockout ends"),
        ),
    ];
    points.extend(standing.map(|(name, found, wanted, remedy)| Point {
        part: Part::User,
        name: name.to_owned(),
        wanted: wanted.to_owned(),
        found,
        remedy,
    }));
    points
}

fn user_point(desired: &Desired, user: Option<&User>) -> Point {
    let has_it = |user: &User| user.is_named_by(&desired.email) != Err(AddressDoubt::Missing);
    let found = user.map(|user| match user.email_address() {
        Some(other) if !has_it(user) => other.to_owned(),
        None => "(no address)".to_owned(),
        Some(_) => desired.email.clone(),
    });
    Point {
        part: Part::User,
        name: "user".to_owned(),
        wanted: desired.email.clone(),
        remedy: match found {
            Some(_) => Remedy::Operator("name the service user's own address with --email"),
            None => Remedy::Setup,
        },
        found,
    }
}

/// The user is found by its address, so the address must be its own; and it signs in with tickets alone, so what else it
/// can sign in with may be a thief's.
fn identifiers_point(desired: &Desired, user: Option<&User>) -> Point {
    const ALONE: &str = "the address, verified and primary";
    let found = |user: &User| match user.is_named_by(&desired.email) {
        Ok(()) | Err(AddressDoubt::NotTheOnlyOne) => {
            let primary = user.primary_email_address_id.as_ref();
            let mut others = user.identifiers();
            others.retain(|one| Some(&one.id) != primary);
            let others: Vec<String> = others.iter().map(ToString::to_string).collect();
            match others.as_slice() {
                [] => ALONE.to_owned(),
                others => format!("also {}", others.join(", ")),
            }
        }
        Err(doubt) => doubt.to_string(),
    };
    Point {
        part: Part::User,
        name: "user.identifiers".to_owned(),
        wanted: ALONE.to_owned(),
        found: user.map(found),
        remedy: Remedy::Operator(
            "find out who added what, and remove it in Clerk's dashboard: the user signs in with tickets alone",
        ),
    }
}

fn template_points(desired: &Desired, template: Option<&JwtTemplate>) -> Vec<Point> {
    let point = |name: &str, wanted: String, found: Option<String>| Point {
        part: Part::Template,
        name: name.to_owned(),
        wanted,
        found,
        remedy: Remedy::Setup,
    };
    let seconds = |lifetime: Duration| format!("{} s", lifetime.as_secs());
    let mut points = vec![
        point(
            "template",
            TEMPLATE.to_owned(),
            template.map(|template| template.name.clone()),
        ),
        point(
            "template.lifetime",
            seconds(desired.lifetime),
            template.map(|template| seconds(Duration::from_secs(template.lifetime))),
        ),
        point(
            "template.signing_key",
            "the instance's".to_owned(),
            template.map(|template| {
                let own = template.custom_signing_key;
                if own { "one of its own" } else { "the instance's" }.to_owned()
            }),
        ),
    ];
    points.extend(desired.claims().into_iter().map(|(claim, wanted)| {
        let found = template.and_then(|template| template.claims.get(&claim));
        point(
            &format!("template.claims.{claim}"),
            wanted.to_string(),
            found.map(Value::to_string),
        )
    }));
    points
}
