//! Searches output (printed, logged or answered) for secrets, tokens and e-mail addresses, which must not be there.

mod pattern;
mod trace;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use serde_json::Value;

pub(crate) use self::trace::Trace;
use crate::failure::Failure;

/// Shorter texts are found anywhere by chance.
const SHORTEST: usize = 6;

/// The texts that must not be found, each with what it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secrets(BTreeMap<String, &'static str>);

impl Secrets {
    /// Adds a secret. Of a token, its signature too: with the rest, which is no secret, it makes the token.
    pub(crate) fn add(&mut self, what: &'static str, text: &str) {
        if let Some((_, signature)) = text.rsplit_once('.').filter(|_| text.starts_with("eyJ")) {
            self.0.insert(signature.to_owned(), what);
        }
        if text.len() >= SHORTEST {
            self.0.insert(text.to_owned(), what);
        }
    }

    /// Everything secret that a local Clerk has answered with, from its record of exchanges.
    pub(crate) fn add_recorded(&mut self, record: &Path) -> anyhow::Result<()> {
        let lines = std::fs::read_to_string(record).context("the emulator's record cannot be read")?;
        for line in lines.lines() {
            let exchange: Value = serde_json::from_str(line).context("the emulator's record is no JSON")?;
            self.add_values("", &exchange["body"]);
        }
        Ok(())
    }

    fn add_values(&mut self, name: &str, value: &Value) {
        match value {
            Value::Object(members) => members
                .iter()
                .for_each(|(name, value)| self.add_values(name, value)),
            Value::Array(values) => values.iter().for_each(|value| self.add_values(name, value)),
            Value::String(text) if text.starts_with("eyJ") => self.add("a token of Clerk", text),
            Value::String(text) if matches!(name, "token" | "secret" | "jwt") => {
                self.add("a secret of Clerk", text);
            }
            Value::String(text) if name == "email_address" => self.add("an address at Clerk", text),
            _ => {}
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Fails where one of them is in the text, or anything that looks like a token or an e-mail address.
    pub(crate) fn expect_none_in(&self, name: &str, text: &str) -> Result<(), Failure> {
        let found = text.lines().enumerate().find_map(|(index, line)| {
            let what = self.found_in(line)?;
            Some(format!("{what} in line {}: {line}", index + 1))
        });
        match found {
            None => Ok(()),
            Some(came) => Err(Failure::new(format!("{name} to be free of secrets"), came)),
        }
    }

    fn found_in(&self, line: &str) -> Option<&'static str> {
        let known = self.0.iter().find(|(text, _)| line.contains(text.as_str()));
        known
            .map(|(_, what)| *what)
            .or_else(|| pattern::has_token(line).then_some("something like a token"))
            .or_else(|| pattern::has_address(line).then_some("something like an e-mail address"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyXzEifQ.c2lnbmF0dXJlLW9mLWl0";

    fn secrets() -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add("the service key", "hk_0123456789");
        secrets.add_values(
            "",
            &serde_json::json!({ "data": [{ "jwt": TOKEN, "email_address": "anna@teilnehmer.example" }] }),
        );
        secrets
    }

    #[test]
    fn a_planted_secret_is_found() {
        for planted in [
            TOKEN,
            "hk_0123456789",
            "c2lnbmF0dXJlLW9mLWl0",
            "eyJhbGciOiJub25lIn0",
            "anna@teilnehmer.example",
            "email_address=bernd%40teilnehmer.example",
        ] {
            let text = format!("one line\nrequest header={planted}; done\nanother");
            let came = secrets().expect_none_in("the log", &text).unwrap_err();
            assert!(came.to_string().contains("in line 2"), "{planted}: {came}");
        }
    }

    #[test]
    fn harmless_text_is_not_reported() {
        let text = "DEBUG sqlx::query: select id from users where id = $1\n\
                    GET http://127.0.0.1:4010/v1/users?limit=10 request 4f0c@2026 hemera-api@0.1.0 eyJ\n\
                    sub=user_2qHmZb8Kx3Wn5Tj7Rv9Lc1Fd4Ga";
        assert!(secrets().expect_none_in("the log", text).is_ok());
    }
}
