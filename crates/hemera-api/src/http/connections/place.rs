//! The places that connections take.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::limit::network;
use crate::metrics::{ConnectionEnd, ConnectionMetrics};

/// The places of one listener.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    most_per_network: Option<usize>,
    taken: Mutex<Taken>,
    metrics: ConnectionMetrics,
}

/// No larger than the number of places: a network without a connection is not in it.
#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_network: HashMap<IpAddr, usize>,
}

/// The place of one open connection, given back when it is dropped.
#[derive(Debug)]
#[must_use = "the place is given back when this is dropped"]
pub(super) struct ConnectionPlace {
    places: Arc<Places>,
    network: IpAddr,
}

impl Places {
    /// `most` in all, and of each network (one IPv4 address, or one /64 of IPv6) where it is bounded.
    pub(super) fn new(most: usize, most_per_network: Option<usize>, metrics: ConnectionMetrics) -> Self {
        metrics.limit(most);
        Self {
            most,
            most_per_network,
            taken: Mutex::default(),
            metrics,
        }
    }

    /// Takes a place for a connection from this address.
    ///
    /// # Errors
    /// Which bound leaves none.
    pub(super) fn take(self: &Arc<Self>, client: IpAddr) -> Result<ConnectionPlace, ConnectionEnd> {
        let network = network(client);
        let mut taken = self.taken.lock();
        if taken.all >= self.most {
            return Err(ConnectionEnd::TooMany);
        }
        let of_network = taken.by_network.get(&network).copied().unwrap_or(0);
        if self.most_per_network.is_some_and(|most| of_network >= most) {
            return Err(ConnectionEnd::TooManyOfAddress);
        }
        taken.all += 1;
        taken.by_network.insert(network, of_network + 1);
        drop(taken);
        self.metrics.opened();
        Ok(ConnectionPlace {
            places: Arc::clone(self),
            network,
        })
    }
}

impl Drop for ConnectionPlace {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock();
        taken.all -= 1;
        if let Some(count) = taken.by_network.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                taken.by_network.remove(&self.network);
            }
        }
        drop(taken);
        self.places.metrics.closed();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(most: usize, most_per_network: Option<usize>) -> Arc<Places> {
        Arc::new(Places::new(most, most_per_network, ConnectionMetrics::default()))
    }

    fn take(places: &Arc<Places>, client: &str) -> Result<ConnectionPlace, ConnectionEnd> {
        places.take(client.parse().unwrap())
    }

    #[test]
    fn one_customer_of_ipv6_has_the_places_of_one_address() {
        let places = places(10, Some(1));
        let place = take(&places, "2001:db8:0:7::1").unwrap();
        let refused = take(&places, "2001:db8:0:7:ffff::2").unwrap_err();
        assert_eq!(refused, ConnectionEnd::TooManyOfAddress);
        drop(take(&places, "2001:db8:0:8::1").unwrap());
        drop(place);
        drop(take(&places, "2001:db8:0:7:ffff::2").unwrap());
    }

    #[test]
    fn nothing_is_kept_of_addresses_that_have_gone() {
        let places = places(2, None);
        for last in 0..=255 {
            drop(take(&places, &format!("192.0.2.{last}")).unwrap());
        }
        assert!(places.taken.lock().by_network.is_empty());
    }
}
