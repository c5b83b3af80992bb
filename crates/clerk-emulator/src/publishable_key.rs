//! The publishable key: the host of the Frontend API in disguise.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::world::settings::Environment;

/// `pk_test_` or `pk_live_`, and the host with its port and a `$` behind it in base64. SDKs split the key at `_`, so
/// the alphabet is the standard one.
pub(crate) fn of(issuer: &str, environment: Environment) -> String {
    let host = issuer.split_once("://").map_or(issuer, |(_, host)| host);
    format!(
        "pk_{}_{}",
        environment.key_word(),
        STANDARD.encode(format!("{host}$"))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_the_documented_example() {
        let key = of("http://clerk.localhost:4010", Environment::Development);
        assert_eq!(key, "pk_test_Y2xlcmsubG9jYWxob3N0OjQwMTAk");
    }
}
