//! A packet with all its layers.

use crate::packet::ethernet::{EtherType, Frame};
use crate::packet::{Error, Protocol, arp, icmp, ipv4, ipv6, tcp, udp};

/// A frame or an IP packet, read as far as this module can.
///
/// Reading allocates nothing. An error's offset counts from the first byte of
/// the input, whatever the layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parsed<'a> {
    /// The frame, if there is one.
    pub frame: Option<Frame<'a>>,
    /// What the frame carries.
    pub network: Network<'a>,
    /// What the IP packet carries.
    pub transport: Transport<'a>,
}

/// What a frame carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Network<'a> {
    /// An ARP packet.
    Arp(arp::Packet<'a>),
    /// An IPv4 packet.
    Ipv4(ipv4::Packet<'a>),
    /// An IPv6 packet.
    Ipv6(ipv6::Packet<'a>),
    /// Something else.
    Other(EtherType, &'a [u8]),
}

/// What an IP packet carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport<'a> {
    /// Not an IP packet.
    None,
    /// A UDP datagram.
    Udp(udp::Datagram<'a>),
    /// A TCP segment.
    Tcp(tcp::Segment<'a>),
    /// An ICMP message, over IPv4.
    Icmpv4(icmp::Packet<'a>),
    /// An ICMPv6 message, over IPv6.
    Icmpv6(icmp::Packet<'a>),
    /// A part of something: to be put together first, even if this part is
    /// the first and begins with a header.
    Fragment(Protocol, &'a [u8]),
    /// Something else.
    Other(Protocol, &'a [u8]),
}

impl<'a> Parsed<'a> {
    /// Reads an Ethernet frame and what it carries.
    ///
    /// # Errors
    /// What is wrong in the first layer where something is.
    pub fn frame(bytes: &'a [u8]) -> Result<Self, Error> {
        let frame = Frame::parse(bytes)?;
        let (payload, at) = (frame.payload(), frame.header_len());
        let packet = match frame.ethertype() {
            EtherType::ARP => arp::Packet::parse(payload).map(|arp| Parsed {
                frame: None,
                network: Network::Arp(arp),
                transport: Transport::None,
            }),
            EtherType::IPV4 => Self::ipv4(payload),
            EtherType::IPV6 => Self::ipv6(payload),
            other => Ok(Parsed {
                frame: None,
                network: Network::Other(other, payload),
                transport: Transport::None,
            }),
        };
        let packet = packet.map_err(|error| error.shifted(at))?;
        Ok(Parsed {
            frame: Some(frame),
            ..packet
        })
    }

    /// Reads an IP packet of either version: what a TUN device or a raw
    /// socket delivers.
    ///
    /// # Errors
    /// As [`Parsed::frame`].
    pub fn ip(bytes: &'a [u8]) -> Result<Self, Error> {
        match bytes.first().map(|byte| byte >> 4) {
            Some(6) => Self::ipv6(bytes),
            _ => Self::ipv4(bytes), // which refuses any other version
        }
    }

    fn ipv4(bytes: &'a [u8]) -> Result<Self, Error> {
        let ip = ipv4::Packet::parse(bytes)?;
        let (protocol, payload) = (ip.protocol(), ip.payload());
        let transport = match protocol {
            _ if ip.is_fragment() => Ok(Transport::Fragment(protocol, payload)),
            Protocol::ICMP => {
                icmp::Packet::parse_v4(payload).map(Transport::Icmpv4)
            }
            _ => transport(protocol, payload),
        };
        Ok(Parsed {
            frame: None,
            network: Network::Ipv4(ip),
            transport: transport.map_err(|e| e.shifted(ip.header_len()))?,
        })
    }

    fn ipv6(bytes: &'a [u8]) -> Result<Self, Error> {
        let ip = ipv6::Packet::parse(bytes)?;
        let (protocol, payload) = (ip.upper_protocol(), ip.upper());
        let at = ip.upper_at();
        let transport = match protocol {
            _ if ip.is_fragment() => Ok(Transport::Fragment(protocol, payload)),
            Protocol::ICMPV6 => {
                icmp::Packet::parse_v6(payload).map(Transport::Icmpv6)
            }
            _ => transport(protocol, payload),
        };
        Ok(Parsed {
            frame: None,
            network: Network::Ipv6(ip),
            transport: transport.map_err(|error| error.shifted(at))?,
        })
    }

    /// Checks every checksum there is.
    ///
    /// # Errors
    /// The first that does not fit, from the outside in.
    pub fn verify_checksums(&self) -> Result<(), Error> {
        let at = self.frame.map_or(0, |frame| frame.header_len());
        let (pseudo, upper) = match &self.network {
            Network::Ipv4(ip) => {
                ip.verify_checksum().map_err(|error| error.shifted(at))?;
                (ip.pseudo_header(), at + ip.header_len())
            }
            Network::Ipv6(ip) => (ip.pseudo_header(), at + ip.upper_at()),
            _ => return Ok(()),
        };
        let verified = match &self.transport {
            Transport::Udp(udp) => udp.verify_checksum(&pseudo),
            Transport::Tcp(tcp) => tcp.verify_checksum(&pseudo),
            Transport::Icmpv4(icmp) | Transport::Icmpv6(icmp) => {
                icmp.verify_checksum(&pseudo)
            }
            _ => Ok(()),
        };
        verified.map_err(|error| error.shifted(upper))
    }
}

/// What both versions of IP carry.
fn transport(
    protocol: Protocol,
    payload: &[u8],
) -> Result<Transport<'_>, Error> {
    match protocol {
        Protocol::UDP => udp::Datagram::parse(payload).map(Transport::Udp),
        Protocol::TCP => tcp::Segment::parse(payload).map(Transport::Tcp),
        other => Ok(Transport::Other(other, payload)),
    }
}
