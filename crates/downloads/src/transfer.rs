//! HTTP, with bounds on time and size, and the hash of what came.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::header::HeaderName;
use reqwest::{Certificate, Client, Response};
use sha2::{Digest as _, Sha256};
use url::Url;
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

/// The largest file: several times what a package of PostgreSQL has.
const LARGEST: u64 = 256 * 1024 * 1024;
/// The largest list of a project's files.
const LARGEST_LIST: u64 = 16 * 1024 * 1024;
/// How often a transfer that breaks off is begun again.
const TRIES: usize = 3;

/// A client with the certificate authorities of this system and, for a system that has none, those that browsers
/// trust.
pub(crate) fn client() -> Result<Client> {
    let bundled = TLS_SERVER_ROOT_CERTS
        .iter()
        .map(|authority| Certificate::from_der(authority))
        .collect::<Result<Vec<_>, _>>()
        .context("a certificate authority that this program brings along cannot be read")?;
    Client::builder()
        .user_agent("hemera-downloads")
        .connect_timeout(Duration::from_secs(30))
        .read_timeout(Duration::from_mins(1))
        .timeout(Duration::from_mins(15))
        .tls_certs_merge(bundled)
        .build()
        .context("no HTTPS client can be made")
}

/// Host and path for a person. An address may hold a password.
pub(crate) fn place(address: &Url) -> String {
    format!("{}{}", address.host_str().unwrap_or_default(), address.path())
}

/// A text of modest size.
pub(crate) async fn text(client: &Client, address: &Url, accept: (HeaderName, &str)) -> Result<String> {
    let mut answer = ask(client.get(address.clone()).header(accept.0, accept.1), address).await?;
    let mut text = Vec::new();
    while let Some(piece) = chunk(&mut answer, address).await? {
        text.extend_from_slice(&piece);
        if text.len() as u64 > LARGEST_LIST {
            bail!("{} is larger than any list of files", place(address));
        }
    }
    String::from_utf8(text).with_context(|| format!("{} is no text", place(address)))
}

/// A file with this hash, at its beginning. It has no name, and is gone once it is closed.
///
/// # Errors
/// If it cannot be had in three tries, or is another file than expected.
pub(crate) async fn download(client: &Client, address: &Url, sha256: &str) -> Result<File> {
    let mut tries = 1;
    let (mut file, hash) = loop {
        match once(client, address).await {
            Ok(got) => break got,
            Err(_) if tries < TRIES => tries += 1,
            Err(error) => return Err(error),
        }
    };
    if !hash.eq_ignore_ascii_case(sha256) {
        bail!(
            "{} has the SHA-256 {hash}, and {sha256} was expected: the registry or the way to it has changed the file, so \
             it was thrown away",
            place(address)
        );
    }
    file.rewind().context("the temporary file cannot be read")?;
    Ok(file)
}

async fn once(client: &Client, address: &Url) -> Result<(File, String)> {
    let mut answer = ask(client.get(address.clone()), address).await?;
    let bar = bar(answer.content_length(), address);
    let mut file = tempfile::tempfile().context("no temporary file can be made")?;
    let mut hash = Sha256::new();
    let mut size = 0;
    while let Some(piece) = chunk(&mut answer, address).await? {
        size += piece.len() as u64;
        if size > LARGEST {
            bail!(
                "{} is larger than {LARGEST} bytes, so it was given up",
                place(address)
            );
        }
        hash.update(&piece);
        file.write_all(&piece)
            .context("the temporary file cannot be written")?;
        bar.set_position(size);
    }
    bar.finish_and_clear();
    Ok((file, hex::encode(hash.finalize())))
}

async fn ask(request: reqwest::RequestBuilder, address: &Url) -> Result<Response> {
    let answer = request
        .send()
        .await
        // Its text has the whole address, which may hold a password.
        .map_err(reqwest::Error::without_url)
        .with_context(|| {
            format!(
                "{} cannot be reached: check the network, or name a proxy in HTTPS_PROXY",
                place(address)
            )
        })?;
    if !answer.status().is_success() {
        bail!("{} answered {}", place(address), answer.status());
    }
    Ok(answer)
}

async fn chunk(answer: &mut Response, address: &Url) -> Result<Option<Vec<u8>>> {
    let piece = answer.chunk().await.map_err(reqwest::Error::without_url);
    Ok(piece
        .with_context(|| format!("the transfer from {} broke off", place(address)))?
        .map(|piece| piece.to_vec()))
}

fn bar(size: Option<u64>, address: &Url) -> ProgressBar {
    let bar = size.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    // The template is a literal of ours; indicatif's own is good enough should it ever not parse.
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {bytes} of {total_bytes}, {eta} left") {
        bar.set_style(style);
    }
    bar.set_message(address.host_str().unwrap_or_default().to_owned());
    bar
}
