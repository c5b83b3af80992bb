//! `hemera-api healthcheck`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use url::Url;

use super::{Console, Failure};
use crate::config::{HttpConfig, Inputs, load_http};

/// How long the server may take to answer.
const TIMEOUT: Duration = Duration::from_secs(3);

pub(crate) async fn run(
    inputs: &Inputs,
    console: &Console,
    origin: Option<Url>,
) -> Result<ExitCode, Failure> {
    let (origin, is_by_address) = match origin {
        Some(origin) => (origin, false),
        None => (own_origin(&load_http(inputs)?)?, true),
    };
    let client = reqwest::Client::builder()
        // The certificate names the server and not this address. Nothing secret is sent, and only this machine can
        // answer at the address.
        .danger_accept_invalid_certs(is_by_address)
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()?;
    let answer = client.get(origin.join("/readyz")?).send().await;
    let answer = answer.map_err(|_| format!("nothing answers at {origin}: is the server running there?"))?;
    let ready = answer.status().is_success();
    let text = answer.text().await.unwrap_or_default();
    console.print(text.trim_end());
    Ok(if ready {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn own_origin(http: &HttpConfig) -> Result<Url, url::ParseError> {
    let scheme = if http.tls.is_some() { "https" } else { "http" };
    Url::parse(&format!("{scheme}://{}", reachable(http.listen)))
}

/// The address to call: for a server that listens on all addresses, the loopback address.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
