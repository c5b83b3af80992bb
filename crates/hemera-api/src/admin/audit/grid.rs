//! A table, as text for people and in Markdown.

use std::fmt::{self, Display, Formatter, Write as _};

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Rows of cells under a header.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    pub(crate) fn new(columns: &[(&'static str, Align)]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, with a cell for each column.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells.into_iter().map(without_control).collect());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table in Markdown.
    pub(crate) fn markdown(&self) -> String {
        let line = |cells: &mut dyn Iterator<Item = String>| {
            cells.fold("|".to_owned(), |line, cell| {
                format!("{line} {} |", cell.replace('|', "\\|"))
            })
        };
        let marks = self.columns.iter().map(|(_, align)| match align {
            Align::Left => "---".to_owned(),
            Align::Right => "---:".to_owned(),
        });
        let mut text = line(&mut self.columns.iter().map(|(name, _)| (*name).to_owned()));
        // Writing to a text cannot fail.
        let _ = write!(text, "\n{}\n", line(&mut marks.into_iter()));
        for row in &self.rows {
            let _ = writeln!(text, "{}", line(&mut row.iter().cloned()));
        }
        text
    }
}

impl Display for Grid {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let width = |column: usize| {
            let cells = self.rows.iter().map(|row| row[column].chars().count());
            cells
                .chain([self.columns[column].0.chars().count()])
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let names: Vec<String> = self.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        for row in std::iter::once(&names).chain(&self.rows) {
            let mut line = String::new();
            for ((cell, width), (_, align)) in row.iter().zip(&widths).zip(&self.columns) {
                let _ = match align {
                    Align::Left => write!(line, "{cell:<width$}  "),
                    Align::Right => write!(line, "{cell:>width$}  "),
                };
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A number with its noun.
pub(crate) fn counted(number: i64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// A text from outside may hold what a terminal obeys.
fn without_control(text: String) -> String {
    if text.chars().any(char::is_control) {
        text.replace(char::is_control, "\u{fffd}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let mut grid = Grid::new(&[("name", Align::Left), ("calls", Align::Right)]);
        grid.row(vec!["a|b".into(), "5".into()]);
        grid.row(vec!["longer\x1b[31m".into(), "12345678".into()]);
        grid
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_and_control_characters_are_gone() {
        assert_eq!(
            grid().to_string(),
            "name            calls\na|b                 5\nlonger\u{fffd}[31m  12345678\n"
        );
    }

    #[test]
    fn markdown_keeps_bars_in_their_cells() {
        assert_eq!(
            grid().markdown(),
            "| name | calls |\n| --- | ---: |\n| a\\|b | 5 |\n| longer\u{fffd}[31m | 12345678 |\n"
        );
    }
}
