//! The Internet checksum (RFC 1071), which IPv4, ICMP, UDP and TCP share.
//!
//! The bytes are taken as 16-bit numbers, most significant byte first, and
//! added; what runs over the 16 bits is added in again at the low end ("end
//! around carry", ones' complement addition). The checksum is the complement
//! of the sum. A receiver that adds everything up, checksum included, gets
//! `0xffff`, the ones' complement zero.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::packet::Protocol;

/// A sum in progress: bytes are added in as many pieces as they come.
// ANCHOR: checksum
#[derive(Debug, Clone, Copy, Default)]
pub struct Checksum {
    sum: u64,
    /// The last byte added was the first of its pair.
    odd: bool,
}

impl Checksum {
    /// The sum of nothing.
    pub fn new() -> Self {
        Checksum::default()
    }

    /// Adds `bytes` behind those that were added before.
    pub fn add(&mut self, mut bytes: &[u8]) {
        if self.odd && !bytes.is_empty() {
            self.sum += u64::from(bytes[0]);
            self.odd = false;
            bytes = &bytes[1..];
        }
        let (pairs, rest) = bytes.as_chunks::<2>();
        for pair in pairs {
            self.sum += u64::from(u16::from_be_bytes(*pair));
        }
        if let [first] = rest {
            self.sum += u64::from(u16::from_be_bytes([*first, 0]));
            self.odd = true;
        }
    }

    /// The sum with its carries added in: 16 bits.
    pub fn sum(&self) -> u16 {
        let mut sum = self.sum;
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        sum as u16
    }

    /// The checksum: what the field of the header has to hold, if it was zero
    /// when it was added.
    pub fn finish(&self) -> u16 {
        !self.sum()
    }
}
// ANCHOR_END: checksum

/// The checksum of `bytes`. Zero if they contain a checksum that fits.
pub fn checksum(bytes: &[u8]) -> u16 {
    let mut sum = Checksum::new();
    sum.add(bytes);
    sum.finish()
}

/// The checksum that fits `bytes`, whatever the two bytes at `field` hold.
///
/// `sum` is what comes before them: a pseudo-header, or nothing.
///
/// # Panics
/// If `bytes` ends before the field does.
pub fn checksum_without(mut sum: Checksum, bytes: &[u8], field: usize) -> u16 {
    sum.add(&bytes[..field]);
    sum.add(&[0, 0]);
    sum.add(&bytes[field + 2..]);
    sum.finish()
}

/// Whether a header with the checksum `found` is whole, if `computed` is what
/// [`checksum_without`] makes of it. Ones' complement has two zeros: `0xffff`
/// does where zero fits (RFC 1071 §1 (3); RFC 1624 §5 says who writes it).
pub fn fits(found: u16, computed: u16) -> bool {
    found == computed || (found == 0xffff && computed == 0)
}

/// The addresses that the checksums of UDP, TCP and ICMPv6 cover though they
/// stand in the IP header: a datagram delivered to the wrong host is noticed.
///
/// IPv4's is in RFC 768 and RFC 9293 §3.1, IPv6's in RFC 8200 §8.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PseudoHeader {
    /// Two IPv4 addresses.
    V4 {
        /// The sender.
        source: Ipv4Addr,
        /// The receiver.
        destination: Ipv4Addr,
    },
    /// Two IPv6 addresses.
    V6 {
        /// The sender.
        source: Ipv6Addr,
        /// The receiver.
        destination: Ipv6Addr,
    },
}

impl PseudoHeader {
    /// The pseudo-header between two addresses, if both are of one family.
    pub fn new(source: IpAddr, destination: IpAddr) -> Option<Self> {
        match (source, destination) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => {
                Some(PseudoHeader::V4 {
                    source,
                    destination,
                })
            }
            (IpAddr::V6(source), IpAddr::V6(destination)) => {
                Some(PseudoHeader::V6 {
                    source,
                    destination,
                })
            }
            _ => None,
        }
    }

    /// A sum that the pseudo-header has been added to, for `len` bytes of
    /// `protocol`, its header included.
    // ANCHOR: pseudo
    pub fn sum(&self, protocol: Protocol, len: usize) -> Checksum {
        let mut sum = Checksum::new();
        match self {
            PseudoHeader::V4 {
                source,
                destination,
            } => {
                sum.add(&source.octets());
                sum.add(&destination.octets());
            }
            PseudoHeader::V6 {
                source,
                destination,
            } => {
                sum.add(&source.octets());
                sum.add(&destination.octets());
            }
        }
        // IPv4's has a zero byte, the protocol and 16 bits of length; IPv6's
        // has 32 bits of length, three zero bytes and the protocol. The sum
        // is the same.
        sum.add(&[0, protocol.0]);
        sum.add(&(len as u32).to_be_bytes());
        sum
    }
    // ANCHOR_END: pseudo
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 1071 §3.
    const RFC_1071: [u8; 8] = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];

    #[test]
    fn the_rfcs_example() {
        let mut sum = Checksum::new();
        sum.add(&RFC_1071);
        assert_eq!(sum.sum(), 0xddf2);
        assert_eq!(checksum(&RFC_1071), 0x220d);
    }

    #[test]
    fn pieces_of_any_length_give_the_same_sum() {
        for first in 0..=8 {
            for second in first..=8 {
                let mut sum = Checksum::new();
                sum.add(&RFC_1071[..first]);
                sum.add(&RFC_1071[first..second]);
                sum.add(&RFC_1071[second..]);
                assert_eq!(sum.sum(), 0xddf2, "{first} {second}");
            }
        }
    }

    #[test]
    fn an_odd_byte_is_the_high_one() {
        assert_eq!(checksum(&[0x12, 0x34, 0x56]), !(0x1234 + 0x5600));
    }

    #[test]
    fn a_carry_may_carry() {
        // 0x1ffff: the carry makes 0x10000 of it, and that has one, too.
        let mut sum = Checksum::new();
        sum.add(&[0xff, 0xff, 0xff, 0xff, 0x00, 0x01]);
        assert_eq!(sum.sum(), 1);
    }

    #[test]
    fn nothing_is_all_ones() {
        assert_eq!(checksum(&[]), 0xffff);
    }

    #[test]
    fn the_checksum_makes_the_sum_zero() {
        let mut bytes = RFC_1071.to_vec();
        bytes.extend(checksum(&RFC_1071).to_be_bytes());
        assert_eq!(checksum(&bytes), 0);
        let field = RFC_1071.len();
        assert_eq!(checksum_without(Checksum::new(), &bytes, field), 0x220d);
    }
}
