//! Packets read and written: Ethernet to DNS, without I/O (2.1).
//!
//! | module | protocol | view of bytes | what writes it |
//! | --- | --- | --- | --- |
//! | [`ethernet`] | Ethernet II, 802.1Q tag | [`ethernet::Frame`] | [`ethernet::Repr`] |
//! | [`arp`] | ARP (RFC 826) | [`arp::Packet`] | [`arp::Repr`] |
//! | [`ipv4`] | IPv4 (RFC 791) | [`ipv4::Packet`] | [`ipv4::Repr`] |
//! | [`ipv6`] | IPv6 (RFC 8200) | [`ipv6::Packet`] | [`ipv6::Repr`] |
//! | [`icmp`] | ICMP (RFC 792), ICMPv6 (RFC 4443) | [`icmp::Packet`] | [`icmp::V4`], [`icmp::V6`] |
//! | [`udp`] | UDP (RFC 768) | [`udp::Datagram`] | [`udp::Repr`] |
//! | [`tcp`] | TCP (RFC 9293) | [`tcp::Segment`] | [`tcp::Repr`] |
//! | [`checksum`] | the Internet checksum (RFC 1071) | | |
//! | [`mod@dissect`] | every byte of a packet by its name | | |
//!
//! Reading is strict and copies nothing: `parse` checks every length it is
//! told against the bytes that are there, and the view it returns cannot fail
//! any more. A wrong checksum is not a wrong format, so checking it is a step
//! of its own, `verify_checksum`.
//!
//! Writing takes the fields that somebody chooses, a `Repr`, and fills in the
//! rest: lengths, offsets, checksums. Headers are written from the outside in,
//! one behind the other, into anything that is [`bytes::BufMut`]: a `Vec<u8>`
//! or a `&mut [u8]`.
//!
//! ```
//! use std::net::Ipv4Addr;
//! use ch02_concepts::packet::{Protocol, ipv4, udp};
//!
//! let ip = ipv4::Repr::new(
//!     Ipv4Addr::new(192, 0, 2, 1),
//!     Ipv4Addr::new(192, 0, 2, 2),
//!     Protocol::UDP,
//! );
//! let udp = udp::Repr { source_port: 40000, destination_port: 7 };
//! let mut packet = Vec::new();
//! ip.emit(udp::HEADER_LEN + 5, &mut packet)?;
//! udp.emit(&ip.pseudo_header(), b"hello", &mut packet)?;
//! assert_eq!(packet.len(), 20 + 8 + 5);
//!
//! let ip = ipv4::Packet::parse(&packet)?;
//! let udp = udp::Datagram::parse(ip.payload())?;
//! udp.verify_checksum(&ip.pseudo_header())?;
//! assert_eq!(udp.payload(), b"hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;

pub mod arp;
pub mod checksum;
pub mod dissect;
pub mod ethernet;
pub mod icmp;
pub mod ipv4;
pub mod ipv6;
mod parsed;
pub mod tcp;
pub mod udp;

pub use dissect::{Dissector, Field, dissect};
pub use parsed::{Network, Parsed, Transport};

use ch03_sockets::dns;

/// Which header or data a byte belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Layer {
    /// An Ethernet header, or the padding behind a short packet.
    Ethernet,
    /// An 802.1Q tag.
    Vlan,
    /// ARP.
    Arp,
    /// An IPv4 header.
    Ipv4,
    /// An IPv6 header or extension header.
    Ipv6,
    /// ICMP for IPv4.
    Icmpv4,
    /// ICMP for IPv6.
    Icmpv6,
    /// A UDP header.
    Udp,
    /// A TCP header.
    Tcp,
    /// A DNS message.
    Dns,
    /// What no header here describes.
    Payload,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Layer::Ethernet => "Ethernet",
            Layer::Vlan => "802.1Q",
            Layer::Arp => "ARP",
            Layer::Ipv4 => "IPv4",
            Layer::Ipv6 => "IPv6",
            Layer::Icmpv4 => "ICMP",
            Layer::Icmpv6 => "ICMPv6",
            Layer::Udp => "UDP",
            Layer::Tcp => "TCP",
            Layer::Dns => "DNS",
            Layer::Payload => "payload",
        })
    }
}

/// What is wrong with the bytes of a packet, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    /// Whose bytes they are.
    pub layer: Layer,
    /// The offset of the first byte of the field that is wrong, from the
    /// first byte that `parse` was given.
    pub at: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

impl Error {
    /// The same error, in bytes that begin `by` bytes earlier.
    #[must_use]
    pub fn shifted(self, by: usize) -> Self {
        Error {
            at: self.at + by,
            ..self
        }
    }
}

/// What can be wrong with the bytes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The bytes end before the header does, or before the end of what a
    /// length field announces. Both numbers count from where the header
    /// begins.
    Truncated {
        /// How many bytes it takes.
        need: usize,
        /// How many there are.
        have: usize,
    },
    /// The version field holds this.
    Version(u8),
    /// A header length (IHL, Data Offset) that is less than the fixed part of
    /// the header, in bytes.
    HeaderTooShort(usize),
    /// A length field that is less than the header it includes, in bytes.
    LengthTooSmall(usize),
    /// A field with a value that this module does not read.
    Unsupported(u16),
    /// An option whose length is impossible for its kind.
    OptionLength {
        /// The option's kind (TCP) or type (IP).
        kind: u8,
        /// What its length octet says.
        len: u8,
    },
    /// An option that runs past the end of the options.
    OptionCutOff {
        /// The option's kind (TCP) or type (IP).
        kind: u8,
    },
    /// More than [`ipv6::MAX_EXTENSIONS`] extension headers.
    TooManyExtensions,
    /// A Hop-by-Hop Options header that is not the first (RFC 8200 §4.1).
    HopByHopNotFirst,
    /// The checksum does not fit the bytes.
    Checksum {
        /// The one in the header.
        found: u16,
        /// The one that would fit.
        computed: u16,
    },
    /// UDP without a checksum, which IPv6 does not allow (RFC 8200 §8.1).
    ChecksumMissing,
    /// A DNS message that cannot be read.
    Dns(dns::DecodeError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, byte {}: {}", self.layer, self.at, self.problem)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Truncated { need, have } => {
                write!(f, "{need} bytes announced, {have} there")
            }
            Problem::Version(version) => write!(f, "version {version}"),
            Problem::HeaderTooShort(len) => {
                write!(f, "a header of {len} bytes")
            }
            Problem::LengthTooSmall(len) => {
                write!(f, "length {len} is less than the header's")
            }
            Problem::Unsupported(value) => {
                write!(f, "{value:#x} is not supported")
            }
            Problem::OptionLength { kind, len } => {
                write!(f, "option {kind} of length {len}")
            }
            Problem::OptionCutOff { kind } => {
                write!(f, "option {kind} is cut off")
            }
            Problem::TooManyExtensions => {
                write!(f, "over {} extension headers", ipv6::MAX_EXTENSIONS)
            }
            Problem::HopByHopNotFirst => {
                f.write_str("Hop-by-Hop Options behind another header")
            }
            Problem::Checksum { found, computed } => {
                write!(f, "checksum {found:#06x}, but {computed:#06x} fits")
            }
            Problem::ChecksumMissing => f.write_str("no checksum over IPv6"),
            Problem::Dns(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

/// Why a packet cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmitError {
    /// The buffer is full.
    NoRoom {
        /// How many bytes are to be written.
        need: usize,
        /// How many have room.
        have: usize,
    },
    /// More than a length field can say.
    TooLong {
        /// Whose length field.
        layer: Layer,
        /// What it would have to say.
        len: usize,
        /// The most it can say.
        max: usize,
    },
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EmitError::NoRoom { need, have } => {
                write!(f, "{need} bytes to write, room for {have}")
            }
            EmitError::TooLong { layer, len, max } => {
                write!(f, "{layer}: {len} bytes, at most {max} can be said")
            }
        }
    }
}

impl std::error::Error for EmitError {}

/// Checks that `need` bytes have room in `out`.
///
/// # Errors
/// [`EmitError::NoRoom`].
pub fn ensure_room(
    out: &impl bytes::BufMut,
    need: usize,
) -> Result<(), EmitError> {
    match out.remaining_mut() {
        have if have < need => Err(EmitError::NoRoom { need, have }),
        _ => Ok(()),
    }
}

/// What an IP packet carries: IPv4's Protocol, IPv6's Next Header. The numbers
/// are [IANA's](https://www.iana.org/assignments/protocol-numbers/).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Protocol(pub u8);

impl Protocol {
    /// IPv6 Hop-by-Hop Options (RFC 8200 §4.3).
    pub const HOP_BY_HOP: Protocol = Protocol(0);
    /// ICMP for IPv4 (RFC 792).
    pub const ICMP: Protocol = Protocol(1);
    /// TCP (RFC 9293).
    pub const TCP: Protocol = Protocol(6);
    /// UDP (RFC 768).
    pub const UDP: Protocol = Protocol(17);
    /// The IPv6 Routing header (RFC 8200 §4.4).
    pub const ROUTING: Protocol = Protocol(43);
    /// The IPv6 Fragment header (RFC 8200 §4.5).
    pub const FRAGMENT: Protocol = Protocol(44);
    /// Encapsulating Security Payload (RFC 4303): encrypted from here on.
    pub const ESP: Protocol = Protocol(50);
    /// The Authentication Header (RFC 4302).
    pub const AH: Protocol = Protocol(51);
    /// ICMP for IPv6 (RFC 4443).
    pub const ICMPV6: Protocol = Protocol(58);
    /// IPv6: nothing follows (RFC 8200 §4.7).
    pub const NO_NEXT_HEADER: Protocol = Protocol(59);
    /// IPv6 Destination Options (RFC 8200 §4.6).
    pub const DESTINATION_OPTIONS: Protocol = Protocol(60);

    /// The name, where this module has one.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Protocol::HOP_BY_HOP => "Hop-by-Hop Options",
            Protocol::ICMP => "ICMP",
            Protocol::TCP => "TCP",
            Protocol::UDP => "UDP",
            Protocol::ROUTING => "Routing",
            Protocol::FRAGMENT => "Fragment",
            Protocol::ESP => "ESP",
            Protocol::AH => "AH",
            Protocol::ICMPV6 => "ICMPv6",
            Protocol::NO_NEXT_HEADER => "No Next Header",
            Protocol::DESTINATION_OPTIONS => "Destination Options",
            _ => return None,
        })
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} ({name})", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}

/// The most bytes of options that an IPv4 or TCP header has room for: the
/// length of either header is four bits that count 32-bit words, the first
/// five of which are fixed (RFC 791 §3.1, RFC 9293 §3.1).
pub const MAX_OPTIONS: usize = 40;

/// The options of an IPv4 or TCP header, as bytes: a multiple of four, at most
/// [`MAX_OPTIONS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionBytes {
    bytes: [u8; MAX_OPTIONS],
    len: usize,
}

impl OptionBytes {
    /// No options.
    pub const NONE: OptionBytes = OptionBytes {
        bytes: [0; MAX_OPTIONS],
        len: 0,
    };

    /// Options that stand in `bytes`, followed by zeros up to the next
    /// multiple of four: the End of Option List and its padding. `None` if
    /// they are too long.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut options = OptionBytes::NONE;
        options.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        options.len = bytes.len().next_multiple_of(4);
        Some(options)
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Default for OptionBytes {
    fn default() -> Self {
        OptionBytes::NONE
    }
}

/// The `N` bytes of `bytes` that begin at `at`.
///
/// # Panics
/// When they are not there: views call it for what `parse` has checked.
pub fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    *bytes[at..].first_chunk().expect("parse checked the length")
}

/// The 16 bits that begin at byte `at`, most significant byte first.
///
/// # Panics
/// As [`array()`] does.
// ANCHOR: be16
pub fn be16(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes(array(bytes, at))
}
// ANCHOR_END: be16

/// The 32 bits that begin at byte `at`, most significant byte first.
///
/// # Panics
/// As [`array()`] does.
pub fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(array(bytes, at))
}
