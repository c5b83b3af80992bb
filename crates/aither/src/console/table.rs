//! Rows of cells under a header, for people.

use std::fmt::Write as _;

use super::text::{one_line, shortened, width};

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// Left-aligned and never cut: ids and words that are copied.
    Whole,
    /// Left-aligned, and cut where the terminal is narrow.
    Text,
    /// Right-aligned and never cut.
    Number,
}

/// Blanks between two columns.
const GAP: &str = "  ";

/// A column that is cut keeps at least so many columns of the terminal.
const LEAST: usize = 8;

/// Rows of cells under a header.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: Vec<(&'static str, Column)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(columns: &[(&'static str, Column)]) -> Self {
        let header = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        Self {
            columns: columns.to_vec(),
            rows: vec![header],
        }
    }

    /// Adds a row, with a cell for each column.
    pub(crate) fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        self.rows.push(cells.into_iter().map(one_line).collect());
    }

    /// The table in at most `columns` of a terminal, if its texts can be cut so far; `None` cuts nothing.
    pub(crate) fn render(&self, columns: Option<usize>) -> String {
        let widths = self.widths(columns);
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for ((cell, columns), (_, column)) in row.iter().zip(&widths).zip(&self.columns) {
                let cell = shortened(cell, *columns);
                let padding = " ".repeat(columns.saturating_sub(width(&cell)));
                // Writing to a text cannot fail.
                let _ = match column {
                    Column::Number => write!(line, "{padding}{cell}{GAP}"),
                    Column::Whole | Column::Text => write!(line, "{cell}{padding}{GAP}"),
                };
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    fn widths(&self, columns: Option<usize>) -> Vec<usize> {
        let widest = |column: usize| self.rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
        let mut widths: Vec<usize> = (0..self.columns.len()).map(widest).collect();
        let gaps = GAP.len() * widths.len().saturating_sub(1);
        let mut excess = match columns {
            Some(columns) => (widths.iter().sum::<usize>() + gaps).saturating_sub(columns),
            None => 0,
        };
        // The widest text gives way first, so that short ones stay whole.
        while excess > 0 {
            let texts = (0..widths.len()).filter(|index| self.columns[*index].1 == Column::Text);
            match texts.max_by_key(|index| widths[*index]) {
                Some(index) if widths[index] > LEAST => widths[index] -= 1,
                _ => break,
            }
            excess -= 1;
        }
        widths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&[
            ("id", Column::Whole),
            ("title", Column::Text),
            ("booked", Column::Number),
        ]);
        table.row(["c1", "Führung für Einsteiger und alle anderen", "7"]);
        table.row(["course-2", "話し方", "12"]);
        table
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        insta::assert_snapshot!(table().render(None), @r"
        id        title                                    booked
        c1        Führung für Einsteiger und alle anderen       7
        course-2  話し方                                       12
        ");
    }

    #[test]
    fn texts_give_way_on_a_narrow_terminal_and_ids_never_do() {
        let text = table().render(Some(40));
        insta::assert_snapshot!(text, @r"
        id        title                   booked
        c1        Führung für Einsteige…       7
        course-2  話し方                      12
        ");
        assert!(text.lines().all(|line| width(line) <= 40), "{text}");
        assert!(table().render(Some(10)).contains("course-2"));
    }
}
