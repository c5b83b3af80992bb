//! `aither logout`.

use serde::Serialize;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// The result for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignedOut {
    signed_out: bool,
}

pub(crate) async fn run(context: &Context) -> Result<Exit, Failure> {
    context
        .with_client("signing out", async |client| {
            client.sign_out().await?;
            context.print(&SignedOut { signed_out: true }, || {
                "signed out: no session is kept\n".to_owned()
            })?;
            Ok(Exit::Done)
        })
        .await
}
