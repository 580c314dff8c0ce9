//! One way to do it.

use bytes::{Buf, BufMut, Bytes, BytesMut};

pub use crate::yours::Error;

/// The length at the front of `src`, and how many bytes it takes.
fn length(src: &[u8]) -> Result<Option<(u32, usize)>, Error> {
    let mut len = 0u64;
    for (i, &byte) in src.iter().enumerate().take(5) {
        len |= u64::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            if byte == 0 && i > 0 {
                return Err(Error::Overlong);
            }
            let len = u32::try_from(len).map_err(|_| Error::TooLong)?;
            return Ok(Some((len, i + 1)));
        }
    }
    // Five bytes carry 35 bits: whoever sets a sixth wants more than 32.
    if src.len() < 5 {
        Ok(None)
    } else {
        Err(Error::TooLong)
    }
}

/// See `yours`.
///
/// # Errors
/// See [`Error`].
pub fn decode(src: &mut BytesMut, max: u32) -> Result<Option<Bytes>, Error> {
    let Some((len, prefix)) = length(src)? else {
        return Ok(None);
    };
    if len > max {
        return Err(Error::TooLong);
    }
    if src.len() - prefix < len as usize {
        return Ok(None);
    }
    src.advance(prefix);
    Ok(Some(src.split_to(len as usize).freeze()))
}

/// See `yours`.
///
/// # Errors
/// See [`Error`].
pub fn encode(frame: &[u8], dst: &mut BytesMut) -> Result<(), Error> {
    let mut len = u32::try_from(frame.len()).map_err(|_| Error::TooLong)?;
    while len >= 0x80 {
        dst.put_u8(len as u8 | 0x80);
        len >>= 7;
    }
    dst.put_u8(len as u8);
    dst.put_slice(frame);
    Ok(())
}
