//! `hemera-api openapi`.

use std::io::Write as _;
use std::process::ExitCode;

use crate::admin::Failure;
use crate::http::openapi;

pub(super) fn run() -> Result<ExitCode, Failure> {
    std::io::stdout().write_all(openapi::text().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
