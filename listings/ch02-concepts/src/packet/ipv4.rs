//! IPv4 headers (RFC 791).

use std::net::Ipv4Addr;

use bytes::BufMut;

use crate::packet::checksum::{
    Checksum, PseudoHeader, checksum, checksum_without,
};
use crate::packet::{
    EmitError, Error, Layer, OptionBytes, Problem, Protocol, array, be16,
    ensure_room,
};

/// Bytes of a header without options.
pub const HEADER_LEN: usize = 20;
/// The largest total length, header included.
pub const MAX_LEN: usize = 0xffff;
/// The smallest maximum transmission unit of a link that carries IPv4 (RFC 791
/// §3.2: "every internet module must be able to forward a datagram of 68
/// octets without further fragmentation").
pub const MIN_MTU: usize = 68;

/// A packet, borrowed from the bytes it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// As many as Total Length says.
    bytes: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads the header. Bytes behind the total length are padding of the
    /// link's and no part of the packet.
    ///
    /// The header checksum is not looked at: see
    /// [`Packet::verify_checksum`].
    ///
    /// # Errors
    /// [`Problem::Truncated`], [`Problem::Version`],
    /// [`Problem::HeaderTooShort`], [`Problem::LengthTooSmall`], and what
    /// [`options`] yields.
    // ANCHOR: parse
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let error = |at, problem| Error {
            layer: Layer::Ipv4,
            at,
            problem,
        };
        let have = bytes.len();
        if have < HEADER_LEN {
            let need = HEADER_LEN;
            return Err(error(0, Problem::Truncated { need, have }));
        }
        let version = bytes[0] >> 4;
        if version != 4 {
            return Err(error(0, Problem::Version(version)));
        }
        let header_len = usize::from(bytes[0] & 0xf) * 4;
        if header_len < HEADER_LEN {
            return Err(error(0, Problem::HeaderTooShort(header_len)));
        }
        let total = usize::from(be16(bytes, 2));
        if total < header_len {
            return Err(error(2, Problem::LengthTooSmall(total)));
        }
        if total > have {
            return Err(error(2, Problem::Truncated { need: total, have }));
        }
        for option in options(&bytes[HEADER_LEN..header_len]) {
            option.map_err(|error| error.shifted(HEADER_LEN))?;
        }
        Ok(Packet {
            bytes: &bytes[..total],
        })
    }
    // ANCHOR_END: parse

    /// Bytes of the header, options included: four times the IHL.
    pub fn header_len(&self) -> usize {
        usize::from(self.bytes[0] & 0xf) * 4
    }

    /// DSCP: which service it asks for (RFC 2474), six bits.
    pub fn dscp(&self) -> u8 {
        self.bytes[1] >> 2
    }

    /// ECN: whether a router on its way was congested (RFC 3168), two bits.
    pub fn ecn(&self) -> u8 {
        self.bytes[1] & 3
    }

    /// Bytes of header and payload.
    pub fn total_len(&self) -> usize {
        self.bytes.len()
    }

    /// Which packet a fragment is of (RFC 6864).
    pub fn identification(&self) -> u16 {
        be16(self.bytes, 4)
    }

    /// DF: no router may fragment it.
    pub fn dont_fragment(&self) -> bool {
        self.bytes[6] & 0x40 != 0
    }

    /// MF: this is a fragment, and not the last.
    pub fn more_fragments(&self) -> bool {
        self.bytes[6] & 0x20 != 0
    }

    /// Where the payload belongs in the whole packet's, in bytes.
    pub fn fragment_offset(&self) -> usize {
        usize::from(be16(self.bytes, 6) & 0x1fff) * 8
    }

    /// Whether this is a part of a packet, to be put together first.
    pub fn is_fragment(&self) -> bool {
        self.more_fragments() || self.fragment_offset() > 0
    }

    /// How many more routers may forward it.
    pub fn ttl(&self) -> u8 {
        self.bytes[8]
    }

    /// What the payload is.
    pub fn protocol(&self) -> Protocol {
        Protocol(self.bytes[9])
    }

    /// The header checksum, right or wrong.
    pub fn header_checksum(&self) -> u16 {
        be16(self.bytes, 10)
    }

    /// Who sent it.
    pub fn source(&self) -> Ipv4Addr {
        array(self.bytes, 12).into()
    }

    /// Whom it is for.
    pub fn destination(&self) -> Ipv4Addr {
        array(self.bytes, 16).into()
    }

    /// The options, padding included.
    pub fn options(&self) -> &'a [u8] {
        &self.bytes[HEADER_LEN..self.header_len()]
    }

    /// The header, options included.
    pub fn header(&self) -> &'a [u8] {
        &self.bytes[..self.header_len()]
    }

    /// What it carries, a fragment of it perhaps.
    pub fn payload(&self) -> &'a [u8] {
        &self.bytes[self.header_len()..]
    }

    /// The addresses, for the checksum of the payload.
    pub fn pseudo_header(&self) -> PseudoHeader {
        PseudoHeader::V4 {
            source: self.source(),
            destination: self.destination(),
        }
    }

    /// Checks the header checksum. It covers the header alone (RFC 791 §3.1).
    ///
    /// # Errors
    /// [`Problem::Checksum`].
    pub fn verify_checksum(&self) -> Result<(), Error> {
        if checksum(self.header()) == 0 {
            return Ok(());
        }
        let found = self.header_checksum();
        let computed = checksum_without(Checksum::new(), self.header(), 10);
        Err(Error {
            layer: Layer::Ipv4,
            at: 10,
            problem: Problem::Checksum { found, computed },
        })
    }

    /// The fields that somebody chose.
    pub fn repr(&self) -> Repr {
        Repr {
            dscp: self.dscp(),
            ecn: self.ecn(),
            identification: self.identification(),
            dont_fragment: self.dont_fragment(),
            more_fragments: self.more_fragments(),
            fragment_offset: self.fragment_offset(),
            ttl: self.ttl(),
            protocol: self.protocol(),
            source: self.source(),
            destination: self.destination(),
            options: OptionBytes::new(self.options())
                .expect("four bits of IHL cannot say more than 40 bytes"),
        }
    }
}

/// One option (RFC 791 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ipv4Option<'a> {
    /// The type octet: copied flag, class, number.
    pub kind: u8,
    /// What follows the length octet; empty for the options without one.
    pub data: &'a [u8],
}

impl Ipv4Option<'_> {
    /// The type of No Operation, an octet that fills a gap.
    pub const NO_OPERATION: u8 = 1;
    /// The type of End of Option List: what follows is padding.
    pub const END: u8 = 0;

    /// Bytes of the option, with type and length.
    #[expect(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        match self.kind {
            Self::END | Self::NO_OPERATION => 1,
            _ => 2 + self.data.len(),
        }
    }
}

/// The options in `bytes`, up to End of Option List, which comes last; then
/// nothing. An error comes last, too: `at` counts from the first of `bytes`.
///
/// Errors are [`Problem::OptionCutOff`] and [`Problem::OptionLength`].
pub fn options(
    bytes: &[u8],
) -> impl Iterator<Item = Result<Ipv4Option<'_>, Error>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let option = first_option(rest)?;
        at = match &option {
            Ok(option) if option.kind != Ipv4Option::END => at + option.len(),
            _ => usize::MAX,
        };
        let begin = bytes.len() - rest.len();
        Some(option.map_err(|problem| Error {
            layer: Layer::Ipv4,
            at: begin,
            problem,
        }))
    })
}

fn first_option(bytes: &[u8]) -> Option<Result<Ipv4Option<'_>, Problem>> {
    let (&kind, rest) = bytes.split_first()?;
    if matches!(kind, Ipv4Option::END | Ipv4Option::NO_OPERATION) {
        return Some(Ok(Ipv4Option { kind, data: &[] }));
    }
    let Some(&len) = rest.first() else {
        return Some(Err(Problem::OptionCutOff { kind }));
    };
    if len < 2 {
        return Some(Err(Problem::OptionLength { kind, len }));
    }
    let data = bytes.get(2..usize::from(len));
    let option = data.map(|data| Ipv4Option { kind, data });
    Some(option.ok_or(Problem::OptionCutOff { kind }))
}

/// What is chosen in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repr {
    /// DSCP, six bits. What is above them is not sent.
    pub dscp: u8,
    /// ECN, two bits. What is above them is not sent.
    pub ecn: u8,
    /// Which packet a fragment is of.
    pub identification: u16,
    /// DF: no router may fragment it.
    pub dont_fragment: bool,
    /// MF: this is a fragment, and not the last.
    pub more_fragments: bool,
    /// Where the payload belongs in the whole packet's, in bytes: a multiple
    /// of eight below 65,536.
    pub fragment_offset: usize,
    /// How many more routers may forward it.
    pub ttl: u8,
    /// What the payload is.
    pub protocol: Protocol,
    /// Who sends it.
    pub source: Ipv4Addr,
    /// Whom it is for.
    pub destination: Ipv4Addr,
    /// The options.
    pub options: OptionBytes,
}

impl Repr {
    /// A header without options, not to be fragmented, with the TTL that IANA
    /// recommends, 64.
    pub fn new(
        source: Ipv4Addr,
        destination: Ipv4Addr,
        protocol: Protocol,
    ) -> Self {
        Repr {
            dscp: 0,
            ecn: 0,
            identification: 0,
            dont_fragment: true,
            more_fragments: false,
            fragment_offset: 0,
            ttl: 64,
            protocol,
            source,
            destination,
            options: OptionBytes::NONE,
        }
    }

    /// Bytes of the header, options included.
    pub fn header_len(&self) -> usize {
        HEADER_LEN + self.options.as_slice().len()
    }

    /// The addresses, for the checksum of the payload.
    pub fn pseudo_header(&self) -> PseudoHeader {
        PseudoHeader::V4 {
            source: self.source,
            destination: self.destination,
        }
    }

    /// Writes the header of a packet that carries `payload_len` bytes, which
    /// follow.
    ///
    /// # Errors
    /// [`EmitError`]: nothing was written then.
    ///
    /// # Panics
    /// If the fragment offset is no multiple of eight.
    // ANCHOR: emit
    pub fn emit(
        &self,
        payload_len: usize,
        out: &mut impl BufMut,
    ) -> Result<(), EmitError> {
        let header_len = self.header_len();
        let total = limited(header_len + payload_len)?;
        let offset = limited(self.fragment_offset)?;
        assert!(offset.is_multiple_of(8), "a fragment begins at a multiple");
        ensure_room(out, header_len)?;
        let flags = u16::from(self.dont_fragment) << 14
            | u16::from(self.more_fragments) << 13;

        let mut header = Vec::with_capacity(header_len);
        header.put_u8(4 << 4 | (header_len / 4) as u8);
        header.put_u8(self.dscp << 2 | self.ecn & 3);
        header.put_u16(total);
        header.put_u16(self.identification);
        header.put_u16(flags | (offset / 8));
        header.put_u8(self.ttl);
        header.put_u8(self.protocol.0);
        header.put_u16(0); // the checksum, known when the rest is there
        header.put_slice(&self.source.octets());
        header.put_slice(&self.destination.octets());
        header.put_slice(self.options.as_slice());
        let checksum = checksum(&header);
        header[10..12].copy_from_slice(&checksum.to_be_bytes());
        out.put_slice(&header);
        Ok(())
    }
    // ANCHOR_END: emit
}

fn limited(len: usize) -> Result<u16, EmitError> {
    u16::try_from(len).or(Err(EmitError::TooLong {
        layer: Layer::Ipv4,
        len,
        max: MAX_LEN,
    }))
}
