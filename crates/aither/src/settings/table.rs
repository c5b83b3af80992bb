//! The table of all settings, as README.md shows it.

/// A setting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    /// The name of the environment variable.
    pub(crate) name: &'static str,
    /// It may be given as the path of a file instead, in `<name>_FILE`.
    pub(crate) is_secret: bool,
    /// What applies if it is not set; empty if it must be set where it is needed.
    pub(crate) default: &'static str,
    /// What it is, for people.
    pub(crate) meaning: &'static str,
}

/// A setting that is no secret.
const fn setting(name: &'static str, default: &'static str, meaning: &'static str) -> Setting {
    Setting {
        name,
        is_secret: false,
        default,
        meaning,
    }
}

/// A setting that may also be given as a file.
const fn secret(name: &'static str, default: &'static str, meaning: &'static str) -> Setting {
    Setting {
        is_secret: true,
        ..setting(name, default, meaning)
    }
}

/// All settings that the command reads, in the order of the document.
pub(crate) static SETTINGS: &[Setting] = &[
    setting(
        "HEMERA_API_BASE_URL",
        "",
        "the address of Hemera: https, or http on this machine",
    ),
    setting(
        "AITHER_AUTH",
        "`ticket`",
        "where tokens come from: `ticket`, `enrolled`, `machine` or `service-key`",
    ),
    setting(
        "AITHER_TOKEN",
        "`template`",
        "for `ticket` and `enrolled`: `template`, from the template `hemera-api`; or `session`",
    ),
    secret(
        "CLERK_SECRET_KEY",
        "",
        "for `ticket`: the secret key of the Clerk instance",
    ),
    setting(
        "CLERK_SERVICE_USER_ID",
        "",
        "for `ticket`: the id of the service user; it comes before the address",
    ),
    setting(
        "CLERK_SERVICE_USER_EMAIL",
        "",
        "for `ticket`: the e-mail address of the service user",
    ),
    setting(
        "CLERK_ISSUER",
        "",
        "for `ticket` and `enrolled`: the Frontend API of the instance",
    ),
    setting(
        "CLERK_SIGN_IN_ORIGIN",
        "none",
        "for `ticket` and `enrolled`, if the Native API is off: an origin of the instance's domain",
    ),
    setting(
        "CLERK_API_URL",
        "`https://api.clerk.com`",
        "for `ticket` and `machine`: the Backend API",
    ),
    setting(
        "AITHER_STATE_DIR",
        "`$XDG_STATE_HOME/aither`, or `~/.local/state/aither`",
        "for `ticket`: the directory in which the session is kept between calls; `none` keeps no session",
    ),
    setting(
        "AITHER_SESSION_FILE",
        "",
        "for `enrolled`: the file with the session",
    ),
    secret(
        "CLERK_SERVICE_USER_SIGNIN_TOKEN",
        "none",
        "for `enrolled`: the sign-in token, until the file exists, and for a new enrolment",
    ),
    secret(
        "CLERK_MACHINE_SECRET_KEY",
        "",
        "for `machine`: the machine's own key",
    ),
    setting(
        "AITHER_MACHINE_TOKEN_MINUTES",
        "`30`",
        "for `machine`: how long each token lives, 1 to 60 minutes",
    ),
    secret("HEMERA_API_KEY", "", "for `service-key`: the key"),
    secret(
        "AITHER_TOKEN_STORE",
        "`memory`",
        "for `ticket` and `machine`: `memory`, or the `redis://…` through which processes share tokens",
    ),
    secret(
        "AITHER_TOKEN_STORE_KEY",
        "",
        "for a shared store: the key that seals tokens, 32 random bytes in base64",
    ),
    secret(
        "AITHER_TOKEN_STORE_PREVIOUS_KEY",
        "none",
        "the key before it, while a new one is distributed",
    ),
    secret(
        "AITHER_PROXY_URL",
        "as `HTTPS_PROXY` says",
        "the proxy for Hemera and Clerk, `http://user:password@host:port` or with `https`; `none` uses no proxy",
    ),
    setting(
        "AITHER_CA_FILE",
        "none",
        "a PEM file with certificates of authorities that are trusted beside those of the system",
    ),
    setting(
        "AITHER_DOOR_LISTEN",
        "`127.0.0.1:4100`; none, if there is a socket",
        "for `serve`: the address of the door, `127.0.0.1` or `[::1]` with a port",
    ),
    setting(
        "AITHER_DOOR_SOCKET",
        "none",
        "for `serve`: the path of the Unix socket of the door",
    ),
    secret(
        "AITHER_DOOR_KEY",
        "",
        "for `serve` on an address: what programs send as `X-API-Key`, at least 32 characters",
    ),
];

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;
    use std::ffi::OsString;
    use std::fmt::Write as _;
    use std::path::Path;

    use aither_client::HemeraClientBuilder;

    use super::*;

    /// The table in Markdown.
    fn table() -> String {
        let mut text = "| setting | default | meaning |\n| --- | --- | --- |\n".to_owned();
        for setting in SETTINGS {
            let mark = if setting.is_secret { " (secret)" } else { "" };
            let default = if setting.default.is_empty() {
                "–"
            } else {
                setting.default
            };
            writeln!(
                text,
                "| `{}`{mark} | {default} | {} |",
                setting.name, setting.meaning
            )
            .unwrap();
        }
        text
    }

    /// `UPDATE_DOCUMENTS=1` writes it.
    #[test]
    fn readme_has_the_table() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        let text = std::fs::read_to_string(&path).unwrap();
        let (begin, end) = ("<!-- settings -->\n", "<!-- /settings -->");
        let (before, rest) = text.split_once(begin).unwrap();
        let (found, after) = rest.split_once(end).unwrap();
        if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
            std::fs::write(&path, format!("{before}{begin}\n{}\n{end}{after}", table())).unwrap();
        } else {
            assert_eq!(
                found.trim(),
                table().trim(),
                "run this test with UPDATE_DOCUMENTS=1"
            );
        }
    }

    /// Every name that the client reads with any source of tokens.
    fn names_looked_up() -> BTreeSet<String> {
        let names = RefCell::new(BTreeSet::new());
        for method in ["ticket", "enrolled", "machine", "service-key"] {
            let outcome = HemeraClientBuilder::load_with(|name| {
                names.borrow_mut().insert(name.to_owned());
                match name {
                    "AITHER_AUTH" => Some(OsString::from(method)),
                    "AITHER_TOKEN_STORE" => Some(OsString::from("redis://127.0.0.1")),
                    _ => None,
                }
            });
            assert!(outcome.is_err());
        }
        names.into_inner()
    }

    #[test]
    fn table_has_every_setting_that_is_read_and_no_other() {
        let of_table = SETTINGS.iter().flat_map(|setting| {
            let file = setting.is_secret.then(|| format!("{}_FILE", setting.name));
            [Some(setting.name.to_owned()), file].into_iter().flatten()
        });
        let of_table: BTreeSet<String> = of_table.collect();
        let of_door = [
            "AITHER_DOOR_LISTEN",
            "AITHER_DOOR_SOCKET",
            "AITHER_DOOR_KEY",
            "AITHER_DOOR_KEY_FILE",
        ];
        let mut read = names_looked_up();
        read.extend(of_door.map(str::to_owned));
        assert_eq!(of_table, read);
    }
}
