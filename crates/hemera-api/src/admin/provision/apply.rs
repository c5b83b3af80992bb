//! Carries out a plan: the only place that changes anything at Clerk for it.

use std::time::Duration;

use clerk::{Error, JwtTemplate, Metadata, NewUser, TemplateSpec};

use super::{Action, ClerkConnection, Current, Desired, Plan, TEMPLATE};

/// The steps that were taken, in words, and the service user's id afterwards.
#[derive(Clone, Debug, Default)]
pub(crate) struct Applied {
    /// One line a step.
    pub lines: Vec<String>,
    /// Whether Clerk's plan refused the JWT template (402): session tokens take the place of the template's.
    pub without_template: bool,
    /// The user's id. Right after its creation Clerk may not list the user yet, so it is returned here.
    pub user_id: Option<String>,
}

/// Makes the plan's changes, one after the other. If one fails, those before it stay, and the next run continues.
///
/// # Errors
/// The error of the step that failed.
pub(crate) async fn apply(
    connection: &ClerkConnection,
    desired: &Desired,
    current: &Current,
    plan: &Plan,
) -> Result<Applied, Error> {
    let (users, templates) = (connection.api.users(), connection.api.jwt_templates());
    let mut applied = Applied {
        lines: Vec::new(),
        without_template: false,
        user_id: current.user.as_ref().map(|user| user.id.clone()),
    };
    for step in &plan.steps {
        applied.lines.push(match &step.action {
            Action::CreateUser => {
                let new = NewUser::without_password(&desired.email).with_public_metadata(desired.metadata());
                let user = users.create(new).await?;
                applied.user_id = Some(user.id.clone());
                format!("created the user {}", user.id)
            }
            Action::MergeMetadata { user_id } => {
                let changes = Metadata::public(desired.metadata());
                users.merge_metadata(user_id, changes).await?;
                format!("merged the metadata of {user_id}")
            }
            Action::RemovePassword { user_id } => {
                users.remove_password(user_id).await?;
                format!("removed the password of {user_id}")
            }
            Action::CreateTemplate => {
                let made = templates.create(&template(desired, None)).await;
                let done = made.map(|template| format!("created the JWT template {}", template.id));
                in_plan(done, &mut applied.without_template)?
            }
            Action::UpdateTemplate { template_id } => {
                let known = current.template.as_ref();
                let made = templates.update(template_id, &template(desired, known)).await;
                let done = made.map(|_| format!("updated the JWT template {template_id}"));
                in_plan(done, &mut applied.without_template)?
            }
        });
    }
    Ok(applied)
}

/// A plan without JWT templates is no failure: there are tokens without one.
fn in_plan(done: Result<String, Error>, without_template: &mut bool) -> Result<String, Error> {
    match done {
        Err(error) if error.is_beyond_plan() => {
            *without_template = true;
            Ok("Clerk's plan has no JWT templates (402): session tokens take their place".to_owned())
        }
        done => done,
    }
}

/// Clerk replaces a template as a whole, so claims of others are sent again.
fn template(desired: &Desired, known: Option<&JwtTemplate>) -> TemplateSpec {
    let mut claims = known.map(|template| template.claims.clone()).unwrap_or_default();
    claims.extend(desired.claims());
    let spec = TemplateSpec::new(TEMPLATE, claims)
        .with_lifetime(desired.lifetime)
        .with_instance_key();
    match known {
        Some(template) => spec.with_allowed_clock_skew(Duration::from_secs(template.allowed_clock_skew)),
        None => spec,
    }
}
