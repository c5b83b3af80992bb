//! Point by point: what should be, and what is.

use std::time::Duration;

use clerk::{JwtTemplate, User};
use serde::Serialize;
use serde_json::Value;

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
    points.extend(template_points(desired, current.template.as_ref()));
    points
}

fn user_points(desired: &Desired, user: Option<&User>) -> Vec<Point> {
    let found = |read: fn(&User) -> bool, set: &str, unset: &str| {
        user.map(|user| if read(user) { set } else { unset }.to_owned())
    };
    let mut points = vec![Point {
        part: Part::User,
        name: "user".to_owned(),
        wanted: desired.email.clone(),
        found: user.map(|_| desired.email.clone()),
        remedy: Remedy::Setup,
    }];
    points.extend(desired.metadata().into_iter().map(|(key, wanted)| {
        Point {
            part: Part::Metadata,
            name: format!("user.public_metadata.{key}"),
            wanted: wanted.to_string(),
            found: user
                .and_then(|user| user.public_metadata.get(&key))
                .map(Value::to_string),
            remedy: Remedy::Setup,
        }
    }));
    points.push(Point {
        part: Part::Password,
        name: "user.password".to_owned(),
        wanted: "none".to_owned(),
        found: found(|user| user.password_enabled, "set", "none"),
        remedy: Remedy::Setup,
    });
    let by_operator = [
        (
            "user.second_factor",
            found(|user| user.two_factor_enabled, "set", "none"),
            "none",
            "remove it in Clerk's dashboard: a ticket alone must sign the user in",
        ),
        (
            "user.banned",
            found(|user| user.banned, "yes", "no"),
            "no",
            "run `hemera-api clerk enable` if the ban is to end",
        ),
        (
            "user.locked",
            found(|user| user.locked, "yes", "no"),
            "no",
            "unlock it in Clerk's dashboard, or wait until the lockout ends",
        ),
    ];
    points.extend(by_operator.map(|(name, found, wanted, how)| Point {
        part: Part::User,
        name: name.to_owned(),
        wanted: wanted.to_owned(),
        found,
        remedy: Remedy::Operator(how),
    }));
    points
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
