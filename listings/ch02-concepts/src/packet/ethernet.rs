//! Ethernet frames as the operating system hands them over: without preamble
//! and without the frame check sequence (IEEE 802.3 clause 3; RFC 894), with
//! or without an 802.1Q tag.

use std::fmt;

use bytes::BufMut;

use crate::packet::{
    EmitError, Error, Layer, Problem, array, be16, ensure_room,
};

/// Bytes of a header without a tag.
pub const HEADER_LEN: usize = 14;
/// Bytes of an 802.1Q tag.
pub const TAG_LEN: usize = 4;
/// The fewest bytes of payload that an untagged frame has on the wire: what is
/// shorter is padded with zeros, which are no part of the packet (RFC 894).
pub const MIN_PAYLOAD: usize = 46;
/// The largest length: numbers from [`EtherType::MIN`] on are types, and what
/// is between is undefined (IEEE 802.3 §3.2.6).
pub const MAX_LENGTH: u16 = 1500;

/// An address of the link layer, 48 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MacAddr(pub [u8; 6]);

impl MacAddr {
    /// Everybody on the link.
    pub const BROADCAST: MacAddr = MacAddr([0xff; 6]);
    /// Nobody: what a loopback interface has.
    pub const UNSPECIFIED: MacAddr = MacAddr([0; 6]);

    /// Whether it names a group of receivers, as [`MacAddr::BROADCAST`] does:
    /// the first bit that is sent, the lowest of the first byte.
    pub fn is_group(self) -> bool {
        self.0[0] & 1 == 1
    }

    /// Whether somebody chose it, and not the maker of the card.
    pub fn is_local(self) -> bool {
        self.0[0] & 2 == 2
    }
}

impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

/// What a frame carries. The numbers are
/// [IANA's list of IEEE's](https://www.iana.org/assignments/ieee-802-numbers/).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EtherType(pub u16);

impl EtherType {
    /// The smallest number that is a type.
    pub const MIN: u16 = 0x0600;
    /// IPv4 (RFC 894).
    pub const IPV4: EtherType = EtherType(0x0800);
    /// ARP (RFC 826).
    pub const ARP: EtherType = EtherType(0x0806);
    /// An 802.1Q tag.
    pub const VLAN: EtherType = EtherType(0x8100);
    /// IPv6 (RFC 2464).
    pub const IPV6: EtherType = EtherType(0x86dd);

    /// Whether it is the length of an IEEE 802.3 frame instead.
    pub fn is_length(self) -> bool {
        self.0 <= MAX_LENGTH
    }

    /// The name, where this module has one.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            EtherType::IPV4 => "IPv4",
            EtherType::ARP => "ARP",
            EtherType::VLAN => "802.1Q",
            EtherType::IPV6 => "IPv6",
            _ => return None,
        })
    }
}

impl fmt::Display for EtherType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{:#06x} ({name})", self.0),
            None if self.is_length() => write!(f, "{} bytes", self.0),
            None => write!(f, "{:#06x}", self.0),
        }
    }
}

/// The tag of a virtual LAN (IEEE 802.1Q §9.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag {
    /// PCP, the priority: three bits. What is above them is not sent.
    pub priority: u8,
    /// DEI: drop this frame before others.
    pub drop_eligible: bool,
    /// VID, the VLAN's number: twelve bits. What is above them is not sent.
    pub vlan: u16,
}

impl Tag {
    /// Takes Tag Control Information apart.
    pub fn from_bits(bits: u16) -> Self {
        Tag {
            priority: (bits >> 13) as u8,
            drop_eligible: bits >> 12 & 1 == 1,
            vlan: bits & 0xfff,
        }
    }

    /// The Tag Control Information.
    pub fn bits(self) -> u16 {
        u16::from(self.priority & 7) << 13
            | u16::from(self.drop_eligible) << 12
            | self.vlan & 0xfff
    }
}

/// A frame, borrowed from the bytes it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    bytes: &'a [u8],
    header_len: usize,
}

impl<'a> Frame<'a> {
    /// Reads the header, and the tag if there is one. A second tag (802.1ad)
    /// is left in the payload, [`Frame::ethertype`] says so.
    ///
    /// # Errors
    /// [`Problem::Truncated`]: the header is not all there, or the length of
    /// an 802.3 frame is more than there is.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let truncated = |layer, at, need| Error {
            layer,
            at,
            problem: Problem::Truncated {
                need,
                have: bytes.len(),
            },
        };
        if bytes.len() < HEADER_LEN {
            return Err(truncated(Layer::Ethernet, 0, HEADER_LEN));
        }
        let mut header_len = HEADER_LEN;
        if EtherType(be16(bytes, 12)) == EtherType::VLAN {
            header_len += TAG_LEN;
            if bytes.len() < header_len {
                return Err(truncated(Layer::Vlan, HEADER_LEN, header_len));
            }
        }
        let frame = Frame { bytes, header_len };
        let end = frame.payload_end();
        if end > bytes.len() {
            let at = header_len - 2;
            return Err(truncated(Layer::Ethernet, at, end));
        }
        Ok(frame)
    }

    /// Whom it is for.
    pub fn destination(&self) -> MacAddr {
        MacAddr(array(self.bytes, 0))
    }

    /// Who sent it.
    pub fn source(&self) -> MacAddr {
        MacAddr(array(self.bytes, 6))
    }

    /// The 802.1Q tag, if it has one.
    pub fn tag(&self) -> Option<Tag> {
        let tagged = self.header_len > HEADER_LEN;
        tagged.then(|| Tag::from_bits(be16(self.bytes, HEADER_LEN)))
    }

    /// What it carries, behind the tag if there is one.
    pub fn ethertype(&self) -> EtherType {
        EtherType(be16(self.bytes, self.header_len - 2))
    }

    /// Bytes of the header, tag included.
    pub fn header_len(&self) -> usize {
        self.header_len
    }

    /// What it carries. If that was short, padding follows, which only the
    /// payload's own length tells from it; but in an 802.3 frame the header
    /// has the length.
    pub fn payload(&self) -> &'a [u8] {
        &self.bytes[self.header_len..self.payload_end()]
    }

    /// The fields that somebody chose.
    pub fn repr(&self) -> Repr {
        Repr {
            destination: self.destination(),
            source: self.source(),
            tag: self.tag(),
            ethertype: self.ethertype(),
        }
    }

    fn payload_end(&self) -> usize {
        match self.ethertype() {
            EtherType(len) if len <= MAX_LENGTH => {
                self.header_len + usize::from(len)
            }
            _ => self.bytes.len(),
        }
    }
}

/// What is chosen in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Repr {
    /// Whom it is for.
    pub destination: MacAddr,
    /// Who sends it.
    pub source: MacAddr,
    /// The 802.1Q tag, if it has one.
    pub tag: Option<Tag>,
    /// What it carries.
    pub ethertype: EtherType,
}

impl Repr {
    /// Bytes of the header, tag included.
    pub fn header_len(&self) -> usize {
        match self.tag {
            Some(_) => HEADER_LEN + TAG_LEN,
            None => HEADER_LEN,
        }
    }

    /// Writes the header. The payload follows; padding it to
    /// [`MIN_PAYLOAD`] is left to the card, which does it on its own.
    ///
    /// # Errors
    /// [`EmitError::NoRoom`]: nothing was written then.
    pub fn emit(&self, out: &mut impl BufMut) -> Result<(), EmitError> {
        ensure_room(out, self.header_len())?;
        out.put_slice(&self.destination.0);
        out.put_slice(&self.source.0);
        if let Some(tag) = self.tag {
            out.put_u16(EtherType::VLAN.0);
            out.put_u16(tag.bits());
        }
        out.put_u16(self.ethertype.0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPR: Repr = Repr {
        destination: MacAddr::BROADCAST,
        source: MacAddr([2, 0, 0, 0, 0, 1]),
        tag: None,
        ethertype: EtherType::ARP,
    };

    #[test]
    fn written_and_read() {
        let tag = Tag {
            priority: 5,
            drop_eligible: true,
            vlan: 0xabc,
        };
        for tag in [None, Some(tag)] {
            let repr = Repr { tag, ..REPR };
            let mut bytes = Vec::new();
            repr.emit(&mut bytes).unwrap();
            assert_eq!(bytes.len(), repr.header_len());
            bytes.extend(b"payload");
            let frame = Frame::parse(&bytes).unwrap();
            assert_eq!(frame.repr(), repr);
            assert_eq!(frame.payload(), b"payload");
        }
    }

    #[test]
    fn a_small_buffer_stays_as_it_is() {
        let mut buffer = [0xee; 13];
        let error = REPR.emit(&mut &mut buffer[..]).unwrap_err();
        assert_eq!(error, EmitError::NoRoom { need: 14, have: 13 });
        assert_eq!(buffer, [0xee; 13]);
    }

    #[test]
    fn too_short() {
        let error = Frame::parse(&[0; 13]).unwrap_err();
        assert_eq!(error.problem, Problem::Truncated { need: 14, have: 13 });
        let mut tagged = [0; 17];
        tagged[12] = 0x81;
        let error = Frame::parse(&tagged).unwrap_err();
        assert_eq!((error.layer, error.at), (Layer::Vlan, 14));
    }

    #[test]
    fn a_length_instead_of_a_type() {
        let mut bytes = [0; 20];
        bytes[13] = 4;
        assert_eq!(Frame::parse(&bytes).unwrap().payload().len(), 4);
        bytes[13] = 7;
        let error = Frame::parse(&bytes).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Ethernet, byte 12: 21 bytes announced, 20 there"
        );
    }
}
