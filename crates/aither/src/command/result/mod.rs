//! `aither result`: writes the result of a participation.

mod change;
mod text;

use aither_client::hemera_types::{Participation, ParticipationId, ResultUpdate};
use aither_client::{HemeraClient, Version, Versioned};
use clap::Args;
use serde::Serialize;

use self::change::{Change, changes};
use self::text::TextArguments;
use super::participation::{listing, version_text};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limit::Limit;

#[derive(Debug, Args)]
pub(crate) struct ResultArguments {
    /// The id of the participation, from `aither course COURSE`
    #[arg(value_name = "PARTICIPATION")]
    id: ParticipationId,
    #[command(flatten)]
    texts: TextArguments,
    /// Complete the participation
    #[arg(long)]
    complete: bool,
    /// Write only if the participation has not changed since it was read: since VERSION, which `aither participation`
    /// shows, or without a value since this command reads it
    #[arg(long, value_name = "VERSION", num_args = 0..=1, require_equals = true, value_parser = Expected::parse,
          default_missing_value = "")]
    if_unchanged: Option<Expected>,
    /// Show what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// The version that a write expects.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Expected {
    /// The one that this command reads first.
    Current,
    Given(Version),
}

impl Expected {
    /// Reads a version with or without the quotation marks of HTTP, which shells remove.
    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::Current);
        }
        let quoted = format!("\"{}\"", text.trim_matches('"'));
        let version = Version::parse(&quoted).map_err(|error| error.to_string())?;
        Ok(Self::Given(version))
    }
}

/// The result for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    /// Hemera has confirmed the write; `false` after `--dry-run`.
    written: bool,
    /// What is different from before, where this command has read it before.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<Change>>,
    participation: &'a Participation,
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<Limit>,
}

pub(crate) async fn run(context: &Context, arguments: &ResultArguments) -> Result<Exit, Failure> {
    let update = update(context, arguments)?;
    context
        .with_client("writing the result", async |client| {
            if arguments.dry_run {
                preview(context, arguments, &update, client).await
            } else {
                write(context, arguments, &update, client).await
            }
        })
        .await
}

/// What to write. Everything about the arguments is checked before a request is sent.
fn update(context: &Context, arguments: &ResultArguments) -> Result<ResultUpdate, Failure> {
    let update = arguments.texts.read(&context.console)?;
    let update = if arguments.complete {
        update.complete()
    } else {
        update
    };
    if update.is_empty() {
        return Err(Failure::usage(
            "nothing to write",
            "give --outcome, --notes, --complete, or what clears a text; see `aither result --help`",
        ));
    }
    Ok(update)
}

async fn write(
    context: &Context,
    arguments: &ResultArguments,
    update: &ResultUpdate,
    client: &HemeraClient,
) -> Result<Exit, Failure> {
    let before = match &arguments.if_unchanged {
        Some(Expected::Current) => Some(client.service_participation(&arguments.id).await?.into_inner()),
        _ => None,
    };
    let expected = match (&arguments.if_unchanged, &before) {
        (Some(Expected::Given(version)), _) => Some(version),
        (_, Some(before)) => Some(&before.version),
        _ => None,
    };
    let written = client
        .update_service_participation_result(&arguments.id, update, expected)
        .await?;
    let (written, info) = written.into_parts();
    let outcome = Outcome {
        written: true,
        changes: before.map(|before| changes(&before, update)),
        participation: &written.value,
        version: version_text(&written.version),
        request_id: Some(info.request_id.to_string()),
        rate_limit: context.limit(client),
    };
    context.print(&outcome, || {
        format!("written\n\n{}", listing(&written).render(context.console.width()))
    })?;
    context.note_limit(client);
    Ok(Exit::Done)
}

/// Reads the participation and shows what a write would do to it.
async fn preview(
    context: &Context,
    arguments: &ResultArguments,
    update: &ResultUpdate,
    client: &HemeraClient,
) -> Result<Exit, Failure> {
    let read = client.service_participation(&arguments.id).await?.into_inner();
    let found = changes(&read, update);
    if let Some(Expected::Given(version)) = &arguments.if_unchanged
        && *version != read.version
        && !found.is_empty()
    {
        return Err(changed_since(&read));
    }
    let outcome = Outcome {
        written: false,
        changes: Some(found.clone()),
        participation: &read.value,
        version: version_text(&read.version),
        request_id: None,
        rate_limit: context.limit(client),
    };
    context.print(&outcome, || change::render(&found, context.console.width()))?;
    context.note_limit(client);
    Ok(Exit::Done)
}

/// What Hemera would refuse.
fn changed_since(read: &Versioned<Participation>) -> Failure {
    let version = version_text(&read.version).unwrap_or_default();
    Failure::new(Exit::Failed, "the participation has changed since that version").with_advice(format!(
        "look at it with `aither participation {}`, and give --if-unchanged={version} if it may be overwritten",
        read.id
    ))
}
