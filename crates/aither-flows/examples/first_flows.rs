//! The program in the README of `aither-flows`.

use std::process::ExitCode;

use aither_client::HemeraClient;
use aither_client::freshness::SystemClock;
use aither_flows::results::Import;
use aither_flows::selection::Selection;
use aither_flows::slides;
use aither_flows::sync::{Scope, Sync};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}"); // one line: what happened, and what to do
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let hemera = HemeraClient::load()?; // one client for all flows: one token, one pace
    let done = work(&hemera).await;
    let signed_out = hemera.sign_out().await;
    done?;
    Ok(signed_out?)
}

async fn work(hemera: &HemeraClient) -> Result<(), Box<dyn std::error::Error>> {
    // The next course as files, without names.
    let sync = Sync::new(hemera.clone(), "hemera-data").with_scope(Scope::NextCourse);
    let report = sync.pseudonymous(true).run().await?;
    println!(
        "{} files written, {} requests",
        report.files_written, report.requests
    );

    // The deck of the same course.
    let deck = slides::deck(hemera, &Selection::next(&SystemClock)).await?;
    println!("{}: {} materials", deck.course.title, deck.materials.len());

    // With a file as an argument, the results in it are written.
    if let Some(file) = std::env::args().nth(1) {
        let report = Import::new(file).run(hemera).await?;
        println!("{} of {} results are at Hemera", report.written(), report.rows);
        for item in &report.not_written {
            println!("{item}");
        }
    }
    Ok(())
}
