//! What counts as a security event.

/// Something that normal work does not do. `docs/audit.md` says what each means, and `docs/runbook.md` what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SecurityEvent {
    /// A token that Clerk did not make.
    ForgedToken,
    /// A secret key of Clerk's came as a credential: it has leaked.
    ClerkSecretAsCredential,
    /// A caller looks for ids that are not there.
    IdEnumeration,
    /// A caller reads more participations than its work needs.
    Crawl,
    /// A service user calls from a network that it never called from before.
    NewAddress,
    /// A service user calls with a `User-Agent` that it never had before.
    NewUserAgent,
    /// A service key was used after the cut-over to tokens.
    RollbackKeyUsed,
}

impl SecurityEvent {
    pub(crate) const ALL: [Self; 7] = [
        Self::ForgedToken,
        Self::ClerkSecretAsCredential,
        Self::IdEnumeration,
        Self::Crawl,
        Self::NewAddress,
        Self::NewUserAgent,
        Self::RollbackKeyUsed,
    ];

    /// In one word: a label of metrics, a field of the log, and an element of `security_events` in the audit log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ForgedToken => "forged_token",
            Self::ClerkSecretAsCredential => "clerk_secret_as_credential",
            Self::IdEnumeration => "id_enumeration",
            Self::Crawl => "crawl",
            Self::NewAddress => "new_address",
            Self::NewUserAgent => "new_user_agent",
            Self::RollbackKeyUsed => "rollback_key_used",
        }
    }

    /// What happened and what to do, in a line of the log.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::ForgedToken => {
                "tokens came that Clerk did not make: see the audit log for their addresses, and refuse those"
            }
            Self::ClerkSecretAsCredential => {
                "a secret key of Clerk came as a credential, and so has leaked: rotate it in Clerk's dashboard now"
            }
            Self::IdEnumeration => {
                "a caller looks for ids that are not there: ask its operators, and shut it out where they know nothing of it"
            }
            Self::Crawl => {
                "a caller reads more participations a day than HEMERA_SECURITY__PARTICIPATIONS_A_DAY: ask its operators, and \
                 shut it out where they know nothing of it"
            }
            Self::NewAddress => {
                "a service user calls from a network that it never called from: see that this was planned, else shut it out"
            }
            Self::NewUserAgent => {
                "a service user calls with a User-Agent that it never had: see that this was planned, else shut it out"
            }
            Self::RollbackKeyUsed => {
                "a service key was used after HEMERA_SECURITY__CUT_OVER: move its user to tokens, and end the key"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = include_str!("../../../../docs/audit.md");

    #[test]
    fn document_has_a_row_for_each_event_and_no_other() {
        let (_, section) = DOCUMENT.split_once("\n## Security events\n").unwrap();
        let section = section.split("\n## ").next().unwrap();
        let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
        let listed: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
        assert_eq!(listed, SecurityEvent::ALL.map(SecurityEvent::name));
    }
}
