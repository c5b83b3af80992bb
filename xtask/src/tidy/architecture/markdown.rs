//! The tables of a Markdown document, with the heading that each stands under.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A heading, and the tables between it and the next one.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// Counted from 1; 0 for what stands before the first heading.
    pub(super) line: usize,
    pub(super) heading: Cell,
    pub(super) tables: Vec<MarkdownTable>,
}

#[derive(Debug, Default)]
pub(super) struct MarkdownTable {
    pub(super) header: Vec<Cell>,
    pub(super) rows: Vec<MarkdownRow>,
}

#[derive(Debug, Default)]
pub(super) struct MarkdownRow {
    pub(super) line: usize,
    pub(super) cells: Vec<Cell>,
}

/// A piece of text: what stands in backquotes, and what stands outside of them.
#[derive(Debug, Default)]
pub(super) struct Cell {
    pub(super) code: Vec<String>,
    pub(super) text: String,
}

/// Reads a document, section by section.
pub(super) fn sections(document: &str) -> Vec<Section> {
    let mut reader = Reader {
        document,
        sections: vec![Section::default()],
        cell: None,
    };
    for (event, range) in Parser::new_ext(document, Options::ENABLE_TABLES).into_offset_iter() {
        reader.take(&event, &range);
    }
    reader.sections
}

struct Reader<'a> {
    document: &'a str,
    sections: Vec<Section>,
    /// The heading or cell that is being read.
    cell: Option<Cell>,
}

impl Reader<'_> {
    fn take(&mut self, event: &Event<'_>, range: &Range<usize>) {
        let line = self.document[..range.start].matches('\n').count() + 1;
        match event {
            Event::Start(Tag::Heading { .. }) => {
                self.sections.push(Section {
                    line,
                    ..Section::default()
                });
                self.cell = Some(Cell::default());
            }
            Event::Start(Tag::Table(_)) => {
                self.section().tables.push(MarkdownTable::default());
            }
            Event::Start(Tag::TableRow) => self.table().rows.push(MarkdownRow {
                line,
                ..MarkdownRow::default()
            }),
            Event::Start(Tag::TableCell) => self.cell = Some(Cell::default()),
            Event::Code(code) => {
                if let Some(cell) = &mut self.cell {
                    cell.code.push(code.to_string());
                }
            }
            Event::Text(text) => {
                if let Some(cell) = &mut self.cell {
                    cell.text.push_str(text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                self.section().heading = self.cell.take().unwrap_or_default();
            }
            Event::End(TagEnd::TableCell) => {
                let cell = self.cell.take().unwrap_or_default();
                let table = self.table();
                match table.rows.last_mut() {
                    Some(row) => row.cells.push(cell),
                    None => table.header.push(cell),
                }
            }
            _ => {}
        }
    }

    fn section(&mut self) -> &mut Section {
        last(&mut self.sections)
    }

    fn table(&mut self) -> &mut MarkdownTable {
        last(&mut self.section().tables)
    }
}

/// The last one, which is made if there is none: the parser opens a table before its rows.
fn last<T: Default>(of: &mut Vec<T>) -> &mut T {
    let index = of.len().saturating_sub(1);
    if of.is_empty() {
        of.push(T::default());
    }
    &mut of[index]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_with_their_heading_and_lines() {
        let document = "# One\n\ntext\n\n## Floors of `a-b`\n\n| x | y |\n| --- | --- |\n| 1 | `p`, `q` |\n| 2 | – |\n\n## Next\n";
        let sections = sections(document);
        assert_eq!(sections.len(), 4);
        let section = &sections[2];
        assert_eq!(section.line, 5);
        assert_eq!(section.heading.text, "Floors of ");
        assert_eq!(section.heading.code, ["a-b"]);
        let table = &section.tables[0];
        assert_eq!(table.header[1].text, "y");
        assert_eq!((table.rows[0].line, table.rows[1].line), (9, 10));
        assert_eq!(table.rows[0].cells[1].code, ["p", "q"]);
        assert_eq!(table.rows[0].cells[1].text, ", ");
        assert_eq!(table.rows[1].cells[1].text, "–");
    }
}
