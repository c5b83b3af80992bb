//! What an input is.

use std::path::Path;

/// The format of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Comma-separated values in UTF-8, with a header.
    Csv,
    /// A JSON object on each line, in UTF-8.
    Ndjson,
}

impl Format {
    /// By the end of the file's name: `.csv`, or `.ndjson` and `.jsonl`, in any case of letters.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "csv" => Some(Self::Csv),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            _ => None,
        }
    }
}
