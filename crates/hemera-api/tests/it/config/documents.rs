//! What documents show of the settings comes from their declarations.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;

use hemera_api::config::{Config, Inputs, ListedSetting, env_example, list};

/// With this variable the documents are written instead of compared.
const UPDATE: &str = "UPDATE_DOCUMENTS";

fn document(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

/// Holds the part of a document before or between two marks against what it should be.
#[track_caller]
pub(super) fn hold(name: &str, begin: &str, end: &str, wanted: &str) {
    let path = document(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let start = text.find(begin).unwrap() + begin.len();
    let stop = start + text[start..].find(end).unwrap();
    if std::env::var_os(UPDATE).is_some() {
        let renewed = format!("{}{wanted}{}", &text[..start], &text[stop..]);
        std::fs::write(&path, renewed).unwrap();
        return;
    }
    assert!(
        text[start..stop] == *wanted,
        "{name} is not what the declarations say: \
         {UPDATE}=1 cargo xtask test -p hemera-api config::documents"
    );
}

#[test]
fn the_example_is_made_from_the_declarations() {
    let client = format!("\n# {} aither-client\n", "-".repeat(90));
    hold(".env.example", "", &client, &env_example());
}

#[test]
fn the_table_is_made_from_the_declarations() {
    let mut wanted = "\n".to_owned();
    for section in list() {
        writeln!(wanted, "\n### {}\n", section.title).unwrap();
        let table = section.table.iter();
        for table in table.clone() {
            writeln!(wanted, "{}\n", table.meaning.join("\n")).unwrap();
        }
        wanted.push_str("| name | type | default | meaning |\n| --- | --- | --- | --- |\n");
        for setting in section
            .settings
            .iter()
            .chain(table.flat_map(|table| &table.settings))
        {
            wanted.push_str(&row(setting));
        }
    }
    wanted.push('\n');
    hold(
        "docs/settings.md",
        "<!-- begin: settings -->",
        "<!-- end: settings -->",
        &wanted,
    );
}

fn row(setting: &ListedSetting) -> String {
    let secret = if setting.secret { ", secret" } else { "" };
    let default = match setting.default {
        Some(default) => format!("`{default}`"),
        None if setting.required => "required".to_owned(),
        None => "–".to_owned(),
    };
    let meaning = setting.meaning.join(" ");
    format!(
        "| `{}` | {}{secret} | {default} | {meaning} |\n",
        setting.name, setting.kind
    )
}

fn load<'l>(lines: impl Iterator<Item = &'l str>) {
    let environment: Vec<(OsString, OsString)> = lines
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    assert!(!environment.is_empty());
    Config::load(&Inputs {
        environment,
        environment_file: None,
        file: None,
    })
    .unwrap();
}

fn example() -> String {
    std::fs::read_to_string(document(".env.example")).unwrap()
}

fn part(title: &str) -> String {
    let example = example();
    let (_, rest) = example.split_once(&format!(" hemera-api: {title}\n")).unwrap();
    rest.split("\n# ---").next().unwrap().to_owned()
}

#[test]
fn what_the_example_sets_is_enough_for_a_server() {
    load(example().lines().filter(|line| !line.starts_with('#')));
}

#[test]
fn what_the_example_shows_for_a_real_clerk_is_enough_by_itself() {
    let real = part("the least, with a real Clerk");
    let lines = real.lines().filter_map(|line| line.strip_prefix("# "));
    let own: Vec<_> = lines
        .map(|line| line.replace(":password@", ":swordfish@"))
        .collect();
    load(own.iter().map(String::as_str));
}

/// A key of one Clerk instance with the address of another is a server that starts and accepts no token.
#[test]
fn the_local_clerk_is_not_mixed_with_the_real_one() {
    let local = part("the least, with a local Clerk");
    assert!(local.contains("CLERK_API_URL=http://127.0.0.1:"), "{local}");
    assert!(!local.contains("_live_"), "{local}");
    let real = part("the least, with a real Clerk");
    assert!(
        !real.contains("_test_") && !real.contains("CLERK_API_URL"),
        "{real}"
    );
}

/// A default or an example that is no valid value would be copied all the same.
#[test]
fn defaults_and_examples_are_valid() {
    let example = example();
    let shown: Vec<_> = example
        .lines()
        .take_while(|line| !line.ends_with(" aither-client"))
        .filter_map(|line| line.strip_prefix("# "))
        .filter_map(|line| line.split_once('='))
        .filter(|(name, value)| is_name(name) && !value.is_empty())
        // The example's file is nowhere.
        .filter(|(name, _)| *name != "HEMERA_SERVICE_KEYS_FILE")
        // Its example is production, which refuses the example of a password.
        .map(|(name, value)| (name, if name == "HEMERA_ENVIRONMENT" { "development" } else { value }))
        .collect();
    assert!(shown.len() > 50, "{shown:?}");
    let environment = shown.iter().map(|(name, value)| (name.into(), value.into()));
    Config::load(&Inputs {
        environment: environment.collect(),
        environment_file: None,
        file: None,
    })
    .unwrap();
}

fn is_name(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[test]
fn every_setting_says_what_it_means() {
    for section in list() {
        let table = section.table.iter().flat_map(|table| &table.settings);
        for setting in section.settings.iter().chain(table) {
            assert!(!setting.meaning.concat().is_empty(), "{setting:?}");
        }
    }
}
