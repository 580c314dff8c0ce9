//! One way to do it.

pub use crate::yours::BadName;

/// See `yours`.
///
/// # Errors
/// See [`BadName`].
pub fn parse_name(
    message: &[u8],
    at: usize,
) -> Result<(Vec<Vec<u8>>, usize), BadName> {
    let octet = |at: usize| message.get(at).ok_or(BadName::Truncated).copied();
    let (mut pos, mut start, mut end) = (at, at, None);
    let (mut labels, mut size) = (Vec::new(), 1); // the root's octet
    loop {
        let len = octet(pos)?;
        match len >> 6 {
            0b00 if len == 0 => return Ok((labels, end.unwrap_or(pos + 1))),
            0b00 => {
                let next = pos + 1 + usize::from(len);
                let label = message.get(pos + 1..next);
                labels.push(label.ok_or(BadName::Truncated)?.to_vec());
                size += 1 + usize::from(len);
                if size > 255 {
                    return Err(BadName::TooLong);
                }
                pos = next;
            }
            0b11 => {
                let low = octet(pos + 1)?;
                let target = u16::from_be_bytes([len & 0x3f, low]).into();
                if target >= start {
                    return Err(BadName::NotBackwards);
                }
                end = end.or(Some(pos + 2));
                (pos, start) = (target, target);
            }
            _ => return Err(BadName::Reserved),
        }
    }
}
