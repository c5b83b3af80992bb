//! Settings of the machines that may call with tokens of their own (M2M). None by default.

use super::key;
use super::source::{Source, text_in};

/// The table of the machines, each under a name of the operator's choice.
pub(super) const TABLE: &str = "machines";

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

pub(super) fn take(source: &mut Source) -> MachinesConfig {
    let own_id = own_id(source);
    let mut accepted: Vec<MachineConfig> = Vec::new();
    let table = source.table(TABLE);
    for (name, value) in &table {
        let path = format!("{TABLE}.{name}");
        let Some(table) = value.clone().into_dict() else {
            source.fault_at(&path, "must have an id");
            continue;
        };
        for unknown in table
            .keys()
            .filter(|key| !matches!(key.as_str(), "id" | "allow_unscoped"))
        {
            source.fault_at(
                &format!("{path}.{unknown}"),
                "is not a setting of a machine; it has id and allow_unscoped",
            );
        }
        let allow_unscoped = match text_in(&table, "allow_unscoped").as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                source.fault_at(&format!("{path}.allow_unscoped"), "must be true or false");
                false
            }
        };
        match text_in(&table, "id").filter(|id| is_machine(id)) {
            None => source.fault_at(
                &format!("{path}.id"),
                "must be the id of a machine at Clerk, mch_…",
            ),
            Some(id) if accepted.iter().any(|known| known.id == id) => {
                source.fault_at(
                    &format!("{path}.id"),
                    "is another machine's id, too; keep one of them",
                );
            }
            Some(id) => accepted.push(MachineConfig {
                name: name.clone(),
                id,
                allow_unscoped,
            }),
        }
    }
    if !table.is_empty() && own_id.is_none() {
        source.missing(
            &key::TOKENS_MACHINE_ID,
            "set it to the id of Hemera's own machine at Clerk, which tokens of machines must name",
        );
    }
    MachinesConfig {
        own_id: own_id.unwrap_or_default(),
        accepted,
    }
}

fn own_id(source: &mut Source) -> Option<String> {
    let id: String = source.take(&key::TOKENS_MACHINE_ID)?;
    if !is_machine(&id) {
        source.fault(
            &key::TOKENS_MACHINE_ID,
            "must be the id of a machine at Clerk, mch_…",
        );
    }
    Some(id)
}

fn is_machine(text: &str) -> bool {
    let rest = text.strip_prefix("mch_").unwrap_or_default();
    (1..=60).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
