//! `hemera-api openapi`.

use std::process::ExitCode;

use crate::admin::Console;
use crate::http::openapi;

pub(super) fn run(console: &Console) -> ExitCode {
    console.print_text(openapi::text());
    ExitCode::SUCCESS
}
