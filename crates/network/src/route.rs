//! The way that requests take.

use std::fmt;

use reqwest::ClientBuilder;
use url::Url;

use crate::loopback::is_loopback;
use crate::proxy::Proxy;
use crate::root_certificates::RootCertificates;

/// How requests leave this machine.
///
/// By default they go as the environment says (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), and the certificates of the system
/// are trusted. What is sent to this machine itself never goes through a proxy. `Display` says which way it is, without
/// credentials.
#[derive(Clone, Debug, Default)]
pub struct Network {
    way: Way,
    roots: RootCertificates,
}

#[derive(Clone, Debug, Default)]
enum Way {
    /// As `HTTPS_PROXY` and its like say.
    #[default]
    Environment,
    Direct,
    Through(Box<Proxy>),
}

impl Network {
    /// Everything goes through this proxy, except to this machine itself and to hosts that `NO_PROXY` in the environment
    /// names. `HTTPS_PROXY` and `ALL_PROXY` are not read.
    #[must_use]
    pub fn with_proxy(mut self, proxy: Proxy) -> Self {
        self.way = Way::Through(Box::new(proxy));
        self
    }

    /// Nothing goes through a proxy, whatever the environment says.
    #[must_use]
    pub fn without_proxy(mut self) -> Self {
        self.way = Way::Direct;
        self
    }

    /// Trusts these authorities beside those of the system, for servers and for a proxy that is called with `https`.
    #[must_use]
    pub fn with_root_certificates(mut self, roots: RootCertificates) -> Self {
        self.roots = roots;
        self
    }

    /// Sets up an HTTP client for the server at `url`: its proxy, whom it trusts, and that it sends nothing in clear unless
    /// the server is this machine.
    pub fn configure(&self, builder: ClientBuilder, url: &Url) -> ClientBuilder {
        let builder = if self.roots.is_empty() {
            builder
        } else {
            builder.tls_certs_merge(self.roots.to_reqwest())
        };
        if is_loopback(url) {
            return builder.no_proxy();
        }
        let builder = builder.https_only(true);
        match &self.way {
            Way::Environment => builder,
            Way::Direct => builder.no_proxy(),
            Way::Through(proxy) => builder.proxy(proxy.to_reqwest()),
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.way {
            Way::Environment => f.write_str("as HTTPS_PROXY and NO_PROXY of the environment say")?,
            Way::Direct => f.write_str("without a proxy")?,
            Way::Through(proxy) => write!(f, "through the proxy {proxy}")?,
        }
        match self.roots.len() {
            0 => Ok(()),
            1 => f.write_str("; one authority is trusted beside those of the system"),
            many => write!(f, "; {many} authorities are trusted beside those of the system"),
        }
    }
}
