//! The program in this crate's README. A test holds both equal, and runs it.

use std::process::ExitCode;

use aither_client::HemeraClient;
use aither_client::hemera_types::{CourseQuery, ParticipationId, ResultUpdate};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}"); // one line: what happened, what to do, which request
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let hemera = HemeraClient::load()?; // HEMERA_API_BASE_URL, CLERK_SECRET_KEY, … see docs/tokens.md
    let done = work(&hemera).await;
    let closed = hemera.close().await; // this program ends soon; its session at Clerk would not
    done?;
    Ok(closed?)
}

async fn work(hemera: &HemeraClient) -> Result<(), Box<dyn std::error::Error>> {
    let page = hemera.service_courses(&CourseQuery::default()).await?;
    for course in &page.items {
        println!("{} ({} participants)", course.title, course.participant_count);
    }

    // With the id of a participation as an argument, its result is recorded.
    let Some(id) = std::env::args().nth(1) else {
        return Ok(());
    };
    let id = ParticipationId::parse(id)?;
    let result = ResultUpdate::default()
        .with_outcome("Presents freely")?
        .complete();
    let read = hemera.service_participation(&id).await?;
    match hemera
        .update_service_participation_result(&id, &result, Some(&read.version))
        .await
    {
        Ok(written) => println!("recorded at {}", written.updated_at),
        Err(error) if error.is_precondition_failed() => println!("changed by another caller: read it again"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
