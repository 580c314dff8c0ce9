//! How many connections there may be, in all and of one address.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};

/// Why a connection is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There are as many as there may be: this many.
    Full(usize),
    /// Its address has as many as it may have: this many.
    Address(usize),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Full(most) => write!(f, "all {most} places are taken"),
            Refused::Address(most) => {
                write!(f, "its address has {most} connections")
            }
        }
    }
}

/// Counts connections. All workers of a server share one.
#[derive(Debug)]
pub struct Gate {
    most: usize,
    most_of_one: usize,
    count: Mutex<Count>,
}

#[derive(Debug, Default)]
struct Count {
    all: usize,
    /// As many entries as there are addresses connected, and no more.
    of: HashMap<IpAddr, usize>,
}

impl Gate {
    /// For `most` connections, and `most_of_one` from one address.
    pub fn new(most: usize, most_of_one: usize) -> Arc<Self> {
        Arc::new(Gate {
            most,
            most_of_one,
            count: Mutex::default(),
        })
    }

    /// Takes a connection from `address`, until the permit is dropped.
    ///
    /// # Errors
    /// [`Refused`]
    // ANCHOR: enter
    pub fn enter(self: &Arc<Self>, address: IpAddr) -> Result<Permit, Refused> {
        let address = network(address);
        let mut count = self.count();
        if count.all >= self.most {
            return Err(Refused::Full(self.most));
        }
        let of = count.of.get(&address).copied().unwrap_or(0);
        if of >= self.most_of_one {
            return Err(Refused::Address(self.most_of_one));
        }
        count.all += 1;
        count.of.insert(address, of + 1);
        Ok(Permit {
            gate: Arc::clone(self),
            address,
        })
    }
    // ANCHOR_END: enter

    /// How many connections there are.
    pub fn open(&self) -> usize {
        self.count().all
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        self.count.lock().expect("nothing panics while counting")
    }
}

// ANCHOR: network
/// Whose connections are counted together. Of IPv6 a customer has 2^64
/// addresses at least, so the network counts; an IPv4 address in IPv6 clothes
/// is one of IPv4.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            IpAddr::V6(network.into())
        }
        address => address,
    }
}
// ANCHOR_END: network

/// A place that is taken.
#[derive(Debug)]
pub struct Permit {
    gate: Arc<Gate>,
    address: IpAddr,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut count = self.gate.count();
        count.all -= 1;
        if let Some(of) = count.of.get_mut(&self.address) {
            *of -= 1;
            if *of == 0 {
                count.of.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_place_is_free_again_when_the_permit_is_dropped() {
        let gate = Gate::new(3, 2);
        let one = gate.enter(address("127.0.0.1")).unwrap();
        let two = gate.enter(address("::ffff:127.0.0.1")).unwrap();
        let refused = gate.enter(address("127.0.0.1")).unwrap_err();
        assert_eq!(refused, Refused::Address(2));
        let three = gate.enter(address("127.0.0.2")).unwrap();
        let refused = gate.enter(address("127.0.0.3")).unwrap_err();
        assert_eq!(refused, Refused::Full(3));
        drop((one, two, three));
        assert_eq!(gate.open(), 0);
        assert!(gate.count().of.is_empty());
    }

    #[test]
    fn neighbors_of_one_network_count_together() {
        let gate = Gate::new(9, 1);
        let _one = gate.enter(address("2001:db8::1")).unwrap();
        assert!(gate.enter(address("2001:db8::ffff:2")).is_err());
        assert!(gate.enter(address("2001:db8:0:1::1")).is_ok());
    }
}
