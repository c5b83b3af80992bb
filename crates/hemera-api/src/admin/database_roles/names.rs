//! The names of the database roles.

use std::fmt;
use std::str::FromStr;

/// The longest prefix: with the longest suffix it is still a name that PostgreSQL does not cut off (63 bytes).
const LONGEST: usize = 48;

/// The names of the three database roles: a prefix and a suffix that says what each is for.
///
/// All databases of a cluster share its roles. If a cluster holds several Hemeras (staging beside production, two test
/// runs), each uses a prefix of its own, and so has rights in its own database only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleNames {
    prefix: String,
}

/// The text cannot be a prefix of role names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a small letter, then small letters, digits and underscores, at most {LONGEST} in all")]
pub struct InvalidRolePrefix;

impl RoleNames {
    /// The default prefix.
    pub const DEFAULT_PREFIX: &str = "hemera";

    /// Names with this prefix. It is safe to write into a statement: a small letter, then small letters, digits and
    /// underscores.
    ///
    /// # Errors
    /// [`InvalidRolePrefix`].
    pub fn parse(prefix: &str) -> Result<Self, InvalidRolePrefix> {
        let plain = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        let valid = prefix.len() <= LONGEST
            && prefix.starts_with(|first: char| first.is_ascii_lowercase())
            && prefix.bytes().all(plain)
            // Reserved by PostgreSQL.
            && !prefix.starts_with("pg_");
        valid
            .then(|| Self {
                prefix: prefix.to_owned(),
            })
            .ok_or(InvalidRolePrefix)
    }

    /// The role of the server's login. It may run the server's statements, and nothing else.
    pub fn server(&self) -> String {
        format!("{}_server", self.prefix)
    }

    /// The role of auditors' logins. It may read the audit log.
    pub fn auditor(&self) -> String {
        format!("{}_auditor", self.prefix)
    }

    /// The role of the login that migrates. It owns the schema.
    pub fn owner(&self) -> String {
        format!("{}_owner", self.prefix)
    }

    pub(super) fn all(&self) -> [String; 3] {
        [self.server(), self.auditor(), self.owner()]
    }
}

impl Default for RoleNames {
    fn default() -> Self {
        Self {
            prefix: Self::DEFAULT_PREFIX.to_owned(),
        }
    }
}

impl FromStr for RoleNames {
    type Err = InvalidRolePrefix;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The prefix.
impl fmt::Display for RoleNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_at_most_63_bytes_and_begin_with_the_prefix() {
        let longest = "h".repeat(LONGEST);
        for prefix in ["hemera", "hemera_test_4711", "h", &longest] {
            let names = RoleNames::parse(prefix).unwrap();
            for name in names.all() {
                assert!(name.len() <= 63 && name.starts_with(prefix), "{name}");
            }
        }
        assert_eq!(
            RoleNames::default().all(),
            ["hemera_server", "hemera_auditor", "hemera_owner"]
        );
    }

    #[test]
    fn prefixes_that_need_quoting_or_are_too_long_are_refused() {
        let too_long = "h".repeat(LONGEST + 1);
        for prefix in [
            "",
            "1hemera",
            "_hemera",
            "Hemera",
            "hemera-x",
            "hemera x",
            "h\"; drop table users; --",
            "höra",
            "pg_x",
            &too_long,
        ] {
            assert_eq!(RoleNames::parse(prefix), Err(InvalidRolePrefix), "{prefix}");
        }
    }
}
