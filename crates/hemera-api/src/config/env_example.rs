//! The server's part of `.env.example`: two sets of the least settings, and every setting with its default.

use std::fmt::{self, Display, Formatter};

use super::listing::{ListedSection, ListedSetting, list};
use super::setting::Declared;
use super::{clerk, database, environment, limits};

const INTRODUCTION: &str = "\
# Every setting, with its meaning, and its default where it has one.
#
#   cp .env.example .env
#   hemera-api --env-file .env config check
#
# A container's --env-file takes it too.
# Lines that begin with `# NAME=` show a default, or below `For example:` a value to be replaced. The same settings can be
# written into `hemera.toml` in the working folder, HEMERA_HTTP__LISTEN as `listen` under `[http]`; the environment wins.
# `hemera-api config check` reports every fault in one go, and says where each setting came from. Each secret can also be
# given as a file: DATABASE_URL_FILE=/run/secrets/database_url. A name that begins with HEMERA_ and is neither a setting
# nor one of the client's is a fault.
";

/// The least that a server needs, for one kind of Clerk. Parts of two of them never work together.
struct Least {
    title: &'static str,
    introduction: &'static [&'static str],
    active: bool,
    settings: &'static [(&'static dyn Declared, &'static str)],
}

static LEAST: [Least; 2] = [
    Least {
        title: "the least, with a local Clerk",
        introduction: &[
            "The database of `docker compose up --detach`, and the emulator that `cargo run -p clerk-emulator` starts.",
            "(`cargo xtask dev` starts these and the server in one go, and needs no settings.)",
        ],
        active: true,
        settings: &[
            (&environment::ENVIRONMENT, "development"),
            (&database::URL, "postgres://hemera:hemera@127.0.0.1:5432/hemera"),
            (&clerk::SECRET_KEY, "sk_test_emulator"),
            (&clerk::ISSUER, "http://127.0.0.1:4010"),
            (&clerk::API_URL, "http://127.0.0.1:4010"),
        ],
    },
    Least {
        title: "the least, with a real Clerk",
        introduction: &[
            "Instead of the lines above: take those out. deploy/environments has whole files for staging and production.",
        ],
        active: false,
        settings: &[
            (&environment::ENVIRONMENT, "production"),
            (
                &database::URL,
                "postgres://hemera:password@db.example.com/hemera?sslmode=verify-full",
            ),
            (&clerk::SECRET_KEY, "sk_live_replace"),
            (&clerk::PUBLISHABLE_KEY, "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k"),
            (&limits::REPLICAS, "1"),
        ],
    },
];

/// An environment file that shows every setting of the server.
pub fn env_example() -> String {
    EnvExample.to_string()
}

struct EnvExample;

impl Display for EnvExample {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(INTRODUCTION)?;
        for least in &LEAST {
            title(f, least.title)?;
            comment(f, least.introduction)?;
            for (setting, value) in least.settings {
                let mark = if least.active { "" } else { "# " };
                writeln!(f, "{mark}{}={value}", setting.declaration().env())?;
            }
        }
        for section in list() {
            write_section(f, &section)?;
        }
        Ok(())
    }
}

fn write_section(f: &mut Formatter<'_>, section: &ListedSection) -> fmt::Result {
    title(f, section.title)?;
    for setting in &section.settings {
        write_setting(f, setting)?;
    }
    if let Some(table) = &section.table {
        comment(f, &table.meaning)?;
        for setting in &table.settings {
            write_setting(f, setting)?;
        }
    }
    Ok(())
}

fn write_setting(f: &mut Formatter<'_>, setting: &ListedSetting) -> fmt::Result {
    comment(f, &setting.meaning)?;
    let value = match setting.default {
        Some(default) => default,
        None if setting.example.is_empty() => "",
        None => {
            comment(f, &["For example:"])?;
            setting.example
        }
    };
    writeln!(f, "# {}={value}", setting.name)
}

fn title(f: &mut Formatter<'_>, title: &str) -> fmt::Result {
    let rule = "-".repeat(90);
    write!(f, "\n# {rule} hemera-api: {title}\n\n")
}

fn comment(f: &mut Formatter<'_>, lines: &[&str]) -> fmt::Result {
    lines.iter().try_for_each(|line| writeln!(f, "# {line}"))
}
