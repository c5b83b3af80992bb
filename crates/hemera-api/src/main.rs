//! The binary `hemera-api`: everything is in the library, so that tests start the same thing.

use std::process::ExitCode;

fn main() -> ExitCode {
    hemera_api::run(std::env::args_os())
}
