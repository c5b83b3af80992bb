//! `aither completions`.

use std::io;

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use crate::console::Console;
use crate::exit::Exit;

#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell that reads them
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn run(
    console: &Console,
    arguments: &CompletionsArguments,
    mut command: Command,
) -> io::Result<Exit> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, "aither", &mut script);
    console.print_text(String::from_utf8(script).map_err(io::Error::other)?);
    Ok(Exit::Done)
}
