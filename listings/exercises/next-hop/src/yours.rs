//! Yours: replace the `todo!()`.

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

/// The address whose hardware address the host has to ask for with ARP, to
/// send a packet to `destination`: its own if it is on the link, a router's
/// if not; `None` if no route fits.
///
/// Of the routes that fit, the one with the longest prefix counts (RFC 1812
/// §5.2.4.3), wherever it stands; of two equal ones, the first.
pub fn next_hop(routes: &[Route], destination: Ipv4Addr) -> Option<Ipv4Addr> {
    let _ = (routes, destination);
    todo!("which routes fit, and which of those is the longest?")
}
