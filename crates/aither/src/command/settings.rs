//! `aither settings`.

use std::io;

use serde::Serialize;

use crate::console::table::{Column, Table};
use crate::console::text::NONE;
use crate::context::Context;
use crate::exit::Exit;
use crate::settings::{SETTINGS, Setting};

/// A setting for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    name: &'static str,
    is_secret: bool,
    /// `null` if it is not set.
    from: Option<String>,
    default: &'static str,
    meaning: &'static str,
}

/// The result for programs.
#[derive(Serialize)]
struct All {
    settings: Vec<Shown>,
}

pub(crate) fn run(context: &Context) -> io::Result<Exit> {
    let shown = |setting: &Setting| Shown {
        name: setting.name,
        is_secret: setting.is_secret,
        from: context.settings.origin(setting).map(|origin| origin.to_string()),
        default: setting.default,
        meaning: setting.meaning,
    };
    let all = All {
        settings: SETTINGS.iter().map(shown).collect(),
    };
    context.print(&all, || table(&all.settings).render(context.console.width()))?;
    Ok(Exit::Done)
}

fn table(settings: &[Shown]) -> Table {
    let mut table = Table::new(&[
        ("SETTING", Column::Whole),
        ("FROM", Column::Whole),
        ("DEFAULT", Column::Text),
        ("MEANING", Column::Text),
    ]);
    for setting in settings {
        let default = setting.default.replace('`', "");
        table.row([
            setting.name,
            setting.from.as_deref().unwrap_or(NONE),
            if default.is_empty() { NONE } else { &default },
            &setting.meaning.replace('`', ""),
        ]);
    }
    table
}
