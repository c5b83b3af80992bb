//! A page of sections, as text and in Markdown.

use std::fmt::Write as _;

use super::super::grid::Grid;
use crate::admin::Console;

/// A part of the page under a heading.
#[derive(Clone, Debug)]
pub(super) struct PageSection {
    pub(super) title: String,
    pub(super) grid: Option<Grid>,
    /// Sentences below the table.
    pub(super) lines: Vec<String>,
}

impl PageSection {
    pub(super) fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            grid: None,
            lines: Vec::new(),
        }
    }

    /// The same with a table, or with a sentence where it has no row.
    pub(super) fn with(mut self, grid: Grid, without: &str) -> Self {
        if grid.is_empty() {
            self.lines.push(without.to_owned());
        } else {
            self.grid = Some(grid);
        }
        self
    }

    /// The same with one more sentence.
    pub(super) fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }
}

/// Prints the page for people.
pub(super) fn print(console: &Console, sections: &[PageSection]) {
    for (number, section) in sections.iter().enumerate() {
        if number > 0 {
            console.print("");
        }
        console.print(section.title.to_uppercase());
        if let Some(grid) = &section.grid {
            console.print_text(grid);
        }
        for line in &section.lines {
            console.print_wrapped("", "", line);
        }
    }
}

/// The page in Markdown: the first section's title is that of the page.
pub(super) fn markdown(sections: &[PageSection]) -> String {
    let mut text = String::new();
    for (number, section) in sections.iter().enumerate() {
        let marks = if number == 0 { "#" } else { "\n##" };
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{marks} {}\n", section.title);
        if let Some(grid) = &section.grid {
            text.push_str(&grid.markdown());
            if !section.lines.is_empty() {
                text.push('\n');
            }
        }
        if section.lines.len() == 1 {
            let _ = writeln!(text, "{}", section.lines[0]);
        } else {
            for line in &section.lines {
                let _ = writeln!(text, "- {line}");
            }
        }
    }
    text
}
