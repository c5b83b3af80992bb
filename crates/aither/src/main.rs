//! The binary `aither`: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    aither::run(std::env::args_os())
}
