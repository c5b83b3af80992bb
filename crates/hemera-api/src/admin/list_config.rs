//! `hemera-api config list`.

use std::fmt::{self, Display, Formatter};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::Console;
use crate::config::{ListedSection, ListedSetting, env_example, list};

/// How the list is printed.
#[derive(Args, Debug)]
pub(crate) struct Form {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print an environment file with every setting: the server's part of `.env.example`
    #[arg(long, conflicts_with = "json")]
    env_example: bool,
}

pub(crate) fn run(form: &Form, console: &Console) -> ExitCode {
    if form.json {
        console.print(json!({ "sections": list() }));
    } else if form.env_example {
        console.print_text(env_example());
    } else {
        console.print_text(Table(&list()));
    }
    ExitCode::SUCCESS
}

struct Table<'l>(&'l [ListedSection]);

impl Display for Table<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for section in self.0 {
            writeln!(f, "{}", section.title)?;
            for setting in &section.settings {
                write_setting(f, setting)?;
            }
            if let Some(table) = &section.table {
                for line in &table.meaning {
                    writeln!(f, "  {line}")?;
                }
                for setting in &table.settings {
                    write_setting(f, setting)?;
                }
            }
        }
        Ok(())
    }
}

fn write_setting(f: &mut Formatter<'_>, setting: &ListedSetting) -> fmt::Result {
    let secret = if setting.secret { ", secret" } else { "" };
    let kind = format!("{}{secret}", setting.kind);
    let default = match setting.default {
        Some(default) => default,
        None if setting.required => "(required)",
        None => "(not set)",
    };
    writeln!(f, "  {:<42} {kind:<38} {default}", setting.name)?;
    for line in &setting.meaning {
        writeln!(f, "      {line}")?;
    }
    Ok(())
}
