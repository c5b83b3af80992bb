//! `hemera-api healthcheck`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use url::Url;

use super::Failure;
use crate::config::{Inputs, load_listen_address};

/// How long the server may take to answer.
const TIMEOUT: Duration = Duration::from_secs(3);

pub(super) async fn run(inputs: &Inputs, origin: Option<Url>) -> Result<ExitCode, Failure> {
    let origin = match origin {
        Some(origin) => origin,
        None => Url::parse(&format!("http://{}", reachable(load_listen_address(inputs)?)))?,
    };
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()?;
    let answer = client.get(origin.join("/readyz")?).send().await;
    let answer = answer.map_err(|_| format!("nothing answers at {origin}: is the server running there?"))?;
    let ready = answer.status().is_success();
    let words = answer.text().await.unwrap_or_default();
    println!("{}", words.trim_end());
    Ok(if ready {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A server that listens on every address is asked on the loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
