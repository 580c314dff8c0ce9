//! TCP segments and their options (RFC 9293).

use std::fmt;
use std::ops::BitOr;

use bytes::BufMut;

use crate::packet::checksum::{PseudoHeader, checksum_without, fits};
use crate::packet::{
    EmitError, Error, Layer, MAX_OPTIONS, OptionBytes, Problem, Protocol, be16,
    be32, ensure_room,
};

/// Bytes of a header without options.
pub const HEADER_LEN: usize = 20;
/// The most blocks that a SACK option has room for (RFC 2018 §3).
pub const MAX_SACK_BLOCKS: usize = 4;
/// The most bits that a window is shifted by: who receives more takes it as
/// this (RFC 7323 §2.3).
pub const MAX_WINDOW_SHIFT: u8 = 14;

/// The control bits (RFC 9293 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u8);

impl Flags {
    /// No bit set.
    pub const NONE: Flags = Flags(0);
    /// No more data from the sender.
    pub const FIN: Flags = Flags(1);
    /// Synchronize sequence numbers.
    pub const SYN: Flags = Flags(1 << 1);
    /// Reset the connection.
    pub const RST: Flags = Flags(1 << 2);
    /// Push: hand the data to the application.
    pub const PSH: Flags = Flags(1 << 3);
    /// The acknowledgment number counts.
    pub const ACK: Flags = Flags(1 << 4);
    /// The urgent pointer counts.
    pub const URG: Flags = Flags(1 << 5);
    /// Congestion was experienced (RFC 3168).
    pub const ECE: Flags = Flags(1 << 6);
    /// The congestion window was reduced (RFC 3168).
    pub const CWR: Flags = Flags(1 << 7);

    /// The bits by their names, from the lowest.
    pub const NAMES: [&'static str; 8] =
        ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];

    /// Whether every bit of `flags` is set.
    pub fn contains(self, flags: Flags) -> bool {
        self.0 & flags.0 == flags.0
    }
}

impl BitOr for Flags {
    type Output = Flags;

    fn bitor(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

/// `SYN,ACK`; `none` if there are none.
impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = Flags::NAMES
            .iter()
            .enumerate()
            .filter(|(bit, _)| self.0 >> bit & 1 == 1);
        let names: Vec<_> = set.map(|(_, &name)| name).collect();
        f.pad(
            match &names[..] {
                [] => "none".to_owned(),
                names => names.join(","),
            }
            .as_str(),
        )
    }
}

/// A segment, borrowed from the bytes it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a> {
    bytes: &'a [u8],
}

impl<'a> Segment<'a> {
    /// Reads the header. TCP has no length field of its own: `bytes` has to be
    /// the payload of the IP packet, no more.
    ///
    /// # Errors
    /// [`Problem::Truncated`], [`Problem::HeaderTooShort`], and what
    /// [`options`] yields.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let error = |at, problem| Error {
            layer: Layer::Tcp,
            at,
            problem,
        };
        let have = bytes.len();
        if have < HEADER_LEN {
            let need = HEADER_LEN;
            return Err(error(0, Problem::Truncated { need, have }));
        }
        let header_len = usize::from(bytes[12] >> 4) * 4;
        if header_len < HEADER_LEN {
            return Err(error(12, Problem::HeaderTooShort(header_len)));
        }
        if header_len > have {
            let need = header_len;
            return Err(error(12, Problem::Truncated { need, have }));
        }
        for option in options(&bytes[HEADER_LEN..header_len]) {
            option.map_err(|error| error.shifted(HEADER_LEN))?;
        }
        Ok(Segment { bytes })
    }

    /// The sender's port.
    pub fn source_port(&self) -> u16 {
        be16(self.bytes, 0)
    }

    /// The receiver's port.
    pub fn destination_port(&self) -> u16 {
        be16(self.bytes, 2)
    }

    /// SEG.SEQ: the number of the first byte of data, or of the SYN.
    pub fn sequence_number(&self) -> u32 {
        be32(self.bytes, 4)
    }

    /// SEG.ACK: the number that the sender expects next, if ACK is set.
    pub fn acknowledgment_number(&self) -> u32 {
        be32(self.bytes, 8)
    }

    /// Bytes of the header, options included: four times the Data Offset.
    pub fn header_len(&self) -> usize {
        usize::from(self.bytes[12] >> 4) * 4
    }

    /// The four bits that are reserved. Send them as zero; ignore them.
    pub fn reserved(&self) -> u8 {
        self.bytes[12] & 0xf
    }

    /// The control bits.
    pub fn flags(&self) -> Flags {
        Flags(self.bytes[13])
    }

    /// SEG.WND: how many bytes the sender has room for, not yet scaled (RFC
    /// 7323 §2).
    pub fn window(&self) -> u16 {
        be16(self.bytes, 14)
    }

    /// The checksum, right or wrong.
    pub fn checksum(&self) -> u16 {
        be16(self.bytes, 16)
    }

    /// Where urgent data ends, if URG is set.
    pub fn urgent_pointer(&self) -> u16 {
        be16(self.bytes, 18)
    }

    /// The options, padding included.
    pub fn option_bytes(&self) -> &'a [u8] {
        &self.bytes[HEADER_LEN..self.header_len()]
    }

    /// The options.
    pub fn options(&self) -> impl Iterator<Item = TcpOption<'a>> {
        options(self.option_bytes()).filter_map(Result::ok)
    }

    /// The data.
    pub fn payload(&self) -> &'a [u8] {
        &self.bytes[self.header_len()..]
    }

    /// SEG.LEN: how many sequence numbers it takes, SYN and FIN included (RFC
    /// 9293 §3.4).
    pub fn segment_len(&self) -> usize {
        let flags = self.flags();
        self.payload().len()
            + usize::from(flags.contains(Flags::SYN))
            + usize::from(flags.contains(Flags::FIN))
    }

    /// Checks the checksum over pseudo-header, header and data.
    ///
    /// # Errors
    /// [`Problem::Checksum`].
    pub fn verify_checksum(&self, pseudo: &PseudoHeader) -> Result<(), Error> {
        let sum = pseudo.sum(Protocol::TCP, self.bytes.len());
        let found = self.checksum();
        match checksum_without(sum, self.bytes, 16) {
            computed if fits(found, computed) => Ok(()),
            computed => Err(Error {
                layer: Layer::Tcp,
                at: 16,
                problem: Problem::Checksum { found, computed },
            }),
        }
    }

    /// The fields that somebody chose.
    pub fn repr(&self) -> Repr {
        Repr {
            source_port: self.source_port(),
            destination_port: self.destination_port(),
            sequence_number: self.sequence_number(),
            acknowledgment_number: self.acknowledgment_number(),
            flags: self.flags(),
            window: self.window(),
            urgent_pointer: self.urgent_pointer(),
            options: OptionBytes::new(self.option_bytes())
                .expect("four bits of Data Offset say no more than 40 bytes"),
        }
    }
}

/// The blocks of a SACK option: data that has arrived beyond a gap, each from
/// its first sequence number to the one behind its last (RFC 2018 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SackBlocks {
    blocks: [(u32, u32); MAX_SACK_BLOCKS],
    len: usize,
}

impl SackBlocks {
    /// One to four blocks; `None` for any other number.
    pub fn new(blocks: &[(u32, u32)]) -> Option<Self> {
        let mut sack = SackBlocks {
            blocks: [(0, 0); MAX_SACK_BLOCKS],
            len: blocks.len(),
        };
        let room = sack.blocks.get_mut(..blocks.len())?;
        room.copy_from_slice(blocks);
        (sack.len > 0).then_some(sack)
    }

    /// The blocks, left edge and right edge of each.
    pub fn as_slice(&self) -> &[(u32, u32)] {
        &self.blocks[..self.len]
    }
}

/// One option. The kinds are
/// [IANA's](https://www.iana.org/assignments/tcp-parameters/).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TcpOption<'a> {
    /// Kind 0: what follows is padding (RFC 9293 §3.1).
    EndOfList,
    /// Kind 1: an octet that fills a gap (RFC 9293 §3.1).
    NoOperation,
    /// Kind 2: the most data that the sender takes in a segment (RFC 9293
    /// §3.7.1).
    MaximumSegmentSize(u16),
    /// Kind 3: the sender's windows are to be shifted by so many bits, 14 at
    /// most (RFC 7323 §2.2, §2.3).
    WindowScale(u8),
    /// Kind 4: the sender understands SACK (RFC 2018 §2).
    SackPermitted,
    /// Kind 5: data beyond a gap (RFC 2018 §3).
    Sack(SackBlocks),
    /// Kind 8 (RFC 7323 §3.2).
    Timestamps {
        /// The sender's clock.
        value: u32,
        /// The receiver's, as the sender saw it last.
        echo_reply: u32,
    },
    /// Any other kind.
    Unknown {
        /// The kind.
        kind: u8,
        /// What follows the length octet.
        data: &'a [u8],
    },
}

impl TcpOption<'_> {
    /// The kind.
    pub fn kind(&self) -> u8 {
        match self {
            TcpOption::EndOfList => 0,
            TcpOption::NoOperation => 1,
            TcpOption::MaximumSegmentSize(_) => 2,
            TcpOption::WindowScale(_) => 3,
            TcpOption::SackPermitted => 4,
            TcpOption::Sack(_) => 5,
            TcpOption::Timestamps { .. } => 8,
            TcpOption::Unknown { kind, .. } => *kind,
        }
    }

    /// What it is called; nothing if it is unknown here.
    pub fn name(&self) -> &'static str {
        match self {
            TcpOption::EndOfList => "End of Option List",
            TcpOption::NoOperation => "No-Operation",
            TcpOption::MaximumSegmentSize(_) => "Maximum Segment Size",
            TcpOption::WindowScale(_) => "Window Scale",
            TcpOption::SackPermitted => "SACK-Permitted",
            TcpOption::Sack(_) => "SACK",
            TcpOption::Timestamps { .. } => "Timestamps",
            TcpOption::Unknown { .. } => "",
        }
    }

    /// Bytes of the option, with kind and length.
    #[expect(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        match self {
            TcpOption::EndOfList | TcpOption::NoOperation => 1,
            TcpOption::MaximumSegmentSize(_) => 4,
            TcpOption::WindowScale(_) => 3,
            TcpOption::SackPermitted => 2,
            TcpOption::Sack(blocks) => 2 + 8 * blocks.len,
            TcpOption::Timestamps { .. } => 10,
            TcpOption::Unknown { data, .. } => 2 + data.len(),
        }
    }

    /// Appends the option.
    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.kind());
        if self.len() > 1 {
            out.push(self.len() as u8);
        }
        match self {
            TcpOption::EndOfList
            | TcpOption::NoOperation
            | TcpOption::SackPermitted => {}
            TcpOption::MaximumSegmentSize(size) => out.put_u16(*size),
            TcpOption::WindowScale(shift) => out.push(*shift),
            TcpOption::Sack(blocks) => {
                for (left, right) in blocks.as_slice() {
                    out.put_u32(*left);
                    out.put_u32(*right);
                }
            }
            TcpOption::Timestamps { value, echo_reply } => {
                out.put_u32(*value);
                out.put_u32(*echo_reply);
            }
            TcpOption::Unknown { data, .. } => out.put_slice(data),
        }
    }
}

/// The options in `bytes`, up to End of Option List, which comes last; then
/// nothing. An error comes last, too: `at` counts from the first of `bytes`.
///
/// Errors are [`Problem::OptionCutOff`] and [`Problem::OptionLength`].
pub fn options(
    bytes: &[u8],
) -> impl Iterator<Item = Result<TcpOption<'_>, Error>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let option = first_option(rest)?;
        at = match &option {
            Ok(TcpOption::EndOfList) | Err(_) => usize::MAX,
            Ok(option) => at + option.len(),
        };
        let begin = bytes.len() - rest.len();
        Some(option.map_err(|problem| Error {
            layer: Layer::Tcp,
            at: begin,
            problem,
        }))
    })
}

// ANCHOR: first_option
fn first_option(bytes: &[u8]) -> Option<Result<TcpOption<'_>, Problem>> {
    let (&kind, rest) = bytes.split_first()?;
    match kind {
        0 => return Some(Ok(TcpOption::EndOfList)),
        1 => return Some(Ok(TcpOption::NoOperation)),
        _ => {}
    }
    let Some(&len) = rest.first() else {
        return Some(Err(Problem::OptionCutOff { kind }));
    };
    if len < 2 {
        return Some(Err(Problem::OptionLength { kind, len }));
    }
    let Some(data) = bytes.get(2..usize::from(len)) else {
        return Some(Err(Problem::OptionCutOff { kind }));
    };
    Some(read_option(kind, data).ok_or(Problem::OptionLength { kind, len }))
}
// ANCHOR_END: first_option

/// `None` if the data has another length than this kind's.
fn read_option(kind: u8, data: &[u8]) -> Option<TcpOption<'_>> {
    let fits = |len| (data.len() == len).then_some(());
    Some(match kind {
        2 => {
            fits(2)?;
            TcpOption::MaximumSegmentSize(be16(data, 0))
        }
        3 => {
            fits(1)?;
            TcpOption::WindowScale(data[0])
        }
        4 => {
            fits(0)?;
            TcpOption::SackPermitted
        }
        5 => {
            let (edges, rest) = data.as_chunks::<8>();
            let mut blocks = edges.iter().map(|b| (be32(b, 0), be32(b, 4)));
            let blocks: [_; MAX_SACK_BLOCKS] =
                std::array::from_fn(|_| blocks.next().unwrap_or_default());
            let blocks = SackBlocks::new(blocks.get(..edges.len())?)?;
            rest.is_empty().then_some(TcpOption::Sack(blocks))?
        }
        8 => {
            fits(8)?;
            TcpOption::Timestamps {
                value: be32(data, 0),
                echo_reply: be32(data, 4),
            }
        }
        kind => TcpOption::Unknown { kind, data },
    })
}

/// Options as they stand in a header, in the order given.
///
/// # Errors
/// [`EmitError::TooLong`] if they take more than [`MAX_OPTIONS`] bytes.
pub fn write_options(
    options: &[TcpOption<'_>],
) -> Result<OptionBytes, EmitError> {
    let len = options.iter().map(TcpOption::len).sum();
    let mut bytes = Vec::new();
    if len <= MAX_OPTIONS {
        options.iter().for_each(|option| option.write(&mut bytes));
        if let Some(options) = OptionBytes::new(&bytes) {
            return Ok(options);
        }
    }
    Err(EmitError::TooLong {
        layer: Layer::Tcp,
        len,
        max: MAX_OPTIONS,
    })
}

/// What is chosen in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repr {
    /// The sender's port.
    pub source_port: u16,
    /// The receiver's port.
    pub destination_port: u16,
    /// SEG.SEQ.
    pub sequence_number: u32,
    /// SEG.ACK.
    pub acknowledgment_number: u32,
    /// The control bits.
    pub flags: Flags,
    /// SEG.WND, already scaled down.
    pub window: u16,
    /// Where urgent data ends.
    pub urgent_pointer: u16,
    /// The options: see [`write_options`].
    pub options: OptionBytes,
}

impl Repr {
    /// Bytes of the header, options included.
    pub fn header_len(&self) -> usize {
        HEADER_LEN + self.options.as_slice().len()
    }

    /// Writes the segment, header and data.
    ///
    /// # Errors
    /// [`EmitError::NoRoom`]: nothing was written then.
    pub fn emit(
        &self,
        pseudo: &PseudoHeader,
        payload: &[u8],
        out: &mut impl BufMut,
    ) -> Result<(), EmitError> {
        let header_len = self.header_len();
        ensure_room(out, header_len + payload.len())?;
        let mut header = Vec::with_capacity(header_len);
        header.put_u16(self.source_port);
        header.put_u16(self.destination_port);
        header.put_u32(self.sequence_number);
        header.put_u32(self.acknowledgment_number);
        header.put_u8(((header_len / 4) as u8) << 4);
        header.put_u8(self.flags.0);
        header.put_u16(self.window);
        header.put_u16(0); // the checksum, known when the rest is there
        header.put_u16(self.urgent_pointer);
        header.put_slice(self.options.as_slice());
        let mut sum = pseudo.sum(Protocol::TCP, header_len + payload.len());
        sum.add(&header);
        sum.add(payload);
        header[16..18].copy_from_slice(&sum.finish().to_be_bytes());
        out.put_slice(&header);
        out.put_slice(payload);
        Ok(())
    }
}
