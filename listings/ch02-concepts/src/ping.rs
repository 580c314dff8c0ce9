//! Echo requests over two kinds of socket, and why a kernel may refuse to open
//! one (2.3).
//!
//! Written for Linux, where an unprivileged user may be allowed one kind, both
//! or neither: [`raw(7)`](https://man7.org/linux/man-pages/man7/raw.7.html),
//! [`icmp(7)`](https://man7.org/linux/man-pages/man7/icmp.7.html).

use std::fmt;
use std::io;
use std::net::Ipv4Addr;

use rustix::io::Errno;
use socket2::{Domain, Protocol, Socket, Type};

use crate::packet::checksum::PseudoHeader;
use crate::packet::{self, EmitError, icmp, ipv4};

const NO_ADDRESSES: PseudoHeader = PseudoHeader::V4 {
    source: Ipv4Addr::UNSPECIFIED,
    destination: Ipv4Addr::UNSPECIFIED,
};

/// The kinds of socket that carry ICMP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It gets a copy of every ICMP packet that the host receives, IPv4 header
    /// included, and sends whatever it is given.
    Raw,
    /// It sends echo requests alone, under an identifier that the kernel
    /// chooses, and gets the replies to these, without IPv4's header.
    Datagram,
}

impl Kind {
    /// Asks the kernel for one.
    ///
    /// # Errors
    /// What the kernel says; see [`refusal`].
    // ANCHOR: open
    pub fn open(self) -> io::Result<Socket> {
        let kind = match self {
            Kind::Raw => Type::RAW,
            Kind::Datagram => Type::DGRAM,
        };
        Socket::new(Domain::IPV4, kind, Some(Protocol::ICMPV4))
    }
    // ANCHOR_END: open
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::Raw => "raw socket",
            Kind::Datagram => "datagram socket",
        })
    }
}

/// What comes back with the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// Who asks.
    pub identifier: u16,
    /// Which of its questions.
    pub sequence_number: u16,
    /// Anything.
    pub data: &'a [u8],
}

impl Request<'_> {
    /// The message: what either kind of socket is given to send.
    ///
    /// # Errors
    /// [`EmitError`].
    pub fn emit(&self) -> Result<Vec<u8>, EmitError> {
        let message = icmp::V4::EchoRequest {
            identifier: self.identifier,
            sequence_number: self.sequence_number,
            data: self.data,
        };
        let mut bytes = Vec::with_capacity(message.len());
        message.emit(&mut bytes)?;
        Ok(bytes)
    }
}

/// What a socket delivered.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// The packet around it, from a raw socket.
    pub ip: Option<ipv4::Packet<'a>>,
    /// The message.
    pub message: icmp::V4<'a>,
}

impl<'a> Received<'a> {
    /// Reads what a socket of this kind delivered.
    ///
    /// # Errors
    /// What is wrong with it, the checksum of the message included: raw
    /// sockets get it before the kernel has looked.
    // ANCHOR: parse
    pub fn parse(kind: Kind, bytes: &'a [u8]) -> Result<Self, packet::Error> {
        let ip = match kind {
            Kind::Raw => Some(ipv4::Packet::parse(bytes)?),
            Kind::Datagram => None,
        };
        let message = ip.map_or(bytes, |ip| ip.payload());
        let message = icmp::Packet::parse_v4(message)?;
        // An ICMP message's checksum covers no address; the other argument
        // is for ICMPv6.
        message.verify_checksum(&NO_ADDRESSES)?;
        let message = icmp::V4::of(&message);
        Ok(Received { ip, message })
    }

    /// Whether this is the answer to `request`.
    pub fn answers(&self, request: &Request<'_>) -> bool {
        self.message
            == icmp::V4::EchoReply {
                identifier: request.identifier,
                sequence_number: request.sequence_number,
                data: request.data,
            }
    }
    // ANCHOR_END: parse
}

impl fmt::Display for Received<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ip) = self.ip {
            let (source, ttl) = (ip.source(), ip.ttl());
            writeln!(f, "IPv4 from {source}, TTL {ttl}")?;
        }
        let (kind, code, [a, b, c, d], data) = self.message.parts();
        match self.message {
            icmp::V4::EchoRequest { .. } => f.write_str("echo request")?,
            icmp::V4::EchoReply { .. } => f.write_str("echo reply")?,
            _ => return write!(f, "ICMP type {kind}, code {code}"),
        }
        let identifier = u16::from_be_bytes([a, b]);
        let sequence_number = u16::from_be_bytes([c, d]);
        let data = data.escape_ascii();
        write!(
            f,
            ", id {identifier}, sequence {sequence_number}, \"{data}\""
        )
    }
}

// ANCHOR: refusal
/// Why this process gets no such socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A raw socket takes the capability `CAP_NET_RAW`.
    NoCapability,
    /// A datagram socket for ICMP takes a group within this range, the
    /// kernel's setting `net.ipv4.ping_group_range`, if it could be read.
    NotInGroup(Option<(u32, u32)>),
}

/// Why the kernel refused to open a socket of this kind, if for want of
/// permission: Linux says `EPERM` for one kind and `EACCES` for the other, and
/// security modules say either. `range` is the text of
/// `/proc/sys/net/ipv4/ping_group_range`.
pub fn refusal(
    kind: Kind,
    error: &io::Error,
    range: Option<&str>,
) -> Option<Refusal> {
    match Errno::from_io_error(error)? {
        Errno::PERM | Errno::ACCESS => Some(match kind {
            Kind::Raw => Refusal::NoCapability,
            Kind::Datagram => Refusal::NotInGroup(range.and_then(two)),
        }),
        _ => None,
    }
}
// ANCHOR_END: refusal

fn two(range: &str) -> Option<(u32, u32)> {
    let (first, last) = range.trim().split_once(char::is_whitespace)?;
    Some((first.parse().ok()?, last.trim().parse().ok()?))
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NoCapability => f.write_str(
                "forbidden: a raw socket takes the capability CAP_NET_RAW.\n  \
                 Run the program as root, or give it that capability alone:\n    \
                 sudo setcap cap_net_raw+ep target/debug/ping",
            ),
            Refusal::NotInGroup(range) => {
                f.write_str(
                    "forbidden: none of this process's groups is in \
                     net.ipv4.ping_group_range",
                )?;
                match range {
                    Some((first, last)) if first > last => {
                        write!(f, ",\n  now {first} {last}: an empty range.")?;
                    }
                    Some((first, last)) => {
                        write!(f, ",\n  now {first} to {last}.")?;
                    }
                    None => f.write_str(".")?,
                }
                f.write_str(
                    " Until the next boot, let every group in:\n    \
                     sudo sysctl net.ipv4.ping_group_range=\"0 2147483647\"",
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errno(errno: Errno) -> io::Error {
        io::Error::from(errno)
    }

    #[test]
    fn want_of_permission_is_told_with_its_cure() {
        for denied in [Errno::PERM, Errno::ACCESS] {
            let raw = refusal(Kind::Raw, &errno(denied), None);
            assert_eq!(raw, Some(Refusal::NoCapability));
            let told = raw.unwrap().to_string();
            assert!(told.contains("setcap cap_net_raw+ep"), "{told}");

            let range = Some("1\t0\n");
            let datagram = refusal(Kind::Datagram, &errno(denied), range);
            assert_eq!(datagram, Some(Refusal::NotInGroup(Some((1, 0)))));
            let told = datagram.unwrap().to_string();
            assert!(told.contains("an empty range"), "{told}");
            assert!(told.contains("sudo sysctl net.ipv4.ping_gro"), "{told}");
        }
    }

    #[test]
    fn other_failures_are_not_taken_for_it() {
        for other in [Errno::MFILE, Errno::PROTONOSUPPORT, Errno::NETUNREACH] {
            assert_eq!(refusal(Kind::Raw, &errno(other), None), None);
            assert_eq!(refusal(Kind::Datagram, &errno(other), None), None);
        }
        let not_of_the_kernel = io::Error::other("PermissionDenied");
        assert_eq!(refusal(Kind::Raw, &not_of_the_kernel, None), None);
    }

    #[test]
    fn a_range_that_cannot_be_read_is_left_out() {
        for range in [None, Some(""), Some("1"), Some("1 x"), Some("-1 2")] {
            let refused = refusal(Kind::Datagram, &errno(Errno::ACCESS), range);
            assert_eq!(refused, Some(Refusal::NotInGroup(None)), "{range:?}");
            let told = refused.unwrap().to_string();
            assert!(told.contains("ping_group_range. Until"), "{told}");
        }
        let range = Some("100\t200\n");
        let refused = refusal(Kind::Datagram, &errno(Errno::ACCESS), range);
        assert!(refused.unwrap().to_string().contains("now 100 to 200."));
    }
}
