//! Yours: replace the `todo!()`.

use std::net::IpAddr;

/// The name whose PTR record tells the host name of `address`.
///
/// For IPv4 it is the four numbers, the last one first, under `in-addr.arpa.`
/// (RFC 1035 §3.5); for IPv6 the 32 hexadecimal digits in lower case, the last
/// one first, under `ip6.arpa.` (RFC 3596 §2.5). It ends with a dot.
///
/// An IPv4-mapped IPv6 address is the IPv4 address: that is where its owner
/// has put the record.
pub fn reverse_name(address: IpAddr) -> String {
    let _ = address;
    todo!("the numbers of an IPv4 address, the digits of an IPv6 address")
}
