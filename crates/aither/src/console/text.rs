//! Texts from outside, made fit for a terminal.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// What stands for a missing value.
pub(crate) const NONE: &str = "–";

/// The text without what a terminal obeys: control characters, and those that turn the direction of the rest of the line.
/// Line breaks become blanks.
pub(crate) fn one_line(text: &str) -> String {
    text.trim()
        .chars()
        .map(|each| if each == '\n' { ' ' } else { harmless(each) })
        .collect()
}

/// The same, with its line breaks.
pub(crate) fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let harmless = |each| if each == '\n' { each } else { harmless(each) };
    text.chars().map(harmless).collect()
}

fn harmless(each: char) -> char {
    let turns_direction =
        matches!(each, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if each.is_control() || turns_direction {
        '\u{fffd}'
    } else {
        each
    }
}

/// The columns that a text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text in at most `columns`, which are at least one; where it is cut, it ends with an ellipsis.
pub(crate) fn shortened(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut left = columns.saturating_sub(1);
    for each in text.chars() {
        let needed = each.width().unwrap_or(0);
        if needed > left {
            break;
        }
        left -= needed;
        short.push(each);
    }
    short.push('…');
    short
}

/// A number with its noun.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        assert_eq!(
            one_line(" a\u{1b}[31m\r\nb\u{202e}c\n"),
            "a\u{fffd}[31m\u{fffd} b\u{fffd}c"
        );
        assert_eq!(lines("a\r\nb\u{7}\tc"), "a\nb\u{fffd}\u{fffd}c");
    }

    #[test]
    fn texts_are_cut_by_columns_and_not_by_characters() {
        assert_eq!(shortened("Führung", 7), "Führung");
        assert_eq!(shortened("Führung", 4), "Füh…");
        // Each of these takes two columns.
        assert_eq!(
            (width("日本語"), shortened("日本語", 6)),
            (6, "日本語".to_owned())
        );
        assert_eq!(shortened("日本語", 5), "日本…");
        assert_eq!(shortened("日本語", 4), "日…");
        assert_eq!(shortened("日本語", 1), "…");
    }
}
