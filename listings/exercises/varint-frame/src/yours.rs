//! Yours: replace the `todo!()`.

use bytes::{Bytes, BytesMut};

/// Why bytes are not a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The length is above the limit, or needs more than 32 bits.
    TooLong,
    /// The length would fit in fewer bytes.
    Overlong,
}

/// Takes the next frame from the front of `src`: a length, then as many
/// bytes. `None`, with the bytes of `src` as they were, when more are needed.
///
/// The length is an unsigned LEB128 number of at most 32 bits: seven bits a
/// byte, the least significant ones first; in each byte but the last the
/// highest bit is set. 300 is `AC 02`. A length has one spelling: `80 00`
/// also says 0, in two bytes, and is refused.
///
/// A frame has at most `max` bytes, the length not counted.
///
/// # Errors
/// See [`Error`].
pub fn decode(src: &mut BytesMut, max: u32) -> Result<Option<Bytes>, Error> {
    let _ = (src, max);
    todo!("gather the length seven bits at a time, check it, then wait")
}

/// Appends `frame` to `dst`, behind the shortest length that says its size.
///
/// # Errors
/// [`Error::TooLong`] when the size needs more than 32 bits.
pub fn encode(frame: &[u8], dst: &mut BytesMut) -> Result<(), Error> {
    let _ = (frame, dst);
    todo!("write seven bits a byte, the highest bit set while more follow")
}
