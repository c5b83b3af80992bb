//! `hemera-api key new`.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use freshness::{Clock, SystemClock};
use hemera_types::{Timestamp, UserId};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::admin::{Console, Failure};

/// Every key begins with this, so that scanners for leaked secrets can find it.
const PREFIX: &str = "hmr_";

#[derive(Debug, Args)]
pub(crate) struct NewKey {
    /// The key's name in logs and in the audit log: a-z, 0-9 and single underscores
    #[arg(value_parser = name)]
    name: String,
    /// Who calls with it, for the audit log and the rate limit
    #[arg(long, value_parser = subject)]
    subject: String,
    /// How long it is valid, for example 90days; without it, until it is removed, which production refuses
    #[arg(long, value_name = "SPAN", value_parser = humantime::parse_duration)]
    expires_in: Option<Duration>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &NewKey, console: &Console) -> Result<ExitCode, Failure> {
    let key = secret()?;
    let hash = hex::encode(Sha256::digest(key.as_bytes()));
    let mut fields = vec![("sha256", hash), ("subject", arguments.subject.clone())];
    if let Some(span) = arguments.expires_in {
        let end = SystemClock.now().wall.checked_add(span);
        let end = end.ok_or("--expires-in is too far away: use a shorter span")?;
        fields.push(("expires", Timestamp::from(end).to_string()));
    }
    let table = table(&arguments.name, &fields);
    let prefix = format!("HEMERA_SERVICE_KEYS__{}", arguments.name.to_uppercase());
    let settings: Vec<(String, String)> = fields
        .into_iter()
        .map(|(name, value)| (format!("{prefix}__{}", name.to_uppercase()), value))
        .collect();
    if arguments.json {
        let settings: serde_json::Map<_, _> = settings
            .into_iter()
            .map(|(name, value)| (name, value.into()))
            .collect();
        console.print(json!({ "key": key, "settings": settings, "table": table }));
    } else {
        console.print(format_args!(
            "The key, for the caller only. It is not stored, and is shown only now:\n\n  {key}\n"
        ));
        console.print(
            "The table for the file in HEMERA_SERVICE_KEYS_FILE, which is read again without a restart. It holds the key's \
             hash and no secret:\n",
        );
        for line in table.lines() {
            console.print(format_args!("  {line}"));
        }
        console.print("\nOr the server's settings, which need a restart:\n");
        for (name, value) in settings {
            console.print(format_args!("  {name}={value}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The key in the form of the file. None of the values has a quote or a backslash.
fn table(name: &str, fields: &[(&str, String)]) -> String {
    let mut table = format!("[{name}]\n");
    for (field, value) in fields {
        let _ = writeln!(table, "{field} = \"{value}\"");
    }
    table
}

/// A new key: 256 random bits, which cannot be guessed, so a plain hash is enough to store.
///
/// # Errors
/// If the system has no random numbers.
pub(crate) fn secret() -> Result<String, Failure> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| "the system returned no random numbers: try again")?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// A name that survives in an environment variable: upper and lower case are the same there, and `__` separates.
fn name(text: &str) -> Result<String, &'static str> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let whole = !text.contains("__") && !text.starts_with('_') && !text.ends_with('_');
    if (1..=32).contains(&text.len()) && text.bytes().all(allowed) && whole {
        Ok(text.to_owned())
    } else {
        Err("must be 1 to 32 of a-z, 0-9 and single underscores between them")
    }
}

fn subject(text: &str) -> Result<String, &'static str> {
    UserId::parse(text)
        .map(String::from)
        .map_err(|_| "must be 1 to 64 of A-Z a-z 0-9 _ -")
}
