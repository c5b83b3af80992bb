//! Requests to several servers at the same time, and what came of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::json;

use super::server::{KEY, ReleaseServer};
use crate::stopwatch::{Stopwatch, pause};

/// Operations with statements of different kinds.
const READS: [&str; 4] = [
    "/api/service/courses",
    "/api/service/courses/course_fuehrung_im_wandel",
    "/api/service/courses/course_fuehrung_im_wandel/materials",
    "/api/service/participations/participation_1001",
];
/// Between two requests: the servers share the machine with the database.
const PACE: Duration = Duration::from_millis(5);
/// The longest that a request may take, in seconds.
const PATIENCE: u64 = 30;

/// What was sent to a server, and what came of it.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Those that were answered with 200.
    pub(super) requests: usize,
    /// Those of them that changed a result.
    pub(super) writes: usize,
    /// What came of the others.
    pub(super) failures: Vec<String>,
    pub(super) longest: Duration,
}

/// Requests that go on until they are stopped: a thread for each server.
pub(super) struct Load {
    stop: Arc<AtomicBool>,
    threads: Vec<(String, JoinHandle<Tally>)>,
}

impl Load {
    /// Begins to ask these servers. `run` is part of what they write, so that runs are not confused.
    pub(super) fn start(run: &'static str, servers: &[&ReleaseServer], participation: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = servers
            .iter()
            .map(|server| {
                let (stop, origin) = (Arc::clone(&stop), server.origin.clone());
                let (name, result) = (
                    server.subject.to_owned(),
                    format!("{origin}/api/service/participations/{participation}/result"),
                );
                let by = name.clone();
                let thread = thread::spawn(move || {
                    let mut tally = Tally::default();
                    while !stop.load(Ordering::Relaxed) {
                        for path in READS {
                            tally.send(minreq::get(format!("{origin}{path}")));
                        }
                        // Another text each time, so that each write is a change.
                        let number = tally.requests + tally.failures.len();
                        let notes = json!({ "resultNotes": format!("{run} of {by}: {number}") });
                        let write = minreq::put(&result)
                            .with_header("content-type", "application/json")
                            .with_body(notes.to_string());
                        if tally.send(write) {
                            tally.writes += 1;
                        }
                    }
                    tally
                });
                (name, thread)
            })
            .collect();
        Self { stop, threads }
    }

    /// Stops, and returns what came of each server's requests.
    pub(super) fn stop(self) -> Vec<(String, Tally)> {
        self.stop.store(true, Ordering::Relaxed);
        self.threads
            .into_iter()
            .map(|(name, thread)| (name, thread.join().unwrap_or_default()))
            .collect()
    }
}

impl Tally {
    /// Sends a request, and returns whether it was answered with 200.
    fn send(&mut self, request: minreq::Request) -> bool {
        pause(PACE);
        let watch = Stopwatch::start();
        let answer = request
            .with_header("x-api-key", KEY)
            .with_timeout(PATIENCE)
            .send();
        self.longest = self.longest.max(watch.elapsed());
        match answer {
            Ok(answer) if answer.status_code == 200 => {
                self.requests += 1;
                return true;
            }
            Ok(answer) => self.failures.push(format!(
                "{}: {}",
                answer.status_code,
                answer.as_str().unwrap_or_default()
            )),
            Err(error) => self.failures.push(error.to_string()),
        }
        false
    }
}
