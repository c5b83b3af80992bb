//! Records the result of a participation and completes it.
//!
//! `cargo run -p aither-client --example record_result -- PARTICIPATION_ID "Presents freely"`

use std::env;
use std::error::Error;
use std::process::ExitCode;

use aither_client::HemeraClient;
use aither_client::hemera_types::{ParticipationId, ResultUpdate};

#[tokio::main]
async fn main() -> ExitCode {
    match record().await {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn record() -> Result<String, Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(id), Some(outcome)) = (arguments.next(), arguments.next()) else {
        return Err(
            "say which participation and what came of it: record_result PARTICIPATION_ID OUTCOME".into(),
        );
    };
    let id = ParticipationId::parse(id)?;
    let update = ResultUpdate::default().with_outcome(outcome)?.complete();

    let hemera = HemeraClient::load()?;
    let written = hemera
        .update_service_participation_result(&id, &update, None)
        .await;
    // Otherwise the session at Clerk outlives this short run.
    let closed = hemera.close().await;
    let written = written?;
    closed?;
    Ok(format!(
        "{} is {} since {}",
        written.id, written.status, written.updated_at
    ))
}
