//! `aither participation`, and how a participation is shown.

use aither_client::hemera_types::{Participation, ParticipationId};
use aither_client::{HemeraClient, Version, Versioned};
use clap::Args;
use serde::Serialize;

use crate::console::listing::Listing;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limit::Limit;
use crate::time_text::minutes;

#[derive(Debug, Args)]
pub(crate) struct ParticipationArguments {
    /// The id of the participation, from `aither course COURSE`
    #[arg(value_name = "PARTICIPATION")]
    id: ParticipationId,
}

/// The result for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found<'a> {
    participation: &'a Participation,
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<Limit>,
}

pub(crate) async fn run(context: &Context, arguments: &ParticipationArguments) -> Result<Exit, Failure> {
    context
        .with_client("reading the participation", async |client| {
            show(context, &arguments.id, client).await
        })
        .await
}

async fn show(context: &Context, id: &ParticipationId, client: &HemeraClient) -> Result<Exit, Failure> {
    let read = client.service_participation(id).await?;
    let found = Found {
        participation: &read.value,
        version: version_text(&read.version),
        rate_limit: context.limit(client),
    };
    context.print(&found, || listing(&read).render(context.console.width()))?;
    context.note_limit(client);
    Ok(Exit::Done)
}

/// A version as a person writes it into a command: without the quotation marks of HTTP. `None` if it is unknown.
pub(super) fn version_text(version: &Version) -> Option<String> {
    version
        .is_known()
        .then(|| version.to_string().trim_matches('"').to_owned())
}

/// What a person sees of a participation.
pub(super) fn listing(read: &Versioned<Participation>) -> Listing {
    let mut listing = Listing::default();
    listing.value("participation", &read.id);
    listing.optional("version", version_text(&read.version));
    listing.value("course", &read.course_id);
    listing.value("user", &read.user_id);
    listing.value("status", &read.status);
    listing.text("intent", read.preparation_intent.as_deref());
    listing.text("desired", read.desired_results.as_deref());
    listing.text("outcome", read.result_outcome.as_deref());
    listing.text("notes", read.result_notes.as_deref());
    listing.value("completed (UTC)", minutes(read.result_completed_at));
    listing.value("changed (UTC)", minutes(Some(read.updated_at)));
    listing
}
