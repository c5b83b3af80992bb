//! The changes that are needed: computed from a comparison, without any request.

use std::fmt;

use serde::Serialize;

use super::compare::{Part, Point, Remedy};
use super::{Current, Desired, compare};

/// The changes that are needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The changes, in the order in which they are made.
    pub steps: Vec<Step>,
    /// What is not as it should be and only a person can change. While there is any, nothing is changed.
    pub obstacles: Vec<Point>,
}

/// One change, which is one call to Clerk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// The points that it changes.
    pub points: Vec<Point>,
}

/// What is done in one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The user is created, with its metadata and without a password.
    CreateUser,
    /// Our keys are merged into the user's public metadata; others stay.
    MergeMetadata {
        /// The user.
        user_id: String,
    },
    /// The user's password is removed.
    RemovePassword {
        /// The user.
        user_id: String,
    },
    /// The template is created.
    CreateTemplate,
    /// The template gets our claims and lifetime; claims of others stay.
    UpdateTemplate {
        /// The template.
        template_id: String,
    },
}

impl Plan {
    /// The steps that lead from the current to the desired state. None if everything is as it should be.
    pub fn new(desired: &Desired, current: &Current) -> Self {
        let unmet = |part: Part| -> Vec<Point> {
            compare(desired, current)
                .into_iter()
                .filter(|point| point.part == part && point.remedy == Remedy::Setup && !point.is_met())
                .collect()
        };
        let mut steps = Vec::new();
        let mut step = |action: Action, points: Vec<Point>| {
            if !points.is_empty() {
                steps.push(Step { action, points });
            }
        };
        if let Some(user) = &current.user {
            let user_id = user.id.clone();
            step(
                Action::MergeMetadata {
                    user_id: user_id.clone(),
                },
                unmet(Part::Metadata),
            );
            step(Action::RemovePassword { user_id }, unmet(Part::Password));
        } else {
            let all = [Part::User, Part::Metadata, Part::Password];
            step(Action::CreateUser, all.into_iter().flat_map(unmet).collect());
        }
        let template = match &current.template {
            Some(template) => Action::UpdateTemplate {
                template_id: template.id.clone(),
            },
            None => Action::CreateTemplate,
        };
        step(template, unmet(Part::Template));
        Self {
            steps,
            obstacles: obstacles(desired, current),
        }
    }

    /// Whether no step is needed. There may still be obstacles.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// The points that only a person can correct. A user that does not exist yet is no obstacle.
fn obstacles(desired: &Desired, current: &Current) -> Vec<Point> {
    compare(desired, current)
        .into_iter()
        .filter(|point| point.remedy != Remedy::Setup && point.found.is_some() && !point.is_met())
        .collect()
}

/// As a diff: the current value with `-`, the new one with `+`.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(f, "  {}", step.action)?;
            for point in &step.points {
                if let Some(found) = &point.found {
                    writeln!(f, "-   {} = {found}", point.name)?;
                }
                writeln!(f, "+   {} = {}", point.name, point.wanted)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateUser => f.write_str("create the user"),
            Self::MergeMetadata { user_id } => write!(f, "merge into the metadata of {user_id}"),
            Self::RemovePassword { user_id } => write!(f, "remove the password of {user_id}"),
            Self::CreateTemplate => f.write_str("create the JWT template"),
            Self::UpdateTemplate { template_id } => write!(f, "update the JWT template {template_id}"),
        }
    }
}
