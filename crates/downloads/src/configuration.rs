//! Which registry the person's npm or pip would ask.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use url::{Host, Url};

const NPM: &str = "https://registry.npmjs.org/";
const PYPI: &str = "https://pypi.org/simple/";

/// The registry of npm packages: `npm_config_registry`, the person's `.npmrc`, npm's own.
pub(crate) fn npm_registry() -> Result<Url> {
    let files = home().map(|home| home.join(".npmrc"));
    choose(
        &["npm_config_registry", "NPM_CONFIG_REGISTRY"],
        files,
        "registry",
        NPM,
    )
}

/// The index of Python packages: `PIP_INDEX_URL`, pip's files, PyPI.
pub(crate) fn python_index() -> Result<Url> {
    let own = std::env::var_os("PIP_CONFIG_FILE").map(PathBuf::from);
    let at_home = [".config/pip/pip.conf", ".pip/pip.conf"];
    let at_home = home()
        .into_iter()
        .flat_map(|home| at_home.map(|file| home.join(file)));
    let files = own
        .into_iter()
        .chain(at_home)
        .chain([PathBuf::from("/etc/pip.conf")]);
    choose(&["PIP_INDEX_URL"], files, "index-url", PYPI)
}

fn choose(
    variables: &[&str],
    files: impl IntoIterator<Item = PathBuf>,
    key: &str,
    otherwise: &str,
) -> Result<Url> {
    let set = variables
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?)))
        .find(|(_, value)| !value.trim().is_empty());
    let written = || {
        files
            .into_iter()
            .find_map(|file| Some((file.display().to_string(), setting(&file, key)?)))
    };
    match set.or_else(written) {
        Some((source, address)) => checked(&address).with_context(|| format!("the registry in {source}")),
        None => checked(otherwise),
    }
}

/// `key = value` of a file such as `.npmrc` or `pip.conf`; `None` where the file or the key is missing.
fn setting(file: &Path, key: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// An address is not repeated in an error: it may hold a password.
fn checked(address: &str) -> Result<Url> {
    let mut address = Url::parse(address.trim()).context("it is not an address")?;
    require_https(&address)?;
    if !address.path().ends_with('/') {
        let path = format!("{}/", address.path());
        address.set_path(&path);
    }
    Ok(address)
}

/// Refuses an address that others on the way could read or change. On this machine there are no others.
pub(crate) fn require_https(address: &Url) -> Result<()> {
    let is_local = match address.host() {
        Some(Host::Ipv4(host)) => host.is_loopback(),
        Some(Host::Ipv6(host)) => host.is_loopback(),
        Some(Host::Domain(host)) => host == "localhost",
        None => false,
    };
    if address.scheme() == "https" || (address.scheme() == "http" && is_local) {
        return Ok(());
    }
    bail!("it does not begin with https://")
}

fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| !home.as_os_str().is_empty())
}
