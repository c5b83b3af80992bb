//! Settings of the service keys: the way in when Clerk cannot be used. None by default.

use hemera_types::{Timestamp, UserId};
use hex::FromHex as _;
use time::OffsetDateTime;

use super::section::EntryTable;
use super::setting::{Setting, settings};
use super::source::{Invalid, Source, TableEntry};
use super::value::Value;

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
        "is api-client. `hemera-api key new rollback --subject aither-rollback` makes a key and prints these lines.",
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
    pub(super) fn read_all(source: &mut Source) -> Result<Vec<Self>, Invalid> {
        source.entries(&TABLE, Self::read)
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
