//! One way to do it.

/// A datagram, borrowed from the packet that it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// The sender's port.
    pub source: u16,
    /// The receiver's port.
    pub destination: u16,
    /// The checksum, unless the sender made none, which the field says by
    /// being zero.
    pub checksum: Option<u16>,
    /// What it carries.
    pub payload: &'a [u8],
}

/// What is wrong with a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadDatagram {
    /// There are fewer bytes than a header has: so many.
    CutOff(usize),
    /// The length field says this, which is less than a header has.
    LengthTooSmall(u16),
    /// The length field says more than there is.
    LengthTooLarge {
        /// What it says.
        said: u16,
        /// How many bytes there are.
        have: usize,
    },
}

/// Bytes of the header.
const HEADER: usize = 8;

/// See `yours`.
///
/// # Errors
/// See [`BadDatagram`].
pub fn parse(bytes: &[u8]) -> Result<Datagram<'_>, BadDatagram> {
    let have = bytes.len();
    let Some(header) = bytes.first_chunk::<HEADER>() else {
        return Err(BadDatagram::CutOff(have));
    };
    let word = |at| u16::from_be_bytes([header[at], header[at + 1]]);
    let said = word(4);
    let len = usize::from(said);
    if len < HEADER {
        return Err(BadDatagram::LengthTooSmall(said));
    }
    let payload = bytes
        .get(HEADER..len)
        .ok_or(BadDatagram::LengthTooLarge { said, have })?;
    Ok(Datagram {
        source: word(0),
        destination: word(2),
        checksum: Some(word(6)).filter(|&checksum| checksum != 0),
        payload,
    })
}
