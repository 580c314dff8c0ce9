//! Yours: replace the `todo!()`.

use std::net::IpAddr;

/// Orders `sorted` for connection attempts by RFC 8305 §4.
///
/// `sorted` is in the order of RFC 6724, the best first. The family of its
/// first address goes first, with its first `first_family_count` addresses
/// (at least 1), or as many as there are. Then the families alternate, the other one first.
/// When one of them is used up, the rest of the other one follows. The order
/// within each family stays.
pub fn interleave(sorted: &[IpAddr], first_family_count: usize) -> Vec<IpAddr> {
    let _ = (sorted, first_family_count);
    todo!("split by family, take the lead, alternate")
}
