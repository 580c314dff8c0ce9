//! IPv6 headers and extension headers (RFC 8200).

use std::net::Ipv6Addr;

use bytes::BufMut;

use crate::packet::checksum::PseudoHeader;
use crate::packet::{
    EmitError, Error, Layer, Problem, Protocol, array, be16, be32, ensure_room,
};

/// Bytes of the header without extension headers.
pub const HEADER_LEN: usize = 40;
/// The most extension headers that [`Packet::parse`] walks over. The limit is
/// ours: RFC 8200 §4.1 asks senders for each at most once, and for Destination
/// Options at most twice, but makes receivers take any number.
pub const MAX_EXTENSIONS: usize = 8;
/// The smallest maximum transmission unit of a link that carries IPv6 (RFC
/// 8200 §5).
pub const MIN_MTU: usize = 1280;

/// A packet, borrowed from the bytes it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// As many as Payload Length says, and the header.
    bytes: &'a [u8],
    /// What is behind the extension headers, and where.
    upper: (Protocol, usize),
    fragment: Option<Fragment>,
}

/// What a Fragment header says (RFC 8200 §4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragment {
    /// Where the data belongs in the whole packet's, in bytes.
    pub offset: usize,
    /// M: this is not the last fragment.
    pub more: bool,
    /// Which packet it is of.
    pub identification: u32,
}

impl Fragment {
    /// Whether the packet is whole in spite of the header: an "atomic
    /// fragment" (RFC 6946).
    pub fn is_whole(&self) -> bool {
        self.offset == 0 && !self.more
    }
}

/// An extension header (RFC 8200 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension<'a> {
    /// Which one, as the header before it says.
    pub kind: Protocol,
    /// Where it begins, in bytes from the IPv6 header's first.
    pub at: usize,
    /// All of it.
    pub bytes: &'a [u8],
}

impl Extension<'_> {
    /// What follows it.
    pub fn next_header(&self) -> Protocol {
        Protocol(self.bytes[0])
    }
}

impl<'a> Packet<'a> {
    /// Reads the header and walks over the extension headers, up to the first
    /// one that makes what follows unreadable: a fragment other than the
    /// first, or encryption. Bytes behind the payload length are padding of
    /// the link's. Jumbograms (RFC 2675) are refused: their payload length is
    /// zero, and the header that explains why is then not there.
    ///
    /// # Errors
    /// [`Problem::Truncated`], [`Problem::Version`],
    /// [`Problem::TooManyExtensions`], [`Problem::HopByHopNotFirst`], and what
    /// is wrong with options.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let have = bytes.len();
        if have < HEADER_LEN {
            let need = HEADER_LEN;
            return Err(error(0, Problem::Truncated { need, have }));
        }
        let version = bytes[0] >> 4;
        if version != 6 {
            return Err(error(0, Problem::Version(version)));
        }
        let need = HEADER_LEN + usize::from(be16(bytes, 4));
        if need > have {
            return Err(error(4, Problem::Truncated { need, have }));
        }
        let mut packet = Packet {
            bytes: &bytes[..need],
            upper: (Protocol(bytes[6]), HEADER_LEN),
            fragment: None,
        };
        for (n, extension) in walk(packet.bytes).enumerate() {
            let extension = extension?;
            if n == MAX_EXTENSIONS {
                let problem = Problem::TooManyExtensions;
                return Err(error(extension.at, problem));
            }
            let end = extension.at + extension.bytes.len();
            packet.upper = (extension.next_header(), end);
            // A second Fragment header does not make a fragment whole.
            if extension.kind == Protocol::FRAGMENT && !packet.is_fragment() {
                packet.fragment = Some(fragment(extension.bytes));
            }
        }
        Ok(packet)
    }

    /// DSCP and ECN as in IPv4 (RFC 2474, RFC 3168), eight bits.
    pub fn traffic_class(&self) -> u8 {
        (be16(self.bytes, 0) >> 4) as u8
    }

    /// Which flow it belongs to, so that routers can keep it on one path (RFC
    /// 6437), twenty bits.
    pub fn flow_label(&self) -> u32 {
        be32(self.bytes, 0) & 0xf_ffff
    }

    /// What follows the header: an extension header or the payload itself.
    pub fn next_header(&self) -> Protocol {
        Protocol(self.bytes[6])
    }

    /// How many more routers may forward it.
    pub fn hop_limit(&self) -> u8 {
        self.bytes[7]
    }

    /// Who sent it.
    pub fn source(&self) -> Ipv6Addr {
        array(self.bytes, 8).into()
    }

    /// Whom it is for.
    pub fn destination(&self) -> Ipv6Addr {
        array(self.bytes, 24).into()
    }

    /// What follows the header, extension headers included: what Payload
    /// Length counts.
    pub fn payload(&self) -> &'a [u8] {
        &self.bytes[HEADER_LEN..]
    }

    /// The extension headers, in their order.
    pub fn extensions(&self) -> impl Iterator<Item = Extension<'a>> {
        walk(self.bytes).filter_map(Result::ok)
    }

    /// What the Fragment header says, if there is one.
    pub fn fragment(&self) -> Option<Fragment> {
        self.fragment
    }

    /// Whether this is a part of a packet, to be put together first.
    pub fn is_fragment(&self) -> bool {
        self.fragment.is_some_and(|fragment| !fragment.is_whole())
    }

    /// What stands behind the extension headers.
    pub fn upper_protocol(&self) -> Protocol {
        self.upper.0
    }

    /// Where that begins, in bytes from the header's first.
    pub fn upper_at(&self) -> usize {
        self.upper.1
    }

    /// The bytes behind the extension headers.
    pub fn upper(&self) -> &'a [u8] {
        &self.bytes[self.upper.1..]
    }

    /// The addresses, for the checksum of the payload.
    ///
    /// A Routing header with segments left makes the final destination
    /// another than the header's (RFC 8200 §8.1); such headers are not
    /// interpreted here.
    pub fn pseudo_header(&self) -> PseudoHeader {
        PseudoHeader::V6 {
            source: self.source(),
            destination: self.destination(),
        }
    }

    /// The fields that somebody chose.
    pub fn repr(&self) -> Repr {
        Repr {
            traffic_class: self.traffic_class(),
            flow_label: self.flow_label(),
            next_header: self.next_header(),
            hop_limit: self.hop_limit(),
            source: self.source(),
            destination: self.destination(),
        }
    }
}

fn error(at: usize, problem: Problem) -> Error {
    Error {
        layer: Layer::Ipv6,
        at,
        problem,
    }
}

/// The extension headers of a packet whose header is complete; an error, if
/// there is one, comes last.
fn walk(packet: &[u8]) -> impl Iterator<Item = Result<Extension<'_>, Error>> {
    let mut next = Some((Protocol(packet[6]), HEADER_LEN));
    std::iter::from_fn(move || {
        let (kind, at) = next.take()?;
        let extension = extension(packet, kind, at)?;
        if let Ok(extension) = &extension {
            let opaque = kind == Protocol::FRAGMENT
                && fragment(extension.bytes).offset > 0;
            let end = at + extension.bytes.len();
            next = (!opaque).then_some((extension.next_header(), end));
        }
        Some(extension)
    })
}

/// The extension header at `at`, if `kind` is one that can be walked over.
fn extension(
    packet: &[u8],
    kind: Protocol,
    at: usize,
) -> Option<Result<Extension<'_>, Error>> {
    let fail = |at, problem| Some(Err(error(at, problem)));
    match kind {
        Protocol::HOP_BY_HOP if at != HEADER_LEN => {
            return fail(at, Problem::HopByHopNotFirst);
        }
        Protocol::HOP_BY_HOP
        | Protocol::DESTINATION_OPTIONS
        | Protocol::ROUTING
        | Protocol::FRAGMENT
        | Protocol::AH => {}
        _ => return None,
    }
    let rest = &packet[at..];
    // The others count words of eight beyond the first, AH words of four
    // beyond the second; it has three at least (RFC 8200 §4.3, RFC 4302 §2.2).
    let said = rest.get(1).copied().map_or(0, usize::from);
    let need = match kind {
        Protocol::FRAGMENT => 8,
        Protocol::AH if said == 0 && rest.len() > 1 => {
            return fail(at + 1, Problem::HeaderTooShort(8));
        }
        Protocol::AH => (said + 2) * 4,
        _ => (said + 1) * 8,
    };
    let Some(bytes) = rest.get(..need) else {
        let have = rest.len();
        return fail(at, Problem::Truncated { need, have });
    };
    let has_options =
        matches!(kind, Protocol::HOP_BY_HOP | Protocol::DESTINATION_OPTIONS);
    let options = if has_options { &bytes[2..] } else { &[] };
    match check_options(options) {
        Ok(()) => Some(Ok(Extension { kind, at, bytes })),
        Err(error) => Some(Err(error.shifted(at + 2))),
    }
}

/// Checks that options fill their header exactly (RFC 8200 §4.2).
fn check_options(options: &[u8]) -> Result<(), Error> {
    let mut rest = options;
    while let Some((&kind, behind)) = rest.split_first() {
        let at = options.len() - rest.len();
        let cut_off = error(at, Problem::OptionCutOff { kind });
        rest = match kind {
            0 => behind, // Pad1, the only option without a length
            _ => {
                let (&len, data) = behind.split_first().ok_or(cut_off)?;
                data.get(usize::from(len)..).ok_or(cut_off)?
            }
        };
    }
    Ok(())
}

fn fragment(header: &[u8]) -> Fragment {
    let bits = be16(header, 2);
    Fragment {
        offset: usize::from(bits & !7),
        more: bits & 1 == 1,
        identification: be32(header, 4),
    }
}

/// What is chosen in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Repr {
    /// DSCP and ECN, eight bits.
    pub traffic_class: u8,
    /// The flow label, twenty bits. What is above them is not sent.
    pub flow_label: u32,
    /// What follows: the payload, or an extension header that the caller
    /// writes as the beginning of the payload.
    pub next_header: Protocol,
    /// How many more routers may forward it.
    pub hop_limit: u8,
    /// Who sends it.
    pub source: Ipv6Addr,
    /// Whom it is for.
    pub destination: Ipv6Addr,
}

impl Repr {
    /// A header with the hop limit that IANA recommends for TTLs, 64.
    pub fn new(
        source: Ipv6Addr,
        destination: Ipv6Addr,
        next_header: Protocol,
    ) -> Self {
        Repr {
            traffic_class: 0,
            flow_label: 0,
            next_header,
            hop_limit: 64,
            source,
            destination,
        }
    }

    /// The addresses, for the checksum of the payload.
    pub fn pseudo_header(&self) -> PseudoHeader {
        PseudoHeader::V6 {
            source: self.source,
            destination: self.destination,
        }
    }

    /// Writes the header, [`HEADER_LEN`] bytes, of a packet that carries
    /// `payload_len` bytes, which follow.
    ///
    /// # Errors
    /// [`EmitError`]: nothing was written then.
    pub fn emit(
        &self,
        payload_len: usize,
        out: &mut impl BufMut,
    ) -> Result<(), EmitError> {
        let len = u16::try_from(payload_len).or(Err(EmitError::TooLong {
            layer: Layer::Ipv6,
            len: payload_len,
            max: 0xffff,
        }))?;
        ensure_room(out, HEADER_LEN)?;
        out.put_u32(
            6 << 28
                | u32::from(self.traffic_class) << 20
                | self.flow_label & 0xf_ffff,
        );
        out.put_u16(len);
        out.put_u8(self.next_header.0);
        out.put_u8(self.hop_limit);
        out.put_slice(&self.source.octets());
        out.put_slice(&self.destination.octets());
        Ok(())
    }
}
