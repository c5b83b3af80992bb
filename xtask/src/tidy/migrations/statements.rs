//! The statements of an SQL file, as far as the rules look at them.

/// A statement.
#[derive(Debug)]
pub(super) struct Statement {
    /// The line on which it begins, from 1 on.
    pub(super) line: usize,
    /// In small letters, on one line. Without comments, and without texts and bodies, but for those of a `do` block.
    pub(super) text: String,
    /// The comment lines since the statement before.
    comments: Vec<String>,
}

impl Statement {
    /// Whether a comment above it begins with the marker, and says something.
    pub(super) fn has_marker(&self, marker: &str) -> bool {
        let mut texts = self.comments.iter().filter_map(|line| line.strip_prefix(marker));
        texts.any(|text| text.split_whitespace().count() >= 3)
    }
}

/// Reads a file.
pub(super) fn read(sql: &str) -> Vec<Statement> {
    let mut reader = Reader {
        rest: sql,
        line: 1,
        begin: None,
        text: String::new(),
        comments: Vec::new(),
        statements: Vec::new(),
    };
    while !reader.rest.is_empty() {
        reader.step();
    }
    reader.end();
    reader.statements
}

struct Reader<'s> {
    rest: &'s str,
    line: usize,
    /// Where the statement began that is being read.
    begin: Option<usize>,
    text: String,
    comments: Vec<String>,
    statements: Vec<Statement>,
}

impl Reader<'_> {
    fn step(&mut self) {
        if self.rest.starts_with("--") {
            let comment = self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
            self.comments.push(comment);
        } else if self.rest.starts_with('\'') {
            let length = self.rest[1..].find('\'').map_or(self.rest.len(), |at| at + 2);
            self.quoted(length);
        } else if let Some(tag) = dollar_tag(self.rest) {
            let end = self.rest[tag.len()..].find(&tag);
            let length = end.map_or(self.rest.len(), |at| at + 2 * tag.len());
            self.quoted(length);
        } else {
            let character = self.rest.chars().next().unwrap_or_default();
            let taken = self.take(character.len_utf8());
            if character == ';' {
                self.end();
            } else {
                self.push(&taken);
            }
        }
    }

    /// What stands in quotes matters in a block only, which runs it.
    fn quoted(&mut self, length: usize) {
        let is_block = self.text.trim_start().to_lowercase().starts_with("do");
        let taken = self.take(length);
        self.push(if is_block { &taken } else { "''" });
    }

    fn push(&mut self, text: &str) {
        if self.begin.is_none() && !text.trim().is_empty() {
            self.begin = Some(self.line);
        }
        self.text.push_str(text);
    }

    fn take(&mut self, length: usize) -> String {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.line += taken.matches('\n').count();
        taken.to_owned()
    }

    fn end(&mut self) {
        let text = std::mem::take(&mut self.text);
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        if let Some(line) = self.begin.take() {
            self.statements.push(Statement {
                line,
                text: words.join(" "),
                comments: std::mem::take(&mut self.comments),
            });
        }
    }
}

/// The tag with which a body begins, such as `$$` or `$body$`.
fn dollar_tag(text: &str) -> Option<String> {
    let inner = text.strip_prefix('$')?;
    let end = inner.find('$')?;
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    inner[..end]
        .chars()
        .all(is_name)
        .then(|| text[..end + 2].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_with_their_own_semicolons() {
        let statements =
            read("-- A; b.\nSelect 'x;''y';\n\ncreate function f() as $b$ a; $$ b; $b$;\ndo $$ Drop; $$");
        let texts: Vec<(usize, &str)> = statements
            .iter()
            .map(|statement| (statement.line, statement.text.as_str()))
            .collect();
        assert_eq!(
            texts,
            [
                (2, "select ''''"),
                (4, "create function f() as ''"),
                (5, "do $$ drop; $$")
            ]
        );
    }
}
