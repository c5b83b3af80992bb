//! Where the file of a package is.

use anyhow::{Context as _, Result, bail};
use percent_encoding::percent_decode_str;
use reqwest::Client;
use reqwest::header::ACCEPT;
use serde::Deserialize;
use url::Url;

use crate::configuration::{npm_registry, python_index, require_https};
use crate::transfer;

/// What pip asks an index for, too: JSON, or the older page of links.
const LISTS: &str = "application/vnd.pypi.simple.v1+json, text/html;q=0.1";

/// `…/@scope/name/-/name-version.tgz`, as npm's registry and its mirrors have it.
pub(crate) fn npm(name: &str, version: &str) -> Result<Url> {
    let file = name.rsplit('/').next().unwrap_or(name);
    npm_registry()?
        .join(&format!("{name}/-/{file}-{version}.tgz"))
        .context("the package's name makes no address")
}

/// The link of the index that has this file's name.
pub(crate) async fn pypi(client: &Client, name: &str, file: &str) -> Result<Url> {
    let list = python_index()?
        .join(&format!("{name}/"))
        .context("the project's name makes no address")?;
    let text = transfer::text(client, &list, (ACCEPT, LISTS)).await?;
    let Some(link) = link(&text, file) else {
        bail!(
            "{} does not list {file}: the package was withdrawn, or the mirror lacks it",
            transfer::place(&list)
        );
    };
    // The index is another party than this page's reader: where it sends us is checked like a setting.
    let address = list
        .join(&link)
        .context("the index has a link that is no address")?;
    require_https(&address).context("the index links to an address that is not safe")?;
    Ok(address)
}

#[derive(Deserialize)]
struct List {
    files: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    filename: String,
    url: String,
}

fn link(text: &str, file: &str) -> Option<String> {
    if let Ok(list) = serde_json::from_str::<List>(text) {
        return list
            .files
            .into_iter()
            .find(|listed| listed.filename == file)
            .map(|listed| listed.url);
    }
    text.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .find(|href| {
            let path = href.split(['#', '?']).next().unwrap_or_default();
            let last = path.rsplit('/').next().unwrap_or_default();
            percent_decode_str(last).decode_utf8_lossy() == file
        })
        .map(|href| href.replace("&amp;", "&"))
}
