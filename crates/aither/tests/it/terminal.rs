//! What a person sees on a terminal.

use std::fs::File;
use std::io::Read as _;
use std::os::fd::{AsFd as _, OwnedFd};
use std::process::Stdio;
use std::time::Duration;

use aither_client::hemera_types::{CourseId, Operation};
use aither_client::testing::{CourseSeed, Fault, InMemoryHemera};
use nix::pty::{Winsize, openpty};
use nix::sys::signal::Signal;
use tokio::process::Child;
use tokio::sync::mpsc;

use crate::support::academy::academy;
use crate::support::{Aither, ended, signal};

/// A terminal of 60 columns.
struct Terminal {
    screen: mpsc::UnboundedReceiver<String>,
    seen: String,
}

impl Terminal {
    /// Starts the command with standard output and standard error on this terminal.
    fn start(aither: &Aither, arguments: &[&str]) -> (Self, Child) {
        let size = Winsize {
            ws_row: 24,
            ws_col: 60,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let pair = openpty(Some(&size), None).unwrap();
        let stream = || Stdio::from(pair.slave.as_fd().try_clone_to_owned().unwrap());
        let child = aither
            .command(arguments)
            .stdout(stream())
            .stderr(stream())
            .env("TERM", "xterm")
            .spawn()
            .unwrap();
        drop(pair.slave);
        let (sender, screen) = mpsc::unbounded_channel();
        std::thread::spawn(move || read(pair.master, &sender));
        let terminal = Self {
            screen,
            seen: String::new(),
        };
        (terminal, child)
    }

    /// Waits until this was shown.
    async fn shows(&mut self, text: &str) {
        while !self.seen.contains(text) {
            match self.screen.recv().await {
                Some(more) => self.seen += &more,
                None => panic!("the terminal has not shown {text}: {}", self.seen),
            }
        }
    }

    /// All that was shown until the command has ended.
    async fn rest(mut self) -> String {
        while let Some(more) = self.screen.recv().await {
            self.seen += &more;
        }
        self.seen
    }
}

/// Reads until the other side is closed, which the system reports as an error.
fn read(master: OwnedFd, sender: &mpsc::UnboundedSender<String>) {
    let mut file = File::from(master);
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = file.read(&mut bytes) {
        let _ = sender.send(String::from_utf8_lossy(&bytes[..count]).into_owned());
    }
}

#[tokio::test]
async fn tables_fit_the_terminal_and_ids_stay_whole() {
    let hemera = academy().await;
    let (terminal, child) = Terminal::start(&Aither::at(&hemera), &["courses"]);
    let shown = terminal.rest().await;
    assert_eq!(ended(child).await.code, Some(0));
    let table: Vec<&str> = shown.lines().take(3).collect();
    assert!(table[2].starts_with("course-1  Führung…"), "{shown}");
}

#[tokio::test]
async fn what_is_left_of_the_limit_is_shown() {
    let hemera = InMemoryHemera::start().await.unwrap();
    let (terminal, child) = Terminal::start(&Aither::at(&hemera), &["courses"]);
    let shown = terminal.rest().await;
    assert_eq!(ended(child).await.code, Some(0));
    assert!(shown.contains("limit: 19 of 20 requests left"), "{shown}");
    assert!(shown.contains("100 a minute"), "{shown}");
}

#[tokio::test]
async fn work_that_takes_over_a_second_is_announced_and_the_announcement_goes() {
    let hemera = academy().await;
    hemera.fail_next(Fault::Slow(Duration::from_mins(10)).on(Operation::ListCourses));
    let (mut terminal, child) = Terminal::start(&Aither::at(&hemera), &["courses"]);
    terminal.shows("reading courses").await;
    signal(&child, Signal::SIGINT);
    let shown = terminal.rest().await;
    assert_eq!(ended(child).await.code, Some(130));
    let (_, end) = shown.rsplit_once("reading courses").unwrap();
    // The line is cleared before the failure is shown.
    assert!(end.contains("\u{1b}[2K"), "{end:?}");
    assert!(end.trim_end().ends_with("to complete it"), "{end:?}");
}

#[tokio::test]
async fn sync_shows_how_far_it_is_and_how_long_the_rest_takes_under_the_limit() {
    let courses = (10..50).map(|number| CourseId::parse(format!("course-{number}")).unwrap());
    let hemera = InMemoryHemera::builder()
        .with_courses(courses.map(|id| CourseSeed::new(id, "Course")))
        .start()
        .await
        .unwrap();
    hemera.fail_next(Fault::Slow(Duration::from_mins(10)).on(Operation::GetCourse));
    let aither = Aither::at(&hemera);
    let (mut terminal, child) = Terminal::start(&aither, &["sync", "here"]);
    terminal.shows("0/40 reading courses").await;
    terminal.shows("left under the").await;
    signal(&child, Signal::SIGINT);
    terminal.rest().await;
    assert_eq!(ended(child).await.code, Some(130));
}
