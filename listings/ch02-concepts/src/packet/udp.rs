//! UDP (RFC 768): ports, a length, a checksum.

use bytes::BufMut;

use crate::packet::checksum::{PseudoHeader, checksum_without};
use crate::packet::{
    EmitError, Error, Layer, Problem, Protocol, be16, ensure_room,
};

/// Bytes of the header.
pub const HEADER_LEN: usize = 8;

/// A datagram, borrowed from the bytes it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// As many as Length says.
    bytes: &'a [u8],
}

impl<'a> Datagram<'a> {
    /// Reads the header. Bytes behind the length are the "surplus area", of
    /// which RFC 768 says nothing and RFC 9868 says that it may hold options;
    /// here they are left out.
    ///
    /// # Errors
    /// [`Problem::Truncated`], [`Problem::LengthTooSmall`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let error = |at, problem| Error {
            layer: Layer::Udp,
            at,
            problem,
        };
        let have = bytes.len();
        if have < HEADER_LEN {
            let need = HEADER_LEN;
            return Err(error(0, Problem::Truncated { need, have }));
        }
        let len = usize::from(be16(bytes, 4));
        if len < HEADER_LEN {
            return Err(error(4, Problem::LengthTooSmall(len)));
        }
        if len > have {
            return Err(error(4, Problem::Truncated { need: len, have }));
        }
        Ok(Datagram {
            bytes: &bytes[..len],
        })
    }

    /// The sender's port; zero if no answer is expected.
    pub fn source_port(&self) -> u16 {
        be16(self.bytes, 0)
    }

    /// The receiver's port.
    pub fn destination_port(&self) -> u16 {
        be16(self.bytes, 2)
    }

    /// Bytes of header and payload.
    #[expect(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The checksum, right or wrong; zero if the sender made none.
    pub fn checksum(&self) -> u16 {
        be16(self.bytes, 6)
    }

    /// What it carries.
    pub fn payload(&self) -> &'a [u8] {
        &self.bytes[HEADER_LEN..]
    }

    /// Checks the checksum over pseudo-header, header and payload. IPv4 lets
    /// the sender do without (zero), IPv6 does not (RFC 8200 §8.1).
    ///
    /// # Errors
    /// [`Problem::Checksum`], [`Problem::ChecksumMissing`].
    pub fn verify_checksum(&self, pseudo: &PseudoHeader) -> Result<(), Error> {
        let error = |problem| Error {
            layer: Layer::Udp,
            at: 6,
            problem,
        };
        let found = self.checksum();
        if found == 0 {
            return match pseudo {
                PseudoHeader::V4 { .. } => Ok(()),
                PseudoHeader::V6 { .. } => Err(error(Problem::ChecksumMissing)),
            };
        }
        match fitting(pseudo, self.bytes) {
            computed if computed == found => Ok(()),
            computed => Err(error(Problem::Checksum { found, computed })),
        }
    }

    /// The fields that somebody chose.
    pub fn repr(&self) -> Repr {
        Repr {
            source_port: self.source_port(),
            destination_port: self.destination_port(),
        }
    }
}

/// The checksum that fits a datagram. Zero would mean that there is none:
/// `0xffff`, the other zero of ones' complement, stands for it (RFC 768).
fn fitting(pseudo: &PseudoHeader, datagram: &[u8]) -> u16 {
    let sum = pseudo.sum(Protocol::UDP, datagram.len());
    match checksum_without(sum, datagram, 6) {
        0 => 0xffff,
        checksum => checksum,
    }
}

/// What is chosen in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Repr {
    /// The sender's port.
    pub source_port: u16,
    /// The receiver's port.
    pub destination_port: u16,
}

impl Repr {
    /// Writes the datagram, header and payload.
    ///
    /// # Errors
    /// [`EmitError`]: nothing was written then.
    pub fn emit(
        &self,
        pseudo: &PseudoHeader,
        payload: &[u8],
        out: &mut impl BufMut,
    ) -> Result<(), EmitError> {
        let total = HEADER_LEN + payload.len();
        let len = u16::try_from(total).or(Err(EmitError::TooLong {
            layer: Layer::Udp,
            len: total,
            max: 0xffff,
        }))?;
        ensure_room(out, total)?;
        let mut header = [0; HEADER_LEN];
        header[0..2].copy_from_slice(&self.source_port.to_be_bytes());
        header[2..4].copy_from_slice(&self.destination_port.to_be_bytes());
        header[4..6].copy_from_slice(&len.to_be_bytes());
        let mut sum = pseudo.sum(Protocol::UDP, total);
        sum.add(&header);
        sum.add(payload);
        let checksum = match sum.finish() {
            0 => 0xffff,
            checksum => checksum,
        };
        header[6..8].copy_from_slice(&checksum.to_be_bytes());
        out.put_slice(&header);
        out.put_slice(payload);
        Ok(())
    }
}
