//! ICMP (RFC 792) and ICMPv6 (RFC 4443): what goes wrong with packets, and
//! who is there.
//!
//! Both have the same layout and other numbers. [`Packet`] reads either;
//! [`V4`] and [`V6`] say what a message means, and write it.

use bytes::BufMut;

use crate::packet::checksum::{Checksum, PseudoHeader, checksum_without, fits};
use crate::packet::{
    EmitError, Error, Layer, Problem, Protocol, array, be16, ensure_room,
};

/// Bytes before the data: type, code, checksum, and four whose meaning
/// depends on the type. ICMPv6's format has the first four alone; every
/// message of RFC 4443 and of neighbor discovery has eight.
pub const HEADER_LEN: usize = 8;

/// A message of either protocol, borrowed from the bytes it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    bytes: &'a [u8],
    layer: Layer,
}

impl<'a> Packet<'a> {
    /// Reads what an IPv4 packet carries.
    ///
    /// # Errors
    /// [`Problem::Truncated`].
    pub fn parse_v4(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::parse(bytes, Layer::Icmpv4)
    }

    /// Reads what an IPv6 packet carries.
    ///
    /// # Errors
    /// [`Problem::Truncated`].
    pub fn parse_v6(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::parse(bytes, Layer::Icmpv6)
    }

    fn parse(bytes: &'a [u8], layer: Layer) -> Result<Self, Error> {
        let (need, have) = (HEADER_LEN, bytes.len());
        let problem = Problem::Truncated { need, have };
        match have < need {
            true => Err(Error {
                layer,
                at: 0,
                problem,
            }),
            false => Ok(Packet { bytes, layer }),
        }
    }

    /// The type.
    pub fn kind(&self) -> u8 {
        self.bytes[0]
    }

    /// The code: which case of the type.
    pub fn code(&self) -> u8 {
        self.bytes[1]
    }

    /// The checksum, right or wrong.
    pub fn checksum(&self) -> u16 {
        be16(self.bytes, 2)
    }

    /// The second four bytes.
    pub fn rest(&self) -> [u8; 4] {
        array(self.bytes, 4)
    }

    /// What follows the first eight bytes.
    pub fn data(&self) -> &'a [u8] {
        &self.bytes[HEADER_LEN..]
    }

    /// Checks the checksum. ICMPv6's covers the pseudo-header, ICMP's does
    /// not look at it.
    ///
    /// # Errors
    /// [`Problem::Checksum`].
    pub fn verify_checksum(&self, pseudo: &PseudoHeader) -> Result<(), Error> {
        let sum = match self.layer {
            Layer::Icmpv6 => pseudo.sum(Protocol::ICMPV6, self.bytes.len()),
            _ => Checksum::new(),
        };
        let found = self.checksum();
        match checksum_without(sum, self.bytes, 2) {
            computed if fits(found, computed) => Ok(()),
            computed => Err(Error {
                layer: self.layer,
                at: 2,
                problem: Problem::Checksum { found, computed },
            }),
        }
    }
}

/// What a message of ICMP says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum V4<'a> {
    /// Type 8: send this back.
    EchoRequest {
        /// Which `ping` asks.
        identifier: u16,
        /// Which of its questions.
        sequence_number: u16,
        /// What comes back.
        data: &'a [u8],
    },
    /// Type 0: here it is.
    EchoReply {
        /// The request's.
        identifier: u16,
        /// The request's.
        sequence_number: u16,
        /// The request's.
        data: &'a [u8],
    },
    /// Type 3: it cannot be delivered. Code 3: nobody listens on the port;
    /// code 4: it does not fit the next link and may not be fragmented.
    DestinationUnreachable {
        /// Why.
        code: u8,
        /// Code 4 has the next link's MTU in the last two (RFC 1191 §4).
        rest: [u8; 4],
        /// The beginning of the packet that it is about.
        original: &'a [u8],
    },
    /// Type 11: too many routers (code 0), or a fragment never came (code 1).
    TimeExceeded {
        /// Which of the two.
        code: u8,
        /// Unused, but for RFC 4884's length.
        rest: [u8; 4],
        /// The beginning of the packet that it is about.
        original: &'a [u8],
    },
    /// Any other type, or one of the above with a code that makes no sense.
    Other {
        /// The type.
        kind: u8,
        /// The code.
        code: u8,
        /// The second four bytes.
        rest: [u8; 4],
        /// What follows.
        data: &'a [u8],
    },
}

impl<'a> V4<'a> {
    /// What `packet`, read by [`Packet::parse_v4`], says.
    pub fn of(packet: &Packet<'a>) -> Self {
        let (rest, data) = (packet.rest(), packet.data());
        let (identifier, sequence_number) = (be16(&rest, 0), be16(&rest, 2));
        match (packet.kind(), packet.code()) {
            (0, 0) => V4::EchoReply {
                identifier,
                sequence_number,
                data,
            },
            (3, code) => V4::DestinationUnreachable {
                code,
                rest,
                original: data,
            },
            (8, 0) => V4::EchoRequest {
                identifier,
                sequence_number,
                data,
            },
            (11, code) => V4::TimeExceeded {
                code,
                rest,
                original: data,
            },
            (kind, code) => V4::Other {
                kind,
                code,
                rest,
                data,
            },
        }
    }

    /// The MTU of the link that the packet did not fit, if this says so; zero
    /// from a router that is older than RFC 1191.
    pub fn next_hop_mtu(&self) -> Option<u16> {
        match self {
            V4::DestinationUnreachable { code: 4, rest, .. } => {
                Some(be16(rest, 2))
            }
            _ => None,
        }
    }

    /// Type, code, the second four bytes, and what follows them.
    pub fn parts(&self) -> (u8, u8, [u8; 4], &'a [u8]) {
        match *self {
            V4::EchoRequest {
                identifier,
                sequence_number,
                data,
            } => (8, 0, echo(identifier, sequence_number), data),
            V4::EchoReply {
                identifier,
                sequence_number,
                data,
            } => (0, 0, echo(identifier, sequence_number), data),
            V4::DestinationUnreachable {
                code,
                rest,
                original,
            } => (3, code, rest, original),
            V4::TimeExceeded {
                code,
                rest,
                original,
            } => (11, code, rest, original),
            V4::Other {
                kind,
                code,
                rest,
                data,
            } => (kind, code, rest, data),
        }
    }

    /// Bytes of the message.
    #[expect(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        HEADER_LEN + self.parts().3.len()
    }

    /// Writes the message.
    ///
    /// # Errors
    /// [`EmitError::NoRoom`]: nothing was written then.
    pub fn emit(&self, out: &mut impl BufMut) -> Result<(), EmitError> {
        emit(Checksum::new(), self.parts(), out)
    }
}

/// What a message of ICMPv6 says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum V6<'a> {
    /// Type 1: it cannot be delivered. Code 4: nobody listens on the port.
    DestinationUnreachable {
        /// Why.
        code: u8,
        /// Unused, but for RFC 4884's length.
        rest: [u8; 4],
        /// The beginning of the packet that it is about.
        original: &'a [u8],
    },
    /// Type 2: it does not fit the next link. IPv6 routers never fragment.
    PacketTooBig {
        /// What would fit.
        mtu: u32,
        /// The beginning of the packet that it is about.
        original: &'a [u8],
    },
    /// Type 3: too many routers (code 0), or a fragment never came (code 1).
    TimeExceeded {
        /// Which of the two.
        code: u8,
        /// Unused, but for RFC 4884's length.
        rest: [u8; 4],
        /// The beginning of the packet that it is about.
        original: &'a [u8],
    },
    /// Type 128: send this back.
    EchoRequest {
        /// Which `ping` asks.
        identifier: u16,
        /// Which of its questions.
        sequence_number: u16,
        /// What comes back.
        data: &'a [u8],
    },
    /// Type 129: here it is.
    EchoReply {
        /// The request's.
        identifier: u16,
        /// The request's.
        sequence_number: u16,
        /// The request's.
        data: &'a [u8],
    },
    /// Any other type (neighbor discovery, for one), or an echo with a code.
    Other {
        /// The type.
        kind: u8,
        /// The code.
        code: u8,
        /// The second four bytes.
        rest: [u8; 4],
        /// What follows.
        data: &'a [u8],
    },
}

impl<'a> V6<'a> {
    /// What `packet`, read by [`Packet::parse_v6`], says.
    pub fn of(packet: &Packet<'a>) -> Self {
        let (rest, data) = (packet.rest(), packet.data());
        let (identifier, sequence_number) = (be16(&rest, 0), be16(&rest, 2));
        match (packet.kind(), packet.code()) {
            (1, code) => V6::DestinationUnreachable {
                code,
                rest,
                original: data,
            },
            // The code means nothing (RFC 4443 §3.2).
            (2, _) => V6::PacketTooBig {
                mtu: u32::from_be_bytes(rest),
                original: data,
            },
            (3, code) => V6::TimeExceeded {
                code,
                rest,
                original: data,
            },
            (128, 0) => V6::EchoRequest {
                identifier,
                sequence_number,
                data,
            },
            (129, 0) => V6::EchoReply {
                identifier,
                sequence_number,
                data,
            },
            (kind, code) => V6::Other {
                kind,
                code,
                rest,
                data,
            },
        }
    }

    /// Type, code, the second four bytes, and what follows them.
    pub fn parts(&self) -> (u8, u8, [u8; 4], &'a [u8]) {
        match *self {
            V6::DestinationUnreachable {
                code,
                rest,
                original,
            } => (1, code, rest, original),
            V6::PacketTooBig { mtu, original } => {
                (2, 0, mtu.to_be_bytes(), original)
            }
            V6::TimeExceeded {
                code,
                rest,
                original,
            } => (3, code, rest, original),
            V6::EchoRequest {
                identifier,
                sequence_number,
                data,
            } => (128, 0, echo(identifier, sequence_number), data),
            V6::EchoReply {
                identifier,
                sequence_number,
                data,
            } => (129, 0, echo(identifier, sequence_number), data),
            V6::Other {
                kind,
                code,
                rest,
                data,
            } => (kind, code, rest, data),
        }
    }

    /// Bytes of the message.
    #[expect(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        HEADER_LEN + self.parts().3.len()
    }

    /// Writes the message. Its checksum covers the pseudo-header.
    ///
    /// # Errors
    /// [`EmitError::NoRoom`]: nothing was written then.
    pub fn emit(
        &self,
        pseudo: &PseudoHeader,
        out: &mut impl BufMut,
    ) -> Result<(), EmitError> {
        let sum = pseudo.sum(Protocol::ICMPV6, self.len());
        emit(sum, self.parts(), out)
    }
}

fn echo(identifier: u16, sequence_number: u16) -> [u8; 4] {
    (u32::from(identifier) << 16 | u32::from(sequence_number)).to_be_bytes()
}

fn emit(
    mut sum: Checksum,
    (kind, code, rest, data): (u8, u8, [u8; 4], &[u8]),
    out: &mut impl BufMut,
) -> Result<(), EmitError> {
    ensure_room(out, HEADER_LEN + data.len())?;
    sum.add(&[kind, code]);
    sum.add(&rest);
    sum.add(data);
    out.put_slice(&[kind, code]);
    out.put_u16(sum.finish());
    out.put_slice(&rest);
    out.put_slice(data);
    Ok(())
}
