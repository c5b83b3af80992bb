//! `cargo xtask db generate`: a large academy, to see what statements cost at its size.

use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use super::{build_and_migrate, warn_if_thrown_away};
use crate::Verdict;
use crate::guard::Guard;
use crate::postgres::Server;
use crate::postgres::database::Name;
use crate::screen::{Mark, Step, say};
use crate::workspace::root;

/// Bookings that are made in one transaction.
const BATCH: u32 = 100_000;

/// Longest that the tables may take to be vacuumed and analysed: they are gigabytes.
const VACUUM: Duration = Duration::from_mins(30);

/// How large, and where.
#[derive(Args, Debug)]
pub(super) struct Size {
    /// How many courses
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    courses: u32,
    /// How many bookings of them; four in five have a participation
    #[arg(long, default_value_t = 5_000_000, value_parser = clap::value_parser!(u32).range(0..=50_000_000))]
    bookings: u32,
    /// Which database: `hemera_dev_…`, `hemera_test_…` or `hemera_e2e_…`
    #[arg(long, value_parser = own, default_value = "hemera_dev_large")]
    pub(super) database: Name,
}

/// A database of its own: that of the demo data is not thrown away for numbers.
fn own(text: &str) -> Result<Name> {
    let name = Name::parse(text)?;
    if name == Name::dev() {
        bail!("`{text}` is for the demo data: give the large academy another, hemera_dev_large for instance");
    }
    Ok(name)
}

impl Size {
    /// People: a power of two, so that the walk through them in `bookings.sql` meets no person twice in one course; some
    /// forty bookings each, and always more than a course has bookings.
    fn users(&self) -> u32 {
        let rounds = self.bookings.div_ceil(self.courses);
        (self.bookings / 50).max(rounds + 1).max(1024).next_power_of_two()
    }
}

/// Makes the database anew and fills it.
pub(super) fn generate(guard: &Guard, server: &Server, size: &Size, yes: bool) -> Result<Verdict> {
    let target = server.url_of(&size.database);
    if !target.is_loopback() && !yes {
        bail!("{target} is not on this machine: add --yes to drop it and fill it all the same");
    }
    warn_if_thrown_away(server);
    say(&format!("dropping and making anew: {target}"));
    server.drop_database(guard, &size.database)?;
    server.create(guard, &size.database)?;
    build_and_migrate(guard, server, &size.database)?;
    fill(guard, server, size)?;
    Ok(Verdict::Good)
}

/// Fills a migrated database.
fn fill(guard: &Guard, server: &Server, size: &Size) -> Result<()> {
    let title = format!("{} courses and {} bookings", size.courses, size.bookings);
    let step = Step::start(&title);
    match filled(guard, server, size, &step) {
        Ok(()) => {
            step.end(Mark::Good, "");
            Ok(())
        }
        Err(error) => {
            step.end(Mark::Bad, "failed");
            Err(error)
        }
    }
}

fn filled(guard: &Guard, server: &Server, size: &Size, step: &Step) -> Result<()> {
    let (courses, bookings, users) = (size.courses, size.bookings, size.users());
    let settings = format!("\\set courses {courses}\n\\set bookings {bookings}\n\\set users {users}\n");
    run(guard, server, size, &settings, "academy.sql")?;
    let mut first = 1;
    while first <= bookings {
        let last = bookings.min(first + (BATCH - 1));
        let settings = format!("{settings}\\set first {first}\n\\set last {last}\n");
        run(guard, server, size, &settings, "bookings.sql")?;
        step.progress(u64::from(last), u64::from(bookings));
        first = last + 1;
    }
    // What counting and paging by an index alone rest on; in service autovacuum sees to it.
    let url = server.url_of(&size.database);
    server.psql.ask_within(guard, &url, "vacuum analyze", VACUUM)?;
    Ok(())
}

fn run(guard: &Guard, server: &Server, size: &Size, settings: &str, file: &str) -> Result<()> {
    let sql = std::fs::read_to_string(root().join("seed").join("large").join(file))?;
    let url = server.url_of(&size.database);
    server
        .psql
        .feed(guard, &url, format!("{settings}{sql}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(courses: u32, bookings: u32) -> Size {
        Size {
            courses,
            bookings,
            database: own("hemera_dev_large").unwrap(),
        }
    }

    #[test]
    fn more_people_are_made_than_a_course_has_bookings() {
        for (courses, bookings) in [
            (1, 0),
            (1, 5_000),
            (100_000, 5_000_000),
            (1_000_000, 50_000_000),
            (3, 100_000),
        ] {
            let users = size(courses, bookings).users();
            assert!(
                users.is_power_of_two() && users > bookings / courses,
                "{courses} {bookings}"
            );
        }
    }

    #[test]
    fn demo_database_is_not_overwritten() {
        assert!(own("hemera_dev").unwrap_err().to_string().contains("demo data"));
        assert!(own("shop").is_err());
    }
}
