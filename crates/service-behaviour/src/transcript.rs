//! Requests and responses, written down so that two runs can be compared.

use std::fmt::Write as _;

use hemera_types::Timestamp;
use uuid::Uuid;

use crate::connection::Response;

/// The longest body that is written down in full, in bytes.
const LONGEST: usize = 3_000;
/// The length of an entity tag that is a hash.
const HASH: usize = 32;

/// What a scenario has sent and received so far.
#[derive(Debug, Default)]
pub(crate) struct Transcript {
    text: String,
    /// Texts that differ from run to run, and what stands for them.
    blanked: Vec<(String, String)>,
    /// How many entity tags are blanked, because they depend on times of a database or on names.
    tags: usize,
}

impl Transcript {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Lets `shown` stand for a text.
    pub(crate) fn blank(&mut self, text: String, shown: String) {
        if !text.is_empty() && !self.blanked.iter().any(|(known, _)| *known == text) {
            self.blanked.push((text, shown));
        }
    }

    /// Begins a part.
    pub(crate) fn heading(&mut self, text: &str) {
        let separator = if self.text.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.text, "{separator}## {text}");
    }

    /// Writes down a request: its first line, its own headers, and its body or the length of it.
    pub(crate) fn request(&mut self, line: &str, headers: &[(String, String)], body: &[u8]) {
        let _ = writeln!(self.text, "\n> {}", self.shown(line));
        for (name, value) in headers {
            let _ = writeln!(self.text, "> {name}: {}", self.shown(value));
        }
        match std::str::from_utf8(body) {
            Ok("") => {}
            Ok(text) if text.len() <= 300 => {
                let _ = writeln!(self.text, "> {}", self.shown(text));
            }
            _ => {
                let _ = writeln!(self.text, "> ({} bytes)", body.len());
            }
        }
    }

    /// Writes down a response.
    pub(crate) fn response(&mut self, response: &Response) {
        let body = blanked_body(&response.body);
        if body.contains("[time]") {
            self.blank_tag(response);
        }
        let _ = writeln!(self.text, "< {}", response.status);
        let mut headers: Vec<_> = response
            .headers
            .iter()
            .filter(|(name, _)| name != "date")
            .collect();
        headers.sort();
        for (name, value) in headers {
            let value = match name.as_str() {
                "x-audit-record" => "[id]".to_owned() + checked(Uuid::try_parse(value).is_ok(), value),
                "x-request-id" if Uuid::try_parse(value).is_ok() => "[id]".to_owned(),
                _ => self.shown(value),
            };
            let _ = writeln!(self.text, "< {name}: {value}");
        }
        if !body.is_empty() {
            let _ = writeln!(self.text, "{}", self.shown(&body));
        }
    }

    /// Blanks the tag of a response if it is a hash, by a number: two equal tags have the same.
    pub(crate) fn blank_tag(&mut self, response: &Response) {
        let tag = response.header("etag").trim_matches('"');
        let tag = tag.trim_end_matches("-gzip").trim_end_matches("-br");
        let is_hash = tag.len() == HASH && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_known = self.blanked.iter().any(|(known, _)| known == tag);
        if is_hash && !is_known {
            self.tags += 1;
            self.blanked
                .push((tag.to_owned(), format!("[tag {}]", self.tags)));
        }
    }

    fn shown(&self, text: &str) -> String {
        let blanked = self.blanked.iter();
        blanked.fold(text.to_owned(), |text, (secret, shown)| {
            text.replace(secret, shown)
        })
    }
}

/// A body with ids and times blanked that differ from run to run.
fn blanked_body(body: &str) -> String {
    let mut shown = Vec::new();
    for piece in body.split('"') {
        let is_of_meta = shown.len() >= 2 && shown[shown.len() - 2] == "timestamp";
        shown.push(if Uuid::try_parse(piece).is_ok() {
            "[id]"
        } else if is_time(piece) && !is_of_meta && !piece.starts_with("2025-") {
            "[time]"
        } else {
            piece
        });
    }
    let text = shown.join("\"");
    if text.len() <= LONGEST {
        return text;
    }
    let cut = (0..=LONGEST).rev().find(|&at| text.is_char_boundary(at));
    format!("{} … ({} bytes)", &text[..cut.unwrap_or_default()], text.len())
}

fn is_time(text: &str) -> bool {
    Timestamp::parse(text).is_ok_and(|time| time.to_string() == text)
}

fn checked(is_valid: bool, value: &str) -> &'static str {
    assert!(is_valid, "{value:?} is no UUID");
    ""
}
