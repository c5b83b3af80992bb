//! Settings of the audit trail: how long it is kept, and the transparency log over it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clerk::is_loopback;
use secrecy::SecretString;
use transparency_log::SigningKey;
use url::Url;

use super::setting::{Setting, settings};
use super::source::{Invalid, Source};
use super::value::Value;

settings! { SETTINGS:
    /// The key that signs the checkpoints of the transparency log over the audit records, one for all servers of a database.
    /// Secret; best as a file. `hemera-api audit key new --file audit.key` makes one. Not set: there is no such log.
    KEY: LogKey = Setting::at("audit.key").secret();

    /// The name of that log. The number of its epoch is appended: hemera/audit/1. Part of every checkpoint.
    ORIGIN: LogOrigin = Setting::at("audit.origin").or("hemera/audit");

    /// Keep the newest checkpoint in this file, to be copied off the machine. Not set: in no file.
    CHECKPOINT_FILE: PathBuf = Setting::at("audit.checkpoint_file").example("/var/lib/hemera/checkpoint");

    /// Send each checkpoint there with PUT, as text: https, or http on this machine. Secret, because it may hold a password.
    CHECKPOINT_URL: CheckpointUrl = Setting::at("audit.checkpoint_url").secret();

    /// How often a checkpoint is exported (to the log, the file and the address), where there are new records.
    CHECKPOINT_INTERVAL: Duration = Setting::at("audit.checkpoint_interval")
        .or("60s")
        .within(Duration::from_secs(1), Duration::from_hours(24));

    /// For how many months after the end of their month the details of audit records are kept: whose data were returned,
    /// addresses and user agents. `hemera-api audit retain` drops what is older.
    KEEP_DETAILS_MONTHS: u32 = Setting::at("audit.keep_details_months").or("3").within(1, 1200);

    /// For how many months after the end of their month audit records are kept; not fewer than their details.
    KEEP_RECORDS_MONTHS: u32 = Setting::at("audit.keep_records_months").or("24").within(1, 1200);
}

/// How long the audit trail is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditConfig {
    /// The months that details are kept.
    pub keep_details_months: u32,
    /// The months that records are kept.
    pub keep_records_months: u32,
}

impl AuditConfig {
    pub(super) fn read(source: &mut Source) -> Result<Self, Invalid> {
        let keep_details_months = source.read(&KEEP_DETAILS_MONTHS);
        let keep_records_months = source.read(&KEEP_RECORDS_MONTHS);
        let config = Self {
            keep_details_months: keep_details_months?,
            keep_records_months: keep_records_months?,
        };
        if config.keep_records_months < config.keep_details_months {
            return Err(source.refuse(
                &KEEP_RECORDS_MONTHS,
                "is less than HEMERA_AUDIT__KEEP_DETAILS_MONTHS: details say nothing without their record",
            ));
        }
        Ok(config)
    }
}

/// The transparency log over the audit records.
#[derive(Clone, Debug)]
pub struct EvidenceConfig {
    /// What checkpoints are signed with. `None`: no log is kept.
    pub key: Option<Arc<SigningKey>>,
    /// The name of the log, without its epoch.
    pub origin: String,
    /// The file of the newest checkpoint.
    pub checkpoint_file: Option<PathBuf>,
    /// Where checkpoints are sent.
    pub checkpoint_url: Option<SecretString>,
    /// How often.
    pub checkpoint_interval: Duration,
}

impl EvidenceConfig {
    pub(super) fn read(source: &mut Source) -> Result<Self, Invalid> {
        let key = source.find(&KEY);
        let origin = source.read(&ORIGIN);
        let checkpoint_file = source.find(&CHECKPOINT_FILE);
        let checkpoint_url = source.find(&CHECKPOINT_URL);
        let checkpoint_interval = source.read(&CHECKPOINT_INTERVAL);
        Ok(Self {
            key: key?.map(|key| key.0),
            origin: origin?.0,
            checkpoint_file: checkpoint_file?,
            checkpoint_url: checkpoint_url?.map(|url| url.0),
            checkpoint_interval: checkpoint_interval?,
        })
    }
}

pub(super) struct LogKey(Arc<SigningKey>);

impl Value for LogKey {
    const KIND: &'static str = "signing key";

    fn parse(text: &str) -> Result<Self, &'static str> {
        let key = SigningKey::parse(text);
        key.map(|key| Self(Arc::new(key))).map_err(
            |_| "must be a signing key, one line, as `hemera-api audit key new --file FILE` writes it",
        )
    }
}

pub(super) struct LogOrigin(String);

impl Value for LogOrigin {
    const KIND: &'static str = "text";

    fn parse(text: &str) -> Result<Self, &'static str> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'+';
        if (1..=200).contains(&text.len()) && text.bytes().all(is_plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be a name of 1 to 200 printable ASCII characters, without spaces and +")
        }
    }
}

pub(super) struct CheckpointUrl(SecretString);

impl Value for CheckpointUrl {
    const KIND: &'static str = "address";

    fn parse(text: &str) -> Result<Self, &'static str> {
        const PROBLEM: &str =
            "must be an address such as https://archive.example/hemera: https (http on loopback only)";
        let url = Url::parse(text).map_err(|_| PROBLEM)?;
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        is_safe.then(|| Self(text.into())).ok_or(PROBLEM)
    }
}
