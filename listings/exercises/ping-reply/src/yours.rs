//! Yours: replace the `todo!()`.

use std::net::Ipv4Addr;

/// An echo request that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// Where to.
    pub to: Ipv4Addr,
    /// Its identifier.
    pub identifier: u16,
    /// Its sequence number.
    pub sequence_number: u16,
    /// Its data.
    pub data: &'a [u8],
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It arrived, and its data came back.
    Reply {
        /// The TTL of the reply.
        ttl: u8,
    },
    /// `from` could not deliver it.
    Unreachable {
        /// A router, or the host itself.
        from: Ipv4Addr,
        /// Why: the code of RFC 792's Destination Unreachable.
        code: u8,
    },
    /// It had passed as many routers as its TTL allowed when it came to
    /// `from`. This is how `traceroute` learns who stands on the way.
    TimeExceeded {
        /// The router.
        from: Ipv4Addr,
    },
}

/// Says what `packet`, an IPv4 packet that a raw socket delivered, tells about
/// `request`; `None` if that is nothing.
///
/// A reply comes from the host that was asked, with the request's identifier,
/// sequence number and data. The other two (types 3 and 11, the latter with
/// code 0) may come from anywhere. They quote the packet that they are about:
/// its IPv4 header and at least 8 bytes of what it carried (RFC 792). So they
/// are about `request` if what they quote is an echo request to that host with
/// its identifier and sequence number. The quoted packet is cut off, so its
/// total length is more than what is there, and it is not to be a fragment
/// other than the first.
///
/// A message of ICMP whose checksum is wrong tells nothing, nor does a packet
/// that is itself a fragment.
pub fn answer(packet: &[u8], request: &Request<'_>) -> Option<Answer> {
    let _ = (packet, request);
    todo!("parse with ch02_concepts::packet, and the quoted packet by hand")
}
