//! Proxy and certificates from the settings.

use network::{Network, Proxy, RootCertificates};
use secrecy::ExposeSecret as _;

use super::environment::Environment;

const PROXY: &str = "AITHER_PROXY_URL";
const CA_FILE: &str = "AITHER_CA_FILE";

/// The value that uses no proxy.
const NO_PROXY: &str = "none";

/// How all requests leave this machine; `None` if there are faults.
pub(super) fn of(environment: &mut Environment<'_>) -> Option<Network> {
    let before = environment.number_of_faults();
    let network = environment.optional_secret(PROXY, |text| match text.expose_secret() {
        NO_PROXY => Ok(Network::default().without_proxy()),
        _ => Proxy::parse(text).map(|proxy| Network::default().with_proxy(proxy)),
    });
    let path = environment.text(CA_FILE);
    let roots = path.and_then(|path| roots(environment, &path));
    let network = network
        .unwrap_or_default()
        .with_root_certificates(roots.unwrap_or_default());
    (environment.number_of_faults() == before).then_some(network)
}

fn roots(environment: &mut Environment<'_>, path: &str) -> Option<RootCertificates> {
    let pem = match std::fs::read(path) {
        Ok(pem) => pem,
        Err(error) => {
            environment.fault(
                CA_FILE,
                format!(
                    "names a file that cannot be read ({}); correct the path, or let this user read it",
                    error.kind()
                ),
            );
            return None;
        }
    };
    let parsed = RootCertificates::parse(&pem);
    environment.accept(
        CA_FILE,
        parsed.map_err(|fault| format!("names a file that {fault}")),
    )
}
