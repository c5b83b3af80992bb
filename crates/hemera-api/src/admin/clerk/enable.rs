//! `hemera-api clerk enable`.

use std::process::ExitCode;

use serde_json::json;

use super::Context;
use super::setup::proof;
use crate::admin::Failure;
use crate::admin::provision::prove;

pub(super) async fn run(context: &Context<'_>) -> Result<ExitCode, Failure> {
    let user = context.user().await?;
    if user.banned {
        context.consent.obtain("lift the ban of the service user")?;
        context.connection.api.users().unban(&user.id).await?;
    }
    let proven = prove(&context.connection, &context.desired, &user.id).await?;
    context
        .connection
        .api
        .sessions()
        .revoke(&proven.session_id)
        .await?;
    if context.json {
        let document = json!({ "userId": user.id, "banned": false, "changed": user.banned });
        context.console.print(document);
        return Ok(ExitCode::SUCCESS);
    }
    if user.banned {
        context
            .console
            .print(format_args!("{} is no longer banned", user.id));
    } else {
        context.console.print(format_args!("{} was not banned", user.id));
    }
    context.console.print(proof(&proven));
    context
        .console
        .print("an enrolled Aither needs a new enrolment: `hemera-api clerk enroll`");
    Ok(ExitCode::SUCCESS)
}
