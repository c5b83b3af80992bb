//! Certificates of authorities that are trusted beside those of the system.

use std::fmt;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// Certificates of authorities, for example that of a company whose servers or proxies have certificates of their own.
///
/// They are trusted beside those of the system, not instead of them.
#[derive(Clone, Default)]
pub struct RootCertificates(Vec<CertificateDer<'static>>);

/// Why a text has no usable certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRootCertificates {
    /// No PEM, or a block of it is damaged.
    #[error(
        "is not PEM: it must have lines `-----BEGIN CERTIFICATE-----`, base64 and `-----END CERTIFICATE-----`"
    )]
    NotPem,
    /// PEM of something else, such as a key.
    #[error("has no certificate in it: give the certificate of the authority as PEM, not a key or a request")]
    Empty,
    /// A block that is no certificate.
    #[error(
        "has a block that is no X.509 certificate: export the certificate of the authority again, as PEM"
    )]
    NotACertificate,
}

impl RootCertificates {
    /// Reads all certificates of a PEM text. Other blocks and text between blocks are passed over.
    pub fn parse(pem: &[u8]) -> Result<Self, InvalidRootCertificates> {
        if !pem.windows(BEGIN.len()).any(|window| window == BEGIN) {
            return Err(InvalidRootCertificates::NotPem);
        }
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let certificates = certificates.map_err(|_| InvalidRootCertificates::NotPem)?;
        if certificates.is_empty() {
            return Err(InvalidRootCertificates::Empty);
        }
        let mut store = RootCertStore::empty();
        for certificate in &certificates {
            store
                .add(certificate.clone())
                .map_err(|_| InvalidRootCertificates::NotACertificate)?;
        }
        Ok(Self(certificates))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn to_reqwest(&self) -> impl Iterator<Item = reqwest::Certificate> + '_ {
        // They have been parsed before, so none is left out.
        let certificates = self.0.iter();
        certificates.filter_map(|certificate| reqwest::Certificate::from_der(certificate).ok())
    }
}

/// What every block of PEM begins with.
const BEGIN: &[u8] = b"-----BEGIN ";

impl fmt::Debug for RootCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootCertificates({})", self.len())
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};

    use super::*;

    fn authority() -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    #[test]
    fn certificates_are_found_between_other_blocks_and_text() {
        let ((one, key), (two, _)) = (authority(), authority());
        let bundle = format!("# The company's authority\n{one}\n{key}\nIssued 2026\n{two}");
        let read = RootCertificates::parse(bundle.as_bytes()).unwrap();
        assert_eq!(
            (read.len(), read.is_empty(), read.to_reqwest().count()),
            (2, false, 2)
        );
        assert_eq!(format!("{read:?}"), "RootCertificates(2)");
    }

    #[test]
    fn each_fault_has_its_own_error() {
        let (certificate, key) = authority();
        let cut = &certificate[..certificate.len() / 2];
        let no_certificate = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
        for (pem, fault) in [
            ("", InvalidRootCertificates::NotPem),
            ("a certificate", InvalidRootCertificates::NotPem),
            (cut, InvalidRootCertificates::NotPem),
            (
                "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
                InvalidRootCertificates::NotPem,
            ),
            (&key, InvalidRootCertificates::Empty),
            (no_certificate, InvalidRootCertificates::NotACertificate),
        ] {
            assert_eq!(
                RootCertificates::parse(pem.as_bytes()).map(drop),
                Err(fault),
                "{pem}"
            );
        }
    }
}
