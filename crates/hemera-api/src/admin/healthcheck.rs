//! `hemera-api healthcheck`.

use std::process::ExitCode;
use std::time::Duration;

use reqwest::{Error, Response, StatusCode};
use url::Url;

use super::own_origin::own_origin;
use super::{Console, Failure};
use crate::config::{Inputs, load_http};

/// As much of an answer as is read. The server's own is one line.
const MOST_READ: usize = 1024;

pub(crate) fn parse_timeout(text: &str) -> Result<Duration, &'static str> {
    match humantime::parse_duration(text) {
        Ok(timeout) if !timeout.is_zero() => Ok(timeout),
        _ => Err("must be a duration such as 3s"),
    }
}

pub(crate) async fn run(
    inputs: &Inputs,
    console: &Console,
    origin: Option<Url>,
    timeout: Duration,
) -> Result<ExitCode, Failure> {
    let (origin, is_by_address) = match origin {
        Some(origin) => (origin, false),
        None => (own_origin(&load_http(inputs)?)?, true),
    };
    let client = reqwest::Client::builder()
        // The certificate names the server and not this address. Nothing secret is sent, and only this machine can
        // answer at the address.
        .danger_accept_invalid_certs(is_by_address)
        .timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|_| "no request can be made: install the roots of TLS (ca-certificates), without which none is trusted")?;
    let (status, text) = ask(&client, origin.join("/readyz")?)
        .await
        .map_err(|error| without_answer(&origin, timeout, &error))?;
    let code = match status {
        StatusCode::OK if text.starts_with("ready") => ExitCode::SUCCESS,
        StatusCode::SERVICE_UNAVAILABLE if text.starts_with("not ready") => ExitCode::FAILURE,
        other => {
            return Err(format!(
                "{origin} answers {other}, but not as hemera-api does: does something else listen there, or a proxy in front?"
            )
            .into());
        }
    };
    console.print(text.trim_end());
    Ok(code)
}

/// The status, and the beginning of the text.
async fn ask(client: &reqwest::Client, url: Url) -> Result<(StatusCode, String), Error> {
    let mut answer = client.get(url).send().await?;
    let bytes = beginning(&mut answer).await?;
    Ok((answer.status(), String::from_utf8_lossy(&bytes).into_owned()))
}

async fn beginning(answer: &mut Response) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= MOST_READ {
            break;
        }
    }
    Ok(bytes)
}

fn without_answer(origin: &Url, timeout: Duration, error: &Error) -> String {
    if error.is_timeout() {
        format!(
            "{origin} does not answer within {}: the server hangs or is overloaded, or the network loses packets; look at the \
             server's log",
            humantime::format_duration(timeout)
        )
    } else if error.is_connect() {
        format!("no connection to {origin} could be made: is the server running, and does it listen there?")
    } else {
        format!("{origin} breaks off without an answer over HTTP: does something else listen there, or TLS?")
    }
}
