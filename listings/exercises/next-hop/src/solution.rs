//! One way to do it.

use std::net::Ipv4Addr;

/// A line of a host's routing table: where packets go whose destination has
/// the same first `len` bits as `prefix`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// An address with the prefix; what its other bits are does not matter.
    pub prefix: Ipv4Addr,
    /// How many bits the prefix has, 0 to 32. A route with more fits nothing.
    pub len: u32,
    /// The router that takes them; `None` if the destination itself is on the
    /// link.
    pub via: Option<Ipv4Addr>,
}

/// See `yours`.
pub fn next_hop(routes: &[Route], destination: Ipv4Addr) -> Option<Ipv4Addr> {
    let mut best: Option<&Route> = None;
    for route in routes {
        let longer = best.is_none_or(|best| route.len > best.len);
        if fits(route, destination) && longer {
            best = Some(route);
        }
    }
    best.map(|route| route.via.unwrap_or(destination))
}

fn fits(route: &Route, destination: Ipv4Addr) -> bool {
    // How many bits are the same, from the left: 32 if none differs, so that
    // a longer prefix fits nothing.
    let different = route.prefix.to_bits() ^ destination.to_bits();
    different.leading_zeros() >= route.len
}
