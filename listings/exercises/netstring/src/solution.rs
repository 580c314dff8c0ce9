//! One way to do it.

use bytes::{Buf, Bytes, BytesMut};

pub use crate::yours::Error;

/// See `yours`.
///
/// # Errors
/// See [`Error`].
pub fn decode(src: &mut BytesMut, max: usize) -> Result<Option<Bytes>, Error> {
    let digits = src.iter().take_while(|b| b.is_ascii_digit()).count();
    let mut len = 0usize;
    for &digit in &src[..digits] {
        len = len
            .checked_mul(10)
            .and_then(|len| len.checked_add(usize::from(digit - b'0')))
            .filter(|&len| len <= max)
            .ok_or(Error::TooLong)?;
    }
    if digits > 1 && src[0] == b'0' {
        return Err(Error::Length);
    }
    match src.get(digits) {
        Some(b':') if digits > 0 => {}
        Some(_) => return Err(Error::Length),
        None => return Ok(None),
    }
    let payload = digits + 1;
    match src.get(payload..).and_then(|rest| rest.get(len)) {
        Some(b',') => {}
        Some(_) => return Err(Error::Comma),
        None => return Ok(None),
    }
    src.advance(payload);
    let frame = src.split_to(len).freeze();
    src.advance(1);
    Ok(Some(frame))
}
