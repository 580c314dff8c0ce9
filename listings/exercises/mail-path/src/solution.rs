//! One way to do it.

pub use crate::yours::Error;

/// See `yours`.
///
/// # Errors
/// See [`Error`].
pub fn parse_path(text: &str) -> Result<(&str, &str), Error> {
    let (local_part, domain) = text
        .strip_prefix('<')
        .and_then(|text| text.strip_suffix('>'))
        .and_then(|mailbox| mailbox.split_once('@'))
        .filter(|(_, domain)| !domain.contains('@'))
        .ok_or(Error::Form)?;
    if !local_part.split('.').all(is_atom) {
        return Err(Error::LocalPart);
    }
    if !domain.split('.').all(is_label) {
        return Err(Error::Domain);
    }
    if local_part.len() > 64 || domain.len() > 255 || text.len() > 256 {
        return Err(Error::TooLong);
    }
    Ok((local_part, domain))
}

fn is_atom(text: &str) -> bool {
    let is_good = |byte: u8| {
        byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
    };
    !text.is_empty() && text.bytes().all(is_good)
}

fn is_label(text: &str) -> bool {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !text.is_empty()
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(is_good)
}
