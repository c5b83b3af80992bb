//! `aither courses`.

use aither_client::HemeraClient;
use aither_client::hemera_types::bounds::PAGE_LIMIT;
use aither_client::hemera_types::{CourseLevel, CourseQuery, CourseSummary, Named as _, Timestamp};
use clap::Args;
use futures_util::TryStreamExt as _;
use serde::Serialize;

use crate::console::table::{Column, Table};
use crate::console::text::counted;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limit::Limit;
use crate::time_text::{minutes, parse as parse_time};

#[derive(Debug, Args)]
pub(crate) struct CoursesArguments {
    /// Only courses that start from now on
    #[arg(long, conflicts_with = "starts_from")]
    upcoming: bool,
    /// Only courses of this level: BEGINNER, INTERMEDIATE or ADVANCED
    #[arg(long, value_name = "LEVEL", value_parser = parse_level)]
    level: Option<CourseLevel>,
    /// The courses that are not published, instead of those that are
    #[arg(long)]
    unpublished: bool,
    /// Only courses that start at this time or later
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    starts_from: Option<Timestamp>,
    /// Only courses that start before this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    starts_before: Option<Timestamp>,
    /// Only courses that end at this time or later
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    ends_from: Option<Timestamp>,
    /// Only courses that have changed since this time, or whose bookings have
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    updated_since: Option<Timestamp>,
    /// At most so many courses; all by default
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

/// The result for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found<'a> {
    courses: &'a [CourseSummary],
    /// Ask for what has changed since then with `--updated-since`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_updated_since: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<Limit>,
}

fn parse_level(text: &str) -> Result<CourseLevel, String> {
    CourseLevel::parse(&text.to_ascii_uppercase()).map_err(|error| error.to_string())
}

pub(crate) async fn run(context: &Context, arguments: &CoursesArguments) -> Result<Exit, Failure> {
    context
        .with_client("reading courses", async |client| {
            list(context, arguments, client).await
        })
        .await
}

async fn list(
    context: &Context,
    arguments: &CoursesArguments,
    client: &HemeraClient,
) -> Result<Exit, Failure> {
    let most = arguments.limit.unwrap_or(u32::MAX);
    let now = Timestamp::from(context.clock.now().wall);
    let query = CourseQuery {
        level: arguments.level,
        published: !arguments.unpublished,
        starts_from: if arguments.upcoming {
            Some(now)
        } else {
            arguments.starts_from
        },
        starts_before: arguments.starts_before,
        ends_from: arguments.ends_from,
        updated_since: arguments.updated_since,
        limit: most.min(*PAGE_LIMIT.end()),
        offset: 0,
    };
    let mut stream = client.service_courses_stream(&query);
    let mut courses = Vec::new();
    while courses.len() < usize::try_from(most).unwrap_or(usize::MAX) && context.console.is_read() {
        match stream.try_next().await? {
            Some(course) => courses.push(course),
            None => break,
        }
    }
    let found = Found {
        courses: &courses,
        next_updated_since: stream.next_updated_since(),
        rate_limit: context.limit(client),
    };
    context.print(&found, || table(&courses).render(context.console.width()))?;
    if !context.is_json {
        context.console.note(counted(courses.len() as u64, "course"));
        context.note_limit(client);
    }
    Ok(Exit::Done)
}

fn table(courses: &[CourseSummary]) -> Table {
    let mut table = Table::new(&[
        ("COURSE", Column::Whole),
        ("TITLE", Column::Text),
        ("LEVEL", Column::Whole),
        ("START (UTC)", Column::Whole),
        ("END (UTC)", Column::Whole),
        ("BOOKED", Column::Number),
    ]);
    for course in courses {
        table.row([
            course.id.as_str(),
            &course.title,
            course.level.name(),
            &minutes(course.start_date),
            &minutes(course.end_date),
            &course.participant_count.to_string(),
        ]);
    }
    table
}
