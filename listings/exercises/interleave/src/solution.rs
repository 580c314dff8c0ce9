//! One way to do it.

use std::net::IpAddr;

/// See `yours`.
pub fn interleave(sorted: &[IpAddr], first_family_count: usize) -> Vec<IpAddr> {
    let Some(best) = sorted.first() else {
        return Vec::new();
    };
    let (first, other): (Vec<IpAddr>, Vec<IpAddr>) = sorted
        .iter()
        .partition(|address| address.is_ipv6() == best.is_ipv6());
    let (lead, rest) = first.split_at(first_family_count.min(first.len()));
    let mut order = lead.to_vec();
    let (mut first, mut other) = (rest.iter(), other.iter());
    while order.len() < sorted.len() {
        order.extend(other.next());
        order.extend(first.next());
    }
    order
}
