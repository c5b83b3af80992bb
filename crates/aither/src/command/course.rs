//! `aither course`.

use aither_client::HemeraClient;
use aither_client::hemera_types::{CourseDetail, CourseId, Participant};
use clap::Args;
use serde::Serialize;

use crate::console::listing::Listing;
use crate::console::table::{Column, Table};
use crate::console::text::NONE;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limit::Limit;
use crate::time_text::minutes;

#[derive(Debug, Args)]
pub(crate) struct CourseArguments {
    /// The id of the course, from `aither courses`
    #[arg(value_name = "COURSE")]
    id: CourseId,
}

/// The result for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found<'a> {
    course: &'a CourseDetail,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<Limit>,
}

pub(crate) async fn run(context: &Context, arguments: &CourseArguments) -> Result<Exit, Failure> {
    context
        .with_client("reading the course", async |client| {
            show(context, &arguments.id, client).await
        })
        .await
}

async fn show(context: &Context, id: &CourseId, client: &HemeraClient) -> Result<Exit, Failure> {
    let course = client.service_course(id).await?;
    let found = Found {
        course: &course,
        rate_limit: context.limit(client),
    };
    let columns = context.console.width();
    context.print(&found, || {
        let listing = listing(&course).render(columns);
        format!(
            "{listing}\n{}",
            participants(&course.participants).render(columns)
        )
    })?;
    context.note_limit(client);
    Ok(Exit::Done)
}

fn listing(course: &CourseDetail) -> Listing {
    let mut listing = Listing::default();
    listing.value("course", &course.id);
    listing.value("title", &course.title);
    listing.value("level", &course.level);
    listing.value("start (UTC)", minutes(course.start_date));
    listing.value("end (UTC)", minutes(course.end_date));
    listing.value("changed (UTC)", minutes(Some(course.updated_at)));
    listing.value("participants", course.participants.len());
    listing
}

fn participants(participants: &[Participant]) -> Table {
    let mut table = Table::new(&[
        ("PARTICIPATION", Column::Whole),
        ("NAME", Column::Text),
        ("STATUS", Column::Whole),
        ("PREPARED (UTC)", Column::Whole),
        ("USER", Column::Whole),
    ]);
    for participant in participants {
        table.row([
            participant.participation_id.as_ref().map_or(NONE, AsRef::as_ref),
            participant.name.as_deref().unwrap_or(NONE),
            participant.status.name(),
            &minutes(participant.preparation_completed_at),
            participant.user_id.as_str(),
        ]);
    }
    table
}
