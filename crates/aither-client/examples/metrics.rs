//! Reads the courses again and again, and answers at `/metrics` for Prometheus.
//!
//! `HEMERA_API_BASE_URL=… cargo run -p aither-client --features prometheus --example metrics -- 127.0.0.1:9465`
//!
//! It prints where it listens, and ends with Ctrl-C. A second argument is the number of seconds between two calls, 10
//! without it.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use aither_client::HemeraClient;
use aither_client::hemera_types::CourseQuery;
use aither_client::prometheus_client::encoding::text::encode;
use aither_client::prometheus_client::registry::Registry;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:9465".to_owned());
    let seconds = arguments.next().map_or(Ok(10.0), |seconds| seconds.parse())?;
    let every = Duration::try_from_secs_f64(seconds)?;

    let hemera = HemeraClient::load()?;
    let mut registry = Registry::default();
    hemera.register_metrics(&mut registry);
    let listener = TcpListener::bind(address).await?;
    println!("metrics on http://{}/metrics", listener.local_addr()?);
    let router = Router::new()
        .route("/metrics", get(metrics))
        .with_state(Arc::new(registry));

    tokio::select! {
        served = axum::serve(listener, router) => served?,
        () = work(&hemera, every) => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    // Otherwise the session at Clerk outlives this run.
    Ok(hemera.close().await?)
}

/// What your program does with Hemera.
async fn work(hemera: &HemeraClient, every: Duration) {
    loop {
        match hemera.service_courses(&CourseQuery::default()).await {
            Ok(page) => println!("{} courses, trace {}", page.items.len(), page.info().trace_id),
            Err(error) => eprintln!("{error}"),
        }
        tokio::time::sleep(every).await;
    }
}

async fn metrics(State(registry): State<Arc<Registry>>) -> Response {
    let mut text = String::new();
    if encode(&mut text, &registry).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let format = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, format)], text).into_response()
}
