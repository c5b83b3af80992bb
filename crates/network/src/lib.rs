//! How requests leave this machine: through which proxy, and whose certificates are trusted.
//!
//! [`Network`] is one setting for all HTTP clients of a program, so that none of them goes another way. It is made of a
//! [`Proxy`] and [`RootCertificates`]; [`ConnectFault`] says why a connection could not be made, as far as proxy and
//! certificates are the reason.
//!
//! ```
//! use network::{Network, Proxy};
//! use secrecy::SecretString;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let proxy = Proxy::parse(&SecretString::from("http://user:password@proxy.example:3128"))?;
//! assert_eq!(proxy.to_string(), "http://proxy.example:3128");
//!
//! let network = Network::default().with_proxy(proxy);
//! let url = "https://hemera.example".parse()?;
//! let http = network.configure(reqwest::Client::builder(), &url).build()?;
//! # Ok(())
//! # }
//! ```

mod fault;
mod loopback;
mod proxy;
mod root_certificates;
mod route;

pub use fault::ConnectFault;
pub use loopback::is_loopback;
pub use proxy::{InvalidProxy, Proxy};
pub use root_certificates::{InvalidRootCertificates, RootCertificates};
pub use route::Network;
