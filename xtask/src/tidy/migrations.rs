//! Migrations only add, so that servers and tools of the release before go on: expand first, contract in a later release.
//!
//! A statement that takes something away, or makes a column stricter or of another type, needs a comment above it that begins
//! with `-- Contract:` and says why none of those notices. One that keeps writers out of a table while it reads all of
//! it needs `-- Locks:`. docs/database.md has the rules.

mod statements;

use self::statements::Statement;
use super::{Finding, TextFile};

/// Migrations with smaller numbers are older than the rule, and never change.
const RULE_SINCE: &str = "20260106";

const CONTRACT: &str = "-- Contract:";
const LOCKS: &str = "-- Locks:";

pub(super) fn check(file: &TextFile) -> Vec<Finding> {
    let is_migration = file
        .path
        .parent()
        .is_some_and(|folder| folder.ends_with("migrations"))
        && file.path.extension().is_some_and(|extension| extension == "sql");
    if !is_migration || file.name() < RULE_SINCE {
        return Vec::new();
    }
    let statements = statements::read(&file.text);
    let made: Vec<&str> = statements.iter().filter_map(made_table).collect();
    let mut findings = Vec::new();
    for statement in &statements {
        for (marker, fault) in [
            (CONTRACT, taken_away(statement)),
            (LOCKS, keeps_writers_out(statement, &made)),
        ] {
            let Some(fault) = fault else { continue };
            if !statement.has_marker(marker) {
                findings.push(file.finding(
                    statement.line,
                    format!("{fault}: see docs/database.md, or state above it, after `{marker}`, why it harms none"),
                ));
            }
        }
    }
    findings
}

/// The table that the statement makes.
fn made_table(statement: &Statement) -> Option<&str> {
    let words = statement.text.strip_prefix("create table ")?;
    let words = words.strip_prefix("if not exists ").unwrap_or(words);
    words.split([' ', '(']).next()
}

/// What a server or a tool of the release before may miss.
fn taken_away(statement: &Statement) -> Option<&'static str> {
    let text = statement.text.as_str();
    // What a block runs may stand in a text, as for `execute format(…)`.
    let is_block = text.starts_with("do ");
    let has = |words: &str| text.contains(words);
    if text.starts_with("drop ") || is_block && has("drop ") {
        return Some("takes something away that an older server may use");
    }
    if text.starts_with("truncate ") || text.starts_with("delete ") {
        return Some("removes data");
    }
    if !(is_block || text.starts_with("alter ")) {
        return None;
    }
    if has(" rename ") {
        return Some("gives another name to what an older server may use");
    }
    if has(" set not null") || has(" drop not null") {
        return Some("changes whether a column may be null, which older servers rely on");
    }
    if has(" drop ") {
        return Some("takes something away that an older server may use");
    }
    if has("alter column ") && has(" type ") {
        return Some("changes the type of a column, which older servers read and write");
    }
    if clauses(text).any(|clause| {
        clause.contains("add column ") && clause.contains(" not null") && !clause.contains(" default ")
    }) {
        return Some("adds a column that older servers do not fill: let it be null, or have a default");
    }
    None
}

/// What reads a whole table that is in use, while writers wait.
fn keeps_writers_out(statement: &Statement, made: &[&str]) -> Option<&'static str> {
    let text = statement.text.as_str();
    let is_index = text.starts_with("create index ") || text.starts_with("create unique index ");
    if is_index && !text.contains(" concurrently ") {
        let table = text.split_once(" on ").map(|(_, table)| table)?;
        let table = table.split([' ', '(']).next().unwrap_or(table);
        if !made.contains(&table) {
            return Some("builds an index of a table that is in use, and writers wait for it");
        }
    }
    let table = text.strip_prefix("alter table ")?;
    let table = table.split(' ').next().unwrap_or(table);
    let adds_constraint = clauses(text).any(|clause| clause.contains("add constraint "));
    if adds_constraint && !text.contains(" not valid") && !made.contains(&table) {
        return Some(
            "compares every row of a table that is in use with a constraint, and writers wait for it",
        );
    }
    None
}

/// The parts of an `alter table`: those between the commas that stand in no brackets.
fn clauses(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    text.split(move |character| {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        character == ',' && depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sql: &str) -> Vec<String> {
        let file = TextFile {
            path: "migrations/20260201000100_something.sql".into(),
            text: sql.to_owned(),
        };
        check(&file).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn what_an_older_server_may_miss_is_found() {
        for sql in [
            "drop table users;",
            "DROP INDEX courses_listed;",
            "alter table users drop column name;",
            "alter table users rename column name to names;",
            "alter table users rename to people;",
            "alter table users alter column name set not null;",
            "alter table users\n    alter column name drop not null;",
            "alter table courses alter column title type varchar(10);",
            "alter table courses alter title set data type text, alter column title type text;",
            "alter table users add column note text, add column age numeric(3, 0) not null;",
            "alter type course_level rename value 'BEGINNER' to 'FIRST';",
            "do $$ begin execute 'alter table users drop column name'; end $$;",
            "truncate audit_origins;",
            "delete from bookings;",
        ] {
            assert_eq!(found(sql).len(), 1, "{sql}");
        }
    }

    #[test]
    fn what_keeps_writers_out_is_found() {
        for sql in [
            "create index a on users (name);",
            "create unique index a on audit_log (at, item);",
            "alter table users add constraint a check (name <> '');",
        ] {
            assert_eq!(found(sql).len(), 1, "{sql}");
        }
        for sql in [
            "create index concurrently a on users (name);",
            "alter table users add constraint a check (name <> '') not valid;",
            "create table notes (id text);\ncreate index notes_by_id on notes (id);\nalter table notes add constraint b check (id <> '');",
        ] {
            assert_eq!(found(sql), Vec::<String>::new(), "{sql}");
        }
    }

    #[test]
    fn what_only_adds_is_right() {
        for sql in [
            "alter table users add column note text;",
            "alter table users add column age integer not null default 0;",
            "create table notes (id text not null, type text);",
            "create function f() returns trigger language plpgsql as $$ begin delete from users; drop table a; end $$;",
            "-- drop table users;\nselect 1;",
            "comment on table users is 'drop it; delete from it';",
            "insert into audit_origins values ('drop table users;');",
            "alter function f() set search_path = public, pg_temp;",
        ] {
            assert_eq!(found(sql), Vec::<String>::new(), "{sql}");
        }
    }

    #[test]
    fn a_stated_reason_is_needed_above_the_statement_itself() {
        let reason = "-- Contract: no release since 3.0 reads it.\n";
        assert_eq!(
            found(&format!("{reason}-- And more.\ndrop table users;")),
            Vec::<String>::new()
        );
        assert_eq!(
            found(&format!("{reason}drop table users;\ndrop table courses;")).len(),
            1
        );
        assert_eq!(found("-- Contract:\ndrop table users;").len(), 1);
    }

    #[test]
    fn migrations_from_before_the_rule_are_left_alone() {
        let file = TextFile {
            path: "migrations/20260105000100_material_topics.sql".into(),
            text: "drop table users;".to_owned(),
        };
        assert_eq!(check(&file), Vec::new());
    }
}
