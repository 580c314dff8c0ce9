//! One way to do it.

use std::net::IpAddr;

/// See `yours`.
pub fn reverse_name(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa.")
        }
        IpAddr::V6(v6) => {
            let digits = format!("{:032x}", v6.to_bits());
            let reversed = digits.chars().rev();
            reversed.flat_map(|digit| [digit, '.']).collect::<String>()
                + "ip6.arpa."
        }
    }
}
