//! The figures of a client, as its application's registry shows them.

mod counted;
mod documents;
mod program;
mod scrape;

use aither_client::HemeraClient;
use aither_client::prometheus_client::encoding::text::encode;
use aither_client::prometheus_client::registry::Registry;

use scrape::Scrape;

/// A registry with the figures of this client.
fn registry_of(client: &HemeraClient) -> Registry {
    let mut registry = Registry::default();
    client.register_metrics(&mut registry);
    registry
}

fn read(registry: &Registry) -> Scrape {
    let mut text = String::new();
    encode(&mut text, registry).unwrap();
    Scrape(text)
}
