//! `aither slides`.

use aither_client::hemera_types::CourseId;
use aither_flows::selection::Selection;
use aither_flows::slides::{self, Deck, DeckMaterial, SlidesError};
use clap::Args;
use serde::Serialize;

use crate::console::listing::Listing;
use crate::console::table::{Column, Table};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limit::Limit;
use crate::time_text::minutes;

#[derive(Debug, Args)]
pub(crate) struct SlidesArguments {
    /// The id of the course; without it, of the published courses that start from now on, the first
    #[arg(value_name = "COURSE")]
    course: Option<CourseId>,
}

/// The result for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made<'a> {
    deck: &'a Deck,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<Limit>,
}

pub(crate) async fn run(context: &Context, arguments: &SlidesArguments) -> Result<Exit, Failure> {
    let selection = match &arguments.course {
        Some(id) => Selection::Course(id.clone()),
        None => Selection::next(&*context.clock),
    };
    context
        .with_client("reading the deck", async |client| {
            let deck = slides::deck(client, &selection).await?;
            let made = Made {
                deck: &deck,
                rate_limit: context.limit(client),
            };
            context.print(&made, || text(&deck, context.console.width()))?;
            context.note_limit(client);
            Ok(Exit::Done)
        })
        .await
}

/// An overview; the HTML is for programs.
fn text(deck: &Deck, columns: Option<usize>) -> String {
    let mut listing = Listing::default();
    listing.value("course", &deck.course.id);
    listing.value("title", &deck.course.title);
    listing.value("start (UTC)", minutes(deck.course.start_date));
    listing.value("participants", deck.participants.len());
    listing.value("topics", deck.topics.len());
    let mut table = Table::new(&[
        ("MATERIAL", Column::Whole),
        ("TITLE", Column::Text),
        ("TOPICS", Column::Text),
        ("HTML", Column::Number),
    ]);
    for material in &deck.materials {
        let bytes = material.html_content.as_ref().map_or(0, String::len);
        table.row([
            material.identifier.as_str(),
            &material.title,
            &titles(deck, material),
            &format!("{bytes} bytes"),
        ]);
    }
    format!("{}\n{}", listing.render(columns), table.render(columns))
}

/// The titles of the topics that a material stands under.
fn titles(deck: &Deck, material: &DeckMaterial) -> String {
    let places = material.topics.iter();
    let topics = places.filter_map(|place| deck.topics.iter().find(|topic| topic.topic_id == place.topic_id));
    let titles: Vec<&str> = topics.map(|topic| topic.topic_title.as_str()).collect();
    titles.join(", ")
}

impl From<SlidesError> for Failure {
    fn from(error: SlidesError) -> Self {
        match error {
            SlidesError::Hemera(error) => error.into(),
            other => Self::new(Exit::Failed, other.to_string()),
        }
    }
}
