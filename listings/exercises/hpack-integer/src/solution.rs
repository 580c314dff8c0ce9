//! One way to do it.

pub use crate::yours::Error;

/// See `yours`.
///
/// # Errors
/// See [`Error`].
pub fn decode(src: &[u8], bits: u32) -> Result<(u16, usize), Error> {
    // In 32 bits, where `1 << 8` fits and so does each sum below.
    let full = (1u32 << bits) - 1;
    let mut value = u32::from(*src.first().ok_or(Error::CutOff)?) & full;
    let mut more = value == full;
    let mut taken = 1;
    while more {
        let octet = *src.get(taken).ok_or(Error::CutOff)?;
        value += u32::from(octet & 0x7f) << (7 * (taken - 1));
        more = octet & 0x80 != 0;
        taken += 1;
        // What a fourth octet would say cannot help any more.
        if value > u32::from(u16::MAX) || (more && taken == 4) {
            return Err(Error::TooLarge);
        }
    }
    let value = u16::try_from(value).map_err(|_| Error::TooLarge)?;
    Ok((value, taken))
}
