//! Lists all published courses of the Hemera that the environment describes, page by page.
//!
//! `HEMERA_API_BASE_URL=… cargo run -p aither-client --example list_courses`

use std::process::ExitCode;

use aither_client::hemera_types::CourseQuery;
use aither_client::{Error, HemeraClient};

#[tokio::main]
async fn main() -> ExitCode {
    match list().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn list() -> Result<(), Error> {
    let hemera = HemeraClient::load()?;
    let listed = list_from(&hemera).await;
    // Otherwise the session at Clerk outlives this short run.
    let closed = hemera.close().await;
    listed.and(closed)
}

async fn list_from(hemera: &HemeraClient) -> Result<(), Error> {
    let mut query = CourseQuery::default();
    loop {
        let page = hemera.service_courses(&query).await?;
        for course in &page.items {
            let start = course
                .start_date
                .map_or_else(|| "not settled".to_owned(), |start| start.to_string());
            println!(
                "{}  {start}  {} participants  {}",
                course.id, course.participant_count, course.title
            );
        }
        match page.next_offset() {
            Some(offset) => query.offset = offset,
            None => return Ok(()),
        }
    }
}
