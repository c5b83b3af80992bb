//! Settings of the machines that may call with tokens of their own (M2M). None by default.

use super::section::EntryTable;
use super::setting::{Setting, settings};
use super::source::{Invalid, Source, TableEntry};
use super::value::Value;

settings! { SETTINGS:
    /// The id of Hemera's own machine at Clerk, which tokens of machines must name. Needed where machines are configured.
    MACHINE_ID: MachineId = Setting::at("tokens.machine_id").example("mch_2pVh8Xc4Lk6Wn3Rt9Yb1Qs5Zd7G");
}

settings! { FIELDS:
    /// The machine's id at Clerk.
    ID: MachineId = Setting::at("id")
        .required("set it to the id of a machine at Clerk, mch_…")
        .example("mch_2qHmZk4Pw8Rt6Yd1Vb3Nc5Xs7Lf");

    /// Accept its tokens although they name no receiver, neither in scopes nor in aud. One that names others stays refused.
    ALLOW_UNSCOPED: bool = Setting::at("allow_unscoped").or("false");
}

/// The machines, each under a name of the operator's choice.
pub(super) static TABLE: EntryTable = EntryTable {
    path: "machines",
    what: "a machine",
    example: "aither",
    meaning: &[
        "Machines that may call with tokens of their own (M2M JWTs); none by default. Each has a name of your choice (here:",
        "AITHER). Its role is api-client, without a look-up: to shut it out, take it out here.",
    ],
    fields: FIELDS,
};

/// The machines that may call, and the one that we are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MachinesConfig {
    /// Our own machine's id, which a token must name. Empty where no machine is configured.
    pub own_id: String,
    /// The machines that may call. Empty: tokens of machines are not accepted.
    pub accepted: Vec<MachineConfig>,
}

/// One machine that may call, always with the role `api-client`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineConfig {
    /// Its name here, for people who read the settings.
    pub name: String,
    /// Its id at Clerk, `mch_…`.
    pub id: String,
    /// Whether its tokens are accepted although they name no receiver at all.
    pub allow_unscoped: bool,
}

impl MachinesConfig {
    pub(super) fn read(source: &mut Source) -> Result<Self, Invalid> {
        let own_id = source.find(&MACHINE_ID);
        let mut known = Vec::new();
        let mut entries = 0;
        let accepted = source.entries(&TABLE, |entry| {
            entries += 1;
            MachineConfig::read(entry, &mut known)
        });
        let own_id = own_id?;
        if entries > 0 && own_id.is_none() {
            let remedy =
                "set it to the id of Hemera's own machine at Clerk, which tokens of machines must name";
            return Err(source.missing(&MACHINE_ID, remedy));
        }
        Ok(Self {
            own_id: own_id.map(|id| id.0).unwrap_or_default(),
            accepted: accepted?,
        })
    }
}

impl MachineConfig {
    fn read(entry: &mut TableEntry<'_>, known: &mut Vec<String>) -> Result<Self, Invalid> {
        let id = entry.read(&ID);
        let allow_unscoped = entry.read(&ALLOW_UNSCOPED);
        let MachineId(id) = id?;
        if known.contains(&id) {
            return Err(entry.refuse(&ID, "is another machine's id, too; keep one of them"));
        }
        known.push(id.clone());
        Ok(Self {
            name: entry.name().to_owned(),
            id,
            allow_unscoped: allow_unscoped?,
        })
    }
}

pub(super) struct MachineId(String);

impl Value for MachineId {
    const KIND: &'static str = "id of a machine at Clerk";

    fn parse(text: &str) -> Result<Self, &'static str> {
        let rest = text.strip_prefix("mch_").unwrap_or_default();
        if (1..=60).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be the id of a machine at Clerk, mch_…")
        }
    }
}
