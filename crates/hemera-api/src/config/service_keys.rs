//! Settings of the service keys: the way in when Clerk cannot be used. None by default.

use std::path::{Path, PathBuf};

use hemera_types::{Timestamp, UserId};
use hex::FromHex as _;
use time::OffsetDateTime;
use toml::{Table, Value as Toml};

use super::section::EntryTable;
use super::setting::{Declared as _, Setting, settings};
use super::source::{Invalid, Source, TableEntry};
use super::value::Value;

settings! { SETTINGS:
    /// A TOML file with further keys, a table for each: `[rollback]` with sha256, subject and expires. It is read again on
    /// SIGHUP and when it changes: a key is let in or shut out without a restart.
    FILE: PathBuf = Setting::at("service_keys_file").example("/etc/hemera/service_keys.toml");
}

settings! { FIELDS:
    /// The SHA-256 of the key, in hexadecimal.
    SHA256: Sha256 = Setting::at("sha256")
        .required("set it to the SHA-256 of the key, 64 hexadecimal digits")
        .example("0000000000000000000000000000000000000000000000000000000000000000");

    /// Who calls with the key.
    SUBJECT: Subject = Setting::at("subject")
        .required("set it to who calls with the key, 1 to 64 of A-Z a-z 0-9 _ -")
        .example("aither-rollback");

    /// When the key ends. Not set: never.
    EXPIRES: Timestamp = Setting::at("expires").example("2027-01-31T00:00:00.000Z");
}

/// The keys, each under a name of the operator's choice.
pub(super) static TABLE: EntryTable = EntryTable {
    path: "service_keys",
    what: "a service key",
    example: "rollback",
    meaning: &[
        "The way in when Clerk cannot be used; none by default. Each key has a name of your choice (here: ROLLBACK). Its role",
        "is api-client. `hemera-api key new rollback --subject aither-rollback` makes a key and prints its table and these lines.",
    ],
    fields: FIELDS,
};

/// One key that is accepted in `X-API-Key`. Only its hash is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceKeyConfig {
    /// The name of the key, for logs and the audit log.
    pub name: String,
    /// Who calls with it.
    pub subject: String,
    /// The SHA-256 of the key.
    pub sha256: [u8; 32],
    /// From when on it is refused. `None`: never.
    pub expires: Option<OffsetDateTime>,
}

impl ServiceKeyConfig {
    /// The keys of the settings, and those of the file.
    pub(super) fn read_all(source: &mut Source) -> Result<Vec<Self>, Invalid> {
        let of_settings = source.entries(&TABLE, Self::read);
        let file = source.find(&FILE);
        let in_file = match file? {
            Some(path) => read_file(&path).map_err(|problem| source.refuse(&FILE, problem))?,
            None => Vec::new(),
        };
        let mut all = of_settings?;
        if let Some(double) = in_file
            .iter()
            .find(|key| all.iter().any(|known| known.name == key.name))
        {
            let problem = format!(
                "names a file with the key {}, which the settings have as well; keep one of them",
                double.name
            );
            return Err(source.refuse(&FILE, problem));
        }
        all.extend(in_file);
        Ok(all)
    }

    /// The file of keys, where the settings name one.
    pub(super) fn file(source: &mut Source) -> Result<Option<PathBuf>, Invalid> {
        source.find(&FILE)
    }

    fn read(entry: &mut TableEntry<'_>) -> Result<Self, Invalid> {
        let sha256 = entry.read(&SHA256);
        let subject = entry.read(&SUBJECT);
        let expires = entry.find(&EXPIRES);
        Ok(Self {
            name: entry.name().to_owned(),
            subject: subject?.0,
            sha256: sha256?.0,
            expires: expires?.map(Timestamp::to_offset_date_time),
        })
    }
}

/// The keys in a file. A file without a table has none: that shuts all of them out.
fn read_file(path: &Path) -> Result<Vec<ServiceKeyConfig>, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| {
        format!(
            "names a file that cannot be read ({}): name the TOML file of the keys, and let this user read it",
            error.kind()
        )
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let keys: Table = toml::from_str(text).map_err(|error| {
        // The parser's own message quotes the line.
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        format!("names a file that is not valid TOML at line {line}")
    })?;
    let keys = keys.into_iter().map(|(name, fields)| key_in_file(name, &fields));
    keys.collect()
}

fn key_in_file(name: String, fields: &Toml) -> Result<ServiceKeyConfig, String> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !(1..=32).contains(&name.len()) || !name.bytes().all(is_plain) {
        return Err("names a file with a key whose name is not 1 to 32 of a-z 0-9 _".to_owned());
    }
    let problem = |field: &str, problem: &str| format!("names a file whose {name}.{field} {problem}");
    let Some(fields) = fields.as_table() else {
        return Err(format!(
            "names a file whose {name} is not a table: write [{name}]"
        ));
    };
    if let Some(unknown) = fields.keys().find(|field| TABLE.field(field).is_none()) {
        return Err(problem(unknown, &TABLE.unknown_field()));
    }
    let sha256 = field(fields, &SHA256).and_then(needed);
    let subject = field(fields, &SUBJECT).and_then(needed);
    Ok(ServiceKeyConfig {
        sha256: sha256.map_err(|fault| problem("sha256", &fault))?.0,
        subject: subject.map_err(|fault| problem("subject", &fault))?.0,
        expires: field(fields, &EXPIRES)
            .map_err(|fault| problem("expires", &fault))?
            .map(Timestamp::to_offset_date_time),
        name,
    })
}

fn field<T: Value + Sync>(fields: &Table, field: &Setting<T>) -> Result<Option<T>, String> {
    let text = match fields.get(field.declaration().path) {
        None => return Ok(None),
        Some(Toml::String(text)) => text.clone(),
        // TOML has times of its own.
        Some(Toml::Datetime(time)) => time.to_string(),
        Some(_) => return Err("must be a text".to_owned()),
    };
    field.parse(&text).map(Some).map_err(Into::into)
}

fn needed<T>(value: Option<T>) -> Result<T, String> {
    value.ok_or_else(|| "is missing".to_owned())
}

pub(super) struct Sha256([u8; 32]);

impl Value for Sha256 {
    const KIND: &'static str = "64 hexadecimal digits";

    fn parse(text: &str) -> Result<Self, &'static str> {
        let hash = <[u8; 32]>::from_hex(text);
        hash.map(Self)
            .map_err(|_| "must be the SHA-256 of the key, 64 hexadecimal digits")
    }
}

/// The subject of a key has the form of a user's id: both stand in the same column of the audit log.
pub(super) struct Subject(String);

impl Value for Subject {
    const KIND: &'static str = "1 to 64 of A-Z a-z 0-9 _ -";

    fn parse(text: &str) -> Result<Self, &'static str> {
        match UserId::parse(text) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(_) => Err("must be who calls with the key, 1 to 64 of A-Z a-z 0-9 _ -"),
        }
    }
}
