//! Why a connection could not be made.

use std::error::Error;
use std::fmt;
use std::io;

use rustls::CertificateError;

/// Why a connection could not be made, as far as a proxy or a certificate is the reason. `Display` says what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectFault {
    /// There is no connection to the proxy.
    ProxyUnreachable,
    /// The certificate of a proxy that is called with `https` is not accepted.
    ProxyCertificate,
    /// The proxy wants a user name and a password, or others.
    ProxyCredentials,
    /// The proxy makes no tunnel to this host.
    ProxyRefused,
    /// The certificate of the server is from an authority that is not trusted.
    UnknownAuthority,
    /// The certificate of the server is not accepted for another reason: it has expired, or is for another name.
    Certificate,
}

/// What the texts of hyper-util's errors about tunnels begin with; the errors themselves cannot be named.
const TUNNEL: &str = "tunnel error: ";

impl ConnectFault {
    /// Finds the fault among the causes of an error of reqwest.
    pub fn of(error: &reqwest::Error) -> Option<Self> {
        let mut through_proxy = None;
        let mut certificate = None;
        let mut next: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(cause) = next {
            if let Some(text) = cause.to_string().strip_prefix(TUNNEL) {
                through_proxy = Some(match text {
                    "proxy authorization required" => Self::ProxyCredentials,
                    "failed to create underlying connection" => Self::ProxyUnreachable,
                    _ => Self::ProxyRefused,
                });
            }
            certificate = certificate.or_else(|| of_certificate(cause));
            next = inner(cause);
        }
        match (through_proxy, certificate) {
            (Some(Self::ProxyUnreachable), Some(_)) => Some(Self::ProxyCertificate),
            (Some(fault), _) | (None, Some(fault)) => Some(fault),
            (None, None) => None,
        }
    }

    /// What to do about it, in one line without a full stop.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::ProxyUnreachable => {
                "check the address of the proxy (HTTPS_PROXY, or AITHER_PROXY_URL of Aither), and that it runs"
            }
            Self::ProxyCertificate => {
                "trust the authority of the proxy's certificate (AITHER_CA_FILE of Aither), or have the certificate renewed"
            }
            Self::ProxyCredentials => {
                "set the user name and the password that the proxy wants (AITHER_PROXY_URL of Aither, as user:password@)"
            }
            Self::ProxyRefused => "have the operators of the proxy allow CONNECT to this host",
            Self::UnknownAuthority => {
                "check the address; if the server's certificate is from an authority of your own, trust it (AITHER_CA_FILE \
                 of Aither)"
            }
            Self::Certificate => {
                "check the address and this machine's clock; if both are right, have the server's certificate renewed"
            }
        }
    }
}

impl fmt::Display for ConnectFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ProxyUnreachable => "the proxy cannot be reached",
            Self::ProxyCertificate => "the certificate of the proxy is not accepted",
            Self::ProxyCredentials => "the proxy wants other credentials",
            Self::ProxyRefused => "the proxy does not let the connection through",
            Self::UnknownAuthority => "the certificate is from an authority that is not trusted",
            Self::Certificate => "the certificate has expired or is for another name",
        })
    }
}

fn of_certificate(cause: &(dyn Error + 'static)) -> Option<ConnectFault> {
    let rustls::Error::InvalidCertificate(error) = cause.downcast_ref()? else {
        return None;
    };
    Some(match error {
        CertificateError::UnknownIssuer => ConnectFault::UnknownAuthority,
        _ => ConnectFault::Certificate,
    })
}

/// The next cause. An error of the operating system hides what it wraps: its source is that of the wrapped error.
fn inner<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => cause.source(),
    }
}
