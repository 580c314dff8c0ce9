//! ARP (RFC 826): which link-layer address has this IPv4 address?

use std::fmt;
use std::net::Ipv4Addr;

use bytes::BufMut;

use crate::packet::ethernet::{EtherType, MacAddr};
use crate::packet::{
    EmitError, Error, Layer, Problem, array, be16, ensure_room,
};

/// Bytes of a packet that maps IPv4 to Ethernet.
pub const LEN: usize = 28;
/// The hardware address space of Ethernet
/// ([IANA](https://www.iana.org/assignments/arp-parameters/)).
pub const HARDWARE_ETHERNET: u16 = 1;

/// What is asked or said: the field `ar$op`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operation(pub u16);

impl Operation {
    /// Who has the target's protocol address?
    pub const REQUEST: Operation = Operation(1);
    /// The sender has.
    pub const REPLY: Operation = Operation(2);
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Operation::REQUEST => f.write_str("1 (request)"),
            Operation::REPLY => f.write_str("2 (reply)"),
            Operation(other) => write!(f, "{other}"),
        }
    }
}

/// A packet that maps IPv4 to Ethernet, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    bytes: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a packet. What stands behind it is padding: 28 bytes are fewer
    /// than a frame has to carry.
    ///
    /// # Errors
    /// [`Problem::Truncated`], and [`Problem::Unsupported`] for addresses that
    /// are not Ethernet's and IPv4's.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let error = |at, problem| Error {
            layer: Layer::Arp,
            at,
            problem,
        };
        let have = bytes.len();
        if have < LEN {
            let problem = Problem::Truncated { need: LEN, have };
            return Err(error(0, problem));
        }
        let expected = [
            (0, be16(bytes, 0), HARDWARE_ETHERNET),
            (2, be16(bytes, 2), EtherType::IPV4.0),
            (4, u16::from(bytes[4]), 6),
            (5, u16::from(bytes[5]), 4),
        ];
        for (at, found, known) in expected {
            if found != known {
                return Err(error(at, Problem::Unsupported(found)));
            }
        }
        Ok(Packet {
            bytes: &bytes[..LEN],
        })
    }

    /// The opcode.
    pub fn operation(&self) -> Operation {
        Operation(be16(self.bytes, 6))
    }

    /// The sender's address on the link.
    pub fn sender_hardware(&self) -> MacAddr {
        MacAddr(array(self.bytes, 8))
    }

    /// The sender's IPv4 address.
    pub fn sender_protocol(&self) -> Ipv4Addr {
        array(self.bytes, 14).into()
    }

    /// The target's address on the link; in a request, anything.
    pub fn target_hardware(&self) -> MacAddr {
        MacAddr(array(self.bytes, 18))
    }

    /// The target's IPv4 address.
    pub fn target_protocol(&self) -> Ipv4Addr {
        array(self.bytes, 24).into()
    }

    /// All of it.
    pub fn repr(&self) -> Repr {
        Repr {
            operation: self.operation(),
            sender_hardware: self.sender_hardware(),
            sender_protocol: self.sender_protocol(),
            target_hardware: self.target_hardware(),
            target_protocol: self.target_protocol(),
        }
    }
}

/// What is chosen in a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Repr {
    /// The opcode.
    pub operation: Operation,
    /// The sender's address on the link.
    pub sender_hardware: MacAddr,
    /// The sender's IPv4 address.
    pub sender_protocol: Ipv4Addr,
    /// The target's address on the link; in a request, anything.
    pub target_hardware: MacAddr,
    /// The target's IPv4 address.
    pub target_protocol: Ipv4Addr,
}

impl Repr {
    /// Writes the packet: [`LEN`] bytes.
    ///
    /// # Errors
    /// [`EmitError::NoRoom`]: nothing was written then.
    pub fn emit(&self, out: &mut impl BufMut) -> Result<(), EmitError> {
        ensure_room(out, LEN)?;
        out.put_u16(HARDWARE_ETHERNET);
        out.put_u16(EtherType::IPV4.0);
        out.put_slice(&[6, 4]);
        out.put_u16(self.operation.0);
        out.put_slice(&self.sender_hardware.0);
        out.put_slice(&self.sender_protocol.octets());
        out.put_slice(&self.target_hardware.0);
        out.put_slice(&self.target_protocol.octets());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: Repr = Repr {
        operation: Operation::REQUEST,
        sender_hardware: MacAddr([2, 0, 0, 0, 0, 1]),
        sender_protocol: Ipv4Addr::new(192, 0, 2, 1),
        target_hardware: MacAddr::UNSPECIFIED,
        target_protocol: Ipv4Addr::new(192, 0, 2, 2),
    };

    #[test]
    fn written_and_read() {
        let mut bytes = Vec::new();
        REQUEST.emit(&mut bytes).unwrap();
        assert_eq!(bytes.len(), LEN);
        bytes.resize(46, 0); // as a frame pads it
        assert_eq!(Packet::parse(&bytes).unwrap().repr(), REQUEST);
        let error = Packet::parse(&bytes[..27]).unwrap_err();
        assert_eq!(error.problem, Problem::Truncated { need: 28, have: 27 });
    }

    #[test]
    fn other_address_spaces() {
        let mut bytes = Vec::new();
        REQUEST.emit(&mut bytes).unwrap();
        for at in [0, 2, 4, 5] {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0x80;
            let error = Packet::parse(&bytes).unwrap_err();
            assert_eq!(error.at, at);
            assert!(matches!(error.problem, Problem::Unsupported(_)));
        }
    }
}
