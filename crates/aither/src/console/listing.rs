//! Names with their values, one below the other.

use std::fmt::Write as _;

use textwrap::{Options, WordSeparator, WordSplitter};

use super::text::{NONE, lines, one_line, width};

/// The columns of wrapped lines where standard output is no terminal.
const WIDTH: usize = 100;

/// Blanks between the names and their values.
const GAP: usize = 2;

/// Names with their values, for people.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing(Vec<(&'static str, String)>);

impl Listing {
    /// Adds a value of one line.
    pub(crate) fn value(&mut self, name: &'static str, value: impl std::fmt::Display) {
        self.0.push((name, one_line(&value.to_string())));
    }

    /// Adds a value that may be missing.
    pub(crate) fn optional(&mut self, name: &'static str, value: Option<impl std::fmt::Display>) {
        match value {
            Some(value) => self.value(name, value),
            None => self.value(name, NONE),
        }
    }

    /// Adds a text, which may have many lines, or be missing.
    pub(crate) fn text(&mut self, name: &'static str, text: Option<&str>) {
        let text = text.map_or_else(|| NONE.to_owned(), |text| lines(text.trim_end()));
        self.0.push((name, text));
    }

    /// The listing in at most `columns` of a terminal, where words allow that.
    pub(crate) fn render(&self, columns: Option<usize>) -> String {
        let names = self.0.iter().map(|(name, _)| width(name)).max().unwrap_or(0) + GAP;
        let indent = " ".repeat(names);
        let options = Options::new(columns.unwrap_or(WIDTH))
            .subsequent_indent(&indent)
            .break_words(false)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation);
        let mut text = String::new();
        for (name, value) in &self.0 {
            let first = format!("{name}{}", " ".repeat(names - width(name)));
            for (index, line) in value.split('\n').enumerate() {
                let options = options
                    .clone()
                    .initial_indent(if index == 0 { &first } else { &indent });
                // Writing to a text cannot fail.
                let _ = writeln!(text, "{}", textwrap::fill(line, options).trim_end());
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_wrapped_beside_their_name() {
        let mut listing = Listing::default();
        listing.value("status", "RESULT");
        listing.text(
            "outcome",
            Some("Presents freely, and keeps to the time.\n\nNext: the opening.\u{1b}[0m\n"),
        );
        listing.optional("completed", None::<&str>);
        insta::assert_snapshot!(listing.render(Some(40)), @r"
        status     RESULT
        outcome    Presents freely, and keeps to
                   the time.

                   Next: the opening.�[0m
        completed  –
        ");
    }
}
