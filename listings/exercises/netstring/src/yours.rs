//! Yours: replace the `todo!()`.

use bytes::{Bytes, BytesMut};

/// Why bytes are not a netstring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// Something other than digits and one `:` where the length stands, or a
    /// `0` before another digit.
    Length,
    /// The length is above the limit.
    TooLong,
    /// No `,` after the payload.
    Comma,
}

/// Takes the next netstring, such as `5:hello,`, from the front of `src` and
/// returns its payload; `None`, with the bytes of `src` as they were, when
/// more bytes are needed.
///
/// A payload has at most `max` bytes; `max` may be `usize::MAX`, so mind the
/// overflow. Nothing that can be refused already is waited for: not a length
/// with too many digits, nor a payload that is too long.
///
/// # Errors
/// See [`Error`].
pub fn decode(src: &mut BytesMut, max: usize) -> Result<Option<Bytes>, Error> {
    let _ = (src, max);
    todo!("read the digits, check the length, then wait for payload and comma")
}
